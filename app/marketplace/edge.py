"""Owns what happens to every request before and after its route: the limits on its size, zipped or not, and the line in
the log.

The log holds the route's pattern, never the address: addresses of orders are secrets, and neither tokens nor names
belong into a log (I10).
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.marketplace.problems import problem_response
from app.marketplace.words import language_of

MAX_BODY_BYTES = 4 * 1024 * 1024
_log = logging.getLogger("comptoir.marketplace")


_GZIP_ALONE = 16 + zlib.MAX_WBITS  # with gzip's own header, no other format


class BadEncoding(Exception):
    """The body is not what its `Content-Encoding` says."""


class BodyLimit:
    """Reads a request's body before its route runs, unzips it, and answers 413 instead if it is too long, zipped or
    unzipped."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        encodings = [encoding.strip().lower() for encoding in headers.getlist("content-encoding")]
        if encodings not in ([], ["identity"], ["gzip"]):
            await self._refuse(scope, receive, send, 415, "unknown_encoding")
            return
        declared = headers.get("content-length", "0")
        body = None
        if len(declared) < 16 and declared.isdigit() and int(declared) <= self._max_bytes:
            body = await self._read(receive)
        if body is not None and encodings == ["gzip"]:
            try:
                body = unzipped(body, self._max_bytes)
            except BadEncoding:
                await self._refuse(scope, receive, send, 400, "bad_encoding")
                return
        if body is None:
            await self._refuse(scope, receive, send, 413, "too_large")
            return
        if encodings:
            _name_as_plain(scope, body)
        await self._app(scope, _replay(body, receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
        answer = problem_response(status, reason, language_of(Headers(scope=scope).get("accept-language", "")))
        await answer(scope, receive, send)

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


def unzipped(body: bytes, max_bytes: int) -> bytes | None:
    """What was zipped; None if it is longer than that, found out without unzipping more.

    Raises BadEncoding: no gzip, cut short, or something comes after it.
    """
    unzip = zlib.decompressobj(_GZIP_ALONE)
    try:
        plain = unzip.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise BadEncoding from error
    if len(plain) > max_bytes:
        return None
    if not unzip.eof or unzip.unused_data:
        raise BadEncoding
    return plain


def _name_as_plain(scope: Scope, body: bytes) -> None:
    of_the_encoding = (b"content-encoding", b"content-length")
    kept = [(name, value) for name, value in scope["headers"] if name.lower() not in of_the_encoding]
    scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]  # in place: the log reads the route there


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
