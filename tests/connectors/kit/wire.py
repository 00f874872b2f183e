"""Owns the wire between one till and a marketplace, and everything that can go wrong on it. The same faults on every
stage: they are made here, around whatever carries the requests, so a real server did the work whose answer is lost.

    lost           it was done, and the answer never comes
    gateway        502, and nothing was done
    gateway_after  502, although it was done
    cut            it was done, and the answer breaks off in the middle
    dropped        nothing arrives
    killed_before, killed_after   the till's machine dies before, or after, the request was carried
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse


class TillDied(BaseException):
    """The till's machine stopped at this point."""


class Fault(StrEnum):
    LOST = "lost"
    GATEWAY = "gateway"
    GATEWAY_AFTER = "gateway_after"
    CUT = "cut"
    DROPPED = "dropped"
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"


DEADLY = frozenset({Fault.KILLED_BEFORE, Fault.KILLED_AFTER})


@dataclass(frozen=True, slots=True)
class Carried:
    """A request that was sent. `fault`: what befell it, None for nothing."""

    method: str
    url: str
    is_write: bool
    fault: Fault | None


class Wire(BaseAdapter):
    """What a till's connections send through: a transport adapter of requests.

    Attributes:
        is_down: nothing goes through.
        carried: what was sent, oldest first.
        fault_of: asked for each write with its number since `plan` was set; None: no fault.
    """

    def __init__(self, inner: BaseAdapter, is_write: Callable[[requests.PreparedRequest], bool]) -> None:
        super().__init__()
        self.is_down = False
        self.carried: list[Carried] = []
        self._inner = inner
        self._is_write = is_write
        self._armed_for_writes: deque[Fault | None] = deque()
        self._armed_for_any: deque[Fault | None] = deque()
        self._before_write: deque[Callable[[], object]] = deque()
        self._after_read: deque[Callable[[], object]] = deque()
        self._every_other: Fault | None = None
        self._count = 0

    # --- what a story asks of it ---

    def suffer_at_write(self, fault: Fault, *, after: int = 0) -> None:
        """Args: after: how many writes get through before."""
        self._armed_for_writes.extend([*([None] * after), fault])

    def suffer_next(self, *faults: Fault) -> None:
        """The next requests, whatever they are."""
        self._armed_for_any.extend(faults)

    def suffer_at_every_other_write(self, fault: Fault, *, first: bool) -> None:
        """Args: first: whether it begins with the next write or with the one after it."""
        self._every_other, self._count = fault, 0 if first else 1

    def before_next_write(self, call: Callable[[], object], *, after: int = 0) -> None:
        """Have something happen elsewhere between what the till has read and what it is about to write."""
        self._before_write.extend([*([_nothing] * after), call])

    def after_next_read(self, call: Callable[[], object], *, after: int = 0) -> None:
        """Have something happen between an answer and what the till does with it."""
        self._after_read.extend([*([_nothing] * after), call])

    def heal(self) -> None:
        self.is_down = False
        self._every_other = None
        for armed in (self._armed_for_any, self._armed_for_writes, self._before_write, self._after_read):
            armed.clear()

    @property
    def writes(self) -> int:
        """How many were sent so far."""
        return sum(each.is_write for each in self.carried)

    # --- carrying ---

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        if self.is_down:
            raise requests.ConnectionError("no way through")
        is_write = self._is_write(request)
        if is_write and self._before_write:
            self._before_write.popleft()()
        fault = self._draw(is_write)
        self.carried.append(Carried(request.method or "GET", request.url or "", is_write, fault))
        response = self._suffer(request, fault, timeout)
        if not is_write and self._after_read:
            self._after_read.popleft()()
        return response

    def close(self) -> None:
        """The till's next connection goes the same way."""

    def _draw(self, is_write: bool) -> Fault | None:
        if self._armed_for_any:
            return self._armed_for_any.popleft()
        if is_write and self._armed_for_writes:
            return self._armed_for_writes.popleft()
        if is_write and self._every_other is not None:
            self._count += 1
            return self._every_other if self._count % 2 else None
        return None

    def _suffer(self, request: requests.PreparedRequest, fault: Fault | None, timeout: Any) -> requests.Response:
        if fault is Fault.DROPPED:
            raise requests.ReadTimeout("nothing arrived")
        if fault is Fault.KILLED_BEFORE:
            raise TillDied
        if fault is Fault.GATEWAY:
            return answer_made_up(request, 502, [("content-type", "text/html")], b"<h1>Bad Gateway</h1>")
        response = self._inner.send(request, stream=True, timeout=timeout)
        if fault is None:
            return response
        body = bytes(response.raw.read(decode_content=False))
        headers = list(response.headers.items())
        response.close()
        if fault is Fault.KILLED_AFTER:
            raise TillDied
        if fault is Fault.LOST:
            raise requests.ReadTimeout("no answer")
        if fault is Fault.GATEWAY_AFTER:
            return answer_made_up(request, 502, [("content-type", "text/html")], b"<h1>Bad Gateway</h1>")
        plain = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return answer_made_up(request, response.status_code, plain, body[: len(body) // 2])


def answer_made_up(
    request: requests.PreparedRequest, status: int, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    """An answer that no socket brought."""
    told = HTTPHeaderDict(headers)
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(told)
    response.raw = HTTPResponse(
        io.BytesIO(body), headers=told, status=status, preload_content=False, request_method=request.method
    )
    response.request = request
    response.url = request.url or ""
    return response


def _nothing() -> None:
    return None
