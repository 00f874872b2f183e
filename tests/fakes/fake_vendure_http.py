"""Two ways to `FakeVendure`: a transport adapter of requests, without a socket, and loopback HTTP. Both suffer the same
faults, armed one for each write to come."""

from __future__ import annotations

import contextlib
import http.server
import io
import threading
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from tests.fakes.fake_vendure_api import FakeAdminApi, HttpAnswer


class Fault(StrEnum):
    """LOST: done, and no answer; GATEWAY: 502, not done; GATEWAY_AFTER: 502, but done; CUT: done, half an answer;
    DROPPED: nothing arrives; DELAYED: `on_delay` is called first; FOLLOWED: `on_answered` is called once it is done."""

    LOST = "lost"
    GATEWAY = "gateway"
    GATEWAY_AFTER = "gateway_after"
    CUT = "cut"
    DROPPED = "dropped"
    DELAYED = "delayed"
    FOLLOWED = "followed"


class Faults:
    """What befalls the writes to come. Args: on_delay: what happens elsewhere while a write is held up; on_answered:
    what happens there right after it."""

    def __init__(
        self, on_delay: Callable[[], object] = lambda: None, on_answered: Callable[[], object] = lambda: None
    ) -> None:
        self.on_delay = on_delay
        self.on_answered = on_answered
        self._armed: deque[Fault | None] = deque()

    def arm(self, *faults: Fault | None) -> None:
        self._armed.extend(faults)

    def next_for(self, body: bytes) -> Fault | None:
        is_write = b'"query":"mutation' in body.replace(b'": "', b'":"') and b"ComptoirLogin" not in body
        return self._armed.popleft() if is_write and self._armed else None


class FakeVendureAdapter(BaseAdapter):
    """Carries requests to the fake in this process."""

    def __init__(self, api: FakeAdminApi, faults: Faults | None = None) -> None:
        super().__init__()
        self._api = api
        self.faults = faults or Faults()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        fault = self.faults.next_for(body)
        if fault is Fault.DROPPED:
            raise requests.ConnectionError("dropped", request=request)
        if fault is Fault.GATEWAY:
            return _response(request, HttpAnswer(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"))
        if fault is Fault.DELAYED:
            self.faults.on_delay()
        answer = self._api.answer(urlsplit(request.url or "").path, request.headers, body)
        if fault is Fault.FOLLOWED:
            self.faults.on_answered()
        if fault is Fault.LOST:
            raise requests.ReadTimeout("lost", request=request)
        if fault is Fault.GATEWAY_AFTER:
            return _response(request, HttpAnswer(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"))
        if fault is Fault.CUT:
            raise requests.exceptions.ChunkedEncodingError("cut", request=request)
        return _response(request, answer)

    def close(self) -> None:
        pass


def _response(request: requests.PreparedRequest, answer: HttpAnswer) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.url = request.url or ""
    response.request = request
    response.raw = HTTPResponse(
        io.BytesIO(answer.body), headers=HTTPHeaderDict(answer.headers), status=answer.status, preload_content=False
    )
    return response


@contextlib.contextmanager
def on_loopback(api: FakeAdminApi, faults: Faults | None = None) -> Iterator[str]:
    """The address at which the fake answers over real sockets."""
    armed = faults or Faults()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fault = armed.next_for(body)
            if fault is Fault.DROPPED:
                self.close_connection = True
                return
            if fault is Fault.GATEWAY:
                self._send(HttpAnswer(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"))
                return
            if fault is Fault.DELAYED:
                armed.on_delay()
            answer = api.answer(self.path, dict(self.headers.items()), body)
            if fault is Fault.FOLLOWED:
                armed.on_answered()
            if fault is Fault.GATEWAY_AFTER:
                answer = HttpAnswer(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>")
            if fault is Fault.LOST:
                self.close_connection = True
                return
            self._send(answer, cut=fault is Fault.CUT)

        def _send(self, answer: HttpAnswer, *, cut: bool = False) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
            self.close_connection = self.close_connection or cut

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
