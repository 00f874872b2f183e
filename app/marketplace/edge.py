"""Owns what happens to every request before and after its route: the limit on its size, and the line in the log.

The log holds the route's pattern, never the address: addresses of orders are secrets, and neither tokens nor names
belong into a log (I10).
"""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.marketplace.problems import problem_response
from app.marketplace.words import language_of

MAX_BODY_BYTES = 4 * 1024 * 1024
_log = logging.getLogger("comptoir.marketplace")


class BodyLimit:
    """Reads a request's body before its route runs, and answers 413 instead if it is too long."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        body = None
        if len(declared) < 16 and declared.isdigit() and int(declared) <= self._max_bytes:
            body = await self._read(receive)
        if body is None:
            answer = problem_response(413, "too_large", language_of(headers.get("accept-language", "")))
            await answer(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body, None if it grows beyond the limit; what had come when the client went away, if it did."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > self._max_bytes:
                return None
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class DiscreetLog:
    """Writes one line a request: method, route pattern, status, milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            elapsed_ms = (time.perf_counter() - began) * 1000
            _log.info("%s %s %d %.0f ms", scope["method"], _pattern(scope), status, elapsed_ms)


def _pattern(scope: MutableMapping[str, Any]) -> str:
    route = scope.get("route")
    return getattr(route, "path", None) or "(no route)"
