"""Owns the bad network before a real server: a loopback proxy that loses answers after the work was done, breaks them
off, answers for a broken gateway, or lets nothing through at all. Never changes a request.

Threads, not a process: what goes wrong is decided by the test, request by request, and never by chance.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

_UPSTREAM_LIMIT_S = 60.0
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_BAD_GATEWAY = b"<h1>502 Bad Gateway</h1>"


class Fault(Enum):
    """What befalls an answer. But for the last, the server has done what was asked in each case."""

    LOST = "lost"
    HALF = "half"
    BAD_GATEWAY = "bad_gateway"
    SERVER_DIES_AFTER = "server_dies_after"
    SERVER_DIES_DURING = "server_dies_during"
    """It has what was asked; nobody knows how far it comes with it."""


ANSWERS_SPOILT = (Fault.LOST, Fault.HALF, Fault.BAD_GATEWAY)


@dataclass(frozen=True)
class Asked:
    """A request that came in. `operation`: its GraphQL name; `fault`: None if its answer arrived whole."""

    operation: str
    is_write: bool
    fault: Fault | None


class FaultProxy:
    """Listens on a port of its own, the same for its whole life, and asks the server wherever it then is.

    Attributes:
        is_down: nothing goes through; connections are closed.
        fault_of: which fault befalls a request, asked before each with its body; None for none.
        asked: what went through, in order.
    """

    def __init__(self, upstream: Callable[[], str], kill: Callable[[], None] = lambda: None) -> None:
        """Args: upstream: the server's address now; kill: ends the server at once."""
        self.is_down = False
        self.fault_of: Callable[[bytes], Fault | None] = lambda body: None
        self.asked: list[Asked] = []
        self._upstream = upstream
        self._kill = kill
        self._open: set[socket.socket] = set()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fault-proxy")
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Returns when nothing of it runs."""
        self._server.shutdown()
        self._thread.join()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def counted(self) -> Counter[str]:
        """Requests that went through, by operation."""
        return Counter(each.operation for each in self.asked)

    # --- one request ---

    def serve(self, handler: http.server.BaseHTTPRequestHandler) -> bool:
        """One request; whether the connection stays open."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        if self.is_down:
            return False
        fault = self.fault_of(body)
        self.asked.append(_asked(body, fault))
        try:
            status, headers, answer = self._ask(handler, body, fault)
        except OSError:
            return False  # the server is down, or died while it worked
        if fault is Fault.SERVER_DIES_AFTER:
            self._kill()
        if fault in (Fault.LOST, Fault.SERVER_DIES_AFTER) or self.is_down:
            return False
        if fault is Fault.BAD_GATEWAY:
            status, headers, answer = 502, [("Content-Type", "text/html")], _BAD_GATEWAY
        handler.send_response_only(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer[: len(answer) // 2] if fault is Fault.HALF else answer)
        return fault is not Fault.HALF

    def _ask(
        self, handler: http.server.BaseHTTPRequestHandler, body: bytes, fault: Fault | None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Raises OSError: the server is down."""
        connection = http.client.HTTPConnection(urlsplit(self._upstream()).netloc, timeout=_UPSTREAM_LIMIT_S)
        try:
            passed_on = {name: value for name, value in handler.headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(handler.command, handler.path, body, passed_on)
            if fault is Fault.SERVER_DIES_DURING:
                self._kill()
            answer = connection.getresponse()
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
            return answer.status, headers, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionResetError("the server died while it answered") from error
        finally:
            connection.close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                proxy._open.add(self.connection)

            def finish(self) -> None:
                proxy._open.discard(self.connection)
                with contextlib.suppress(OSError):
                    super().finish()

            def do_POST(self) -> None:
                try:
                    self.close_connection = not proxy.serve(self)
                except OSError:
                    self.close_connection = True  # the till hung up

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


class EachWriteOnce:
    """Spoils the answer to the first sending of every write, the kinds of fault in turn; a repeat gets through.

    Attributes:
        spoiled: how many answers.
    """

    def __init__(self) -> None:
        self.spoiled = 0
        self._seen: set[bytes] = set()

    def __call__(self, body: bytes) -> Fault | None:
        if not _asked(body, None).is_write or body in self._seen:
            return None
        self._seen.add(body)
        self.spoiled += 1
        return ANSWERS_SPOILT[self.spoiled % len(ANSWERS_SPOILT)]


class OnceAt:
    """One fault at the next request of that GraphQL name, or at the next write."""

    def __init__(self, fault: Fault, operation: str = "") -> None:
        self.has_struck = False
        self._fault = fault
        self._operation = operation

    def __call__(self, body: bytes) -> Fault | None:
        asked = _asked(body, None)
        if self.has_struck or not (asked.operation == self._operation if self._operation else asked.is_write):
            return None
        self.has_struck = True
        return self._fault


def _asked(body: bytes, fault: Fault | None) -> Asked:
    said = json.loads(body or b"{}")
    query = str(said.get("query", "")).lstrip()
    name = str(said.get("operationName") or query[:40])
    return Asked(name, query.startswith("mutation") and "login(" not in query, fault)
