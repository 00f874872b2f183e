"""Owns the wire between each till and the marketplace: how long it takes, and everything that can go wrong on it.

    drop          nothing arrives; the till waits until its time is up
    lost_answer   the marketplace did it; its answer never comes
    late          nothing arrives now, and the request arrives hours or days later, behind newer ones
    duplicate     the request arrives twice, the second time later
    cut           the answer breaks off in the middle
    html          a hotel's log-in page answers with 200
    error_500, busy_503, too_many_429   a broken server, or a proxy before it
    stale_page    a cache answers a pull with what it answered before, not only the last time

A partition is a link that is down: nothing goes through, and what waits is cut. A long poll is held until something
happens or `HOLD_S` have passed, much longer than the 25 s the contract allows: an empty answer later is the same as
many empty answers, and a town's day costs a hundred times less.
"""

from __future__ import annotations

import io
import math
from collections import deque
from collections.abc import Mapping
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from tests.simulation.schedule import Actor, Schedule
from tests.simulation.server import Answer, Server
from tests.simulation.trace import Trace

FAULTS = (
    "drop", "lost_answer", "late", "duplicate", "cut", "html", "error_500", "busy_503", "too_many_429", "stale_page",
)  # fmt: skip
HOLD_S = (3600.0, 14_400.0)
USUAL_LAGS_S = (0.2, 0.2, 30.0, 300.0)
"""From a fibre to a telephone that wakes up every few minutes: news come in bunches there."""
_PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Bienvenue</h1>"
_LONGEST_LATE_S = 3 * 86_400.0
_CACHED_PAGES = 6


class Link:
    """One till's way to the marketplace.

    Attributes:
        is_down: a partition.
        lag_s: the longest one way takes, seconds.
        fault_share: which share of exchanges suffers one of `weather`.
    """

    def __init__(self, name: str, schedule: Schedule, server: Server, chance: Random, trace: Trace) -> None:
        self.name = name
        self.is_down = False
        self.usual_lag_s = self.lag_s = chance.choice(USUAL_LAGS_S)
        self.fault_share = 0.0
        self.weather: tuple[str, ...] = FAULTS
        self._schedule = schedule
        self._server = server
        self._chance = chance
        self._trace = trace
        self._armed: deque[str] = deque()
        self._under_way: list[Actor] = []
        self._pages: deque[Answer] = deque(maxlen=_CACHED_PAGES)

    def suffer_next(self, fault: str) -> None:
        """The next exchange suffers this fault, whatever the weather."""
        self._armed.append(fault)

    @property
    def lets_all_through(self) -> bool:
        """Whether the next exchange comes to its end, however long it takes."""
        return not (self.is_down or self.fault_share or self._armed)

    def go_down(self) -> None:
        self.is_down = True
        self.wake_all()

    def heal(self) -> None:
        """As good as a line can be: what takes days over a slow one is not what is asked about at rest."""
        self.is_down = False
        self.fault_share = 0.0
        self.lag_s = min(USUAL_LAGS_S)
        self._armed.clear()

    def be_as_usual(self) -> None:
        self.lag_s = self.usual_lag_s

    def carry(self, request: requests.PreparedRequest, wire: Wire) -> requests.Response:
        """Raises what requests would: ConnectionError, ReadTimeout."""
        fault = self._draw(request)
        path = urlsplit(request.url or "").path
        if fault:
            self._trace.note(self.name, f"{request.method} {path} suffers {fault}")
        self._travel(wire)
        answer = self._arrive(request, wire, fault)
        self._travel(wire)
        response = _response(request, answer)
        self._trace.note(self.name, f"{request.method} {path} {answer.status} {len(answer.body)}")
        return response

    def _draw(self, request: requests.PreparedRequest) -> str:
        if self._armed:
            return self._armed.popleft()
        if self.fault_share and self._chance.random() < self.fault_share:
            return self._chance.choice(self.weather)
        return ""

    def _arrive(self, request: requests.PreparedRequest, wire: Wire, fault: str) -> Answer:
        if fault == "drop":
            self._time_out(wire)
        if fault == "late":
            delay_s = math.exp(self._chance.uniform(math.log(60.0), math.log(_LONGEST_LATE_S)))
            self._schedule.after(delay_s, lambda: self._arrive_unheard(request))
            self._time_out(wire)
        if fault == "html":
            return Answer(200, [("content-type", "text/html")], _PORTAL)
        if fault in {"error_500", "busy_503", "too_many_429"}:
            return Answer(int(fault[-3:]), [("content-type", "text/html"), ("retry-after", "30")], b"<h1>Sorry</h1>")
        answer = self._asked(request, wire)
        if fault == "duplicate":
            self._schedule.after(self._chance.uniform(0.1, 7200.0), lambda: self._arrive_unheard(request))
        if fault == "lost_answer":
            self._time_out(wire)
        if fault == "cut":
            return Answer(answer.status, answer.headers, answer.body[: int(len(answer.body) * self._chance.random())])
        if "/changes" in (request.url or "") and answer.status == 200:
            if fault == "stale_page" and self._pages:
                return self._chance.choice(self._pages)
            self._pages.append(answer)
        return answer

    def _arrive_unheard(self, request: requests.PreparedRequest) -> None:
        """An old copy of a request comes out of the network; whoever sent it has long given up."""
        self._trace.note(self.name, f"{request.method} {urlsplit(request.url or '').path} arrives again")
        try:
            self._server.answer(*_as_asked(request, wait=False))
        except ConnectionError:
            return

    def _asked(self, request: requests.PreparedRequest, wire: Wire) -> Answer:
        polls = _wait_of(request) > 0
        until = self._schedule.timeline.seconds + self._chance.uniform(*HOLD_S)
        while True:
            answer = self._ask_now(request)
            now = self._schedule.timeline.seconds
            if not polls or now >= until or answer.status != 200 or b'"changes":[]' not in answer.body:
                return answer
            self._hold(wire, until - now)
            self._travel(wire)

    def _ask_now(self, request: requests.PreparedRequest) -> Answer:
        try:
            return self._server.answer(*_as_asked(request, wait=False))
        except ConnectionError as error:
            raise requests.ConnectionError(type(error).__name__) from error

    def _hold(self, wire: Wire, seconds: float) -> None:
        actor = self._schedule.current
        if actor is None:
            return
        self._server.listen(actor)
        try:
            self._pause(seconds)
        finally:
            self._server.leave(actor)
        self._check_open(wire)

    def _travel(self, wire: Wire) -> None:
        self._check_open(wire)
        self._pause(self._chance.uniform(0.0, self.lag_s))
        self._check_open(wire)

    def _time_out(self, wire: Wire) -> None:
        self._pause(20.0)
        self._check_open(wire)
        raise requests.ReadTimeout("no answer")

    def _pause(self, seconds: float) -> None:
        """Wait on the wire; on the main thread (a person waits before the screen) it takes no time."""
        actor = self._schedule.current
        if actor is None:
            return
        self._under_way.append(actor)
        try:
            actor.pause(seconds)
        finally:
            self._under_way.remove(actor)

    def wake_all(self) -> None:
        """Let whoever waits on this wire look again whether it is still open."""
        for actor in self._under_way:
            actor.wake()

    def _check_open(self, wire: Wire) -> None:
        if wire.closed:
            raise requests.ConnectionError("closed by the till")
        if self.is_down:
            raise requests.ConnectionError("no way through")


class Wire(BaseAdapter):
    """What `HttpMarketplace` sends through: a transport adapter of requests that ends at the town's server."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.closed = False
        self._link = link

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        if self.closed:
            raise requests.ConnectionError("closed by the till")
        return self._link.carry(request, self)

    def close(self) -> None:
        self.closed = True
        self._link.wake_all()


def _wait_of(request: requests.PreparedRequest) -> float:
    return float(dict(parse_qsl(urlsplit(request.url or "").query)).get("wait_s", "0"))


def _as_asked(request: requests.PreparedRequest, *, wait: bool) -> tuple[str, str, dict[str, str], bytes]:
    parts = urlsplit(request.url or "")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not wait and "wait_s" in query:
        query["wait_s"] = "0"
    body = request.body or b""
    url = parts._replace(query=urlencode(query)).geturl()
    return request.method or "GET", url, dict(request.headers), body if isinstance(body, bytes) else body.encode()


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    headers = HTTPHeaderDict(answer.headers)
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(headers)
    response.raw = HTTPResponse(
        io.BytesIO(answer.body), headers=headers, status=answer.status, preload_content=False, request_method="GET"
    )
    response.request = request
    response.url = request.url or ""
    return response
