"""Owns the fault switch: how the server misbehaves on request, for practice and for tests. Off unless started with it.

It hits the tills' API alone (`/v1`), never the shop front nor the administration. Each mode does what a bad network, a
captive portal or a broken server really does to a till:

    slow             answers rightly, after a delay
    error_500        answers 500 without doing anything
    cut_body         does the work, sends half of the answer, closes the connection
    lose_answer      does the work, closes the connection without a word
    duplicate_page   answers the page of changes before this one once more
    reorder_page     answers the page with its changes in reverse order
    html             answers 200 and a web page, as a hotel's network does
    rate_limit       answers 429 with Retry-After
    unauthorized     answers 401
    forbidden        answers 403
    offline          closes the connection at once, doing nothing
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.marketplace.problems import problem_response
from app.marketplace.schemas import FaultSetting
from app.marketplace.words import language_of

Address = tuple[str, int]
_CAPTIVE_PORTAL = "<!doctype html><title>Wi-Fi</title><h1>Bienvenue sur le Wi-Fi</h1><p>Acceptez les conditions.</p>"


class Connections:
    """The open connections by the client's address, so that a fault can close one in the middle."""

    def __init__(self) -> None:
        self._transports: dict[Address, asyncio.Transport] = {}

    def opened(self, transport: asyncio.Transport) -> None:
        self._transports[transport.get_extra_info("peername")[:2]] = transport

    def closed(self, transport: asyncio.Transport) -> None:
        self._transports = {at: other for at, other in self._transports.items() if other is not transport}

    def close(self, client: Address) -> None:
        """Close after what was written so far has gone out."""
        transport = self._transports.get(client)
        if transport is not None:
            transport.close()


class FaultSwitch:
    """What goes wrong now. Set it from any thread.

    Attributes:
        hits: how many requests were hit since the start.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        """Args: chance: a number from 0 to below 1, for `share`."""
        self._chance = chance
        self._lock = threading.Lock()
        self._setting = FaultSetting(mode="none")
        self.hits = 0

    @property
    def setting(self) -> FaultSetting:
        return self._setting

    def set(self, setting: FaultSetting) -> None:
        with self._lock:
            self._setting = setting

    def draw(self, only: frozenset[str] | None = None) -> FaultSetting | None:
        """The fault that hits this request, or None. `only`: the modes that make sense for it (None: all)."""
        with self._lock:
            setting = self._setting
            if setting.mode == "none" or (only is not None and setting.mode not in only):
                return None
            if self._chance() >= setting.share:
                return None
            self.hits += 1
            if setting.count is not None:
                left = setting.count - 1
                none_left = FaultSetting(mode="none")
                self._setting = setting.model_copy(update={"count": left}) if left else none_left
            return setting


_FOR_PAGES = frozenset({"duplicate_page", "reorder_page"})
_FOR_ALL = frozenset(
    {"slow", "error_500", "cut_body", "lose_answer", "html", "rate_limit", "unauthorized", "forbidden", "offline"}
)


class Faults:
    """The ASGI layer that applies the switch to `/v1`."""

    def __init__(self, app: ASGIApp, switch: FaultSwitch, connections: Connections) -> None:
        self._app = app
        self._switch = switch
        self._connections = connections
        self._last_page: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        pages = scope["path"] == "/v1/changes"
        fault = self._switch.draw(_FOR_ALL | _FOR_PAGES if pages else _FOR_ALL)
        if fault is None and not pages:
            await self._app(scope, receive, send)
        elif fault is None or fault.mode in _FOR_PAGES:
            await self._page(scope, receive, send, fault.mode if fault else "none")
        else:
            await self._hit(scope, receive, send, fault)

    async def _hit(self, scope: Scope, receive: Receive, send: Send, fault: FaultSetting) -> None:
        if fault.mode == "slow":
            await asyncio.sleep(fault.delay_s)
            await self._app(scope, receive, send)
        elif fault.mode == "offline":
            await self._hang_up(scope, receive)
        elif fault.mode == "lose_answer":
            await _answer_of(self._app, scope, receive)
            await self._hang_up(scope, receive)
        elif fault.mode == "cut_body":
            start, body = await _answer_of(self._app, scope, receive)
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await self._hang_up(scope, receive)
        else:
            await _wrong_answer(fault, scope)(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send, mode: str) -> None:
        """Answer a page of changes, remembering it, or the one remembered, or the changes backwards."""
        start, body = await _answer_of(self._app, scope, receive)
        if start["status"] == 200:
            who = Headers(scope=scope).get("authorization", "")
            before = self._last_page.get(who, body)
            self._last_page[who] = body
            if mode == "duplicate_page":
                body = before
            elif mode == "reorder_page":
                body = _backwards(body)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _hang_up(self, scope: Scope, receive: Receive) -> None:
        self._connections.close(tuple(scope["client"]))
        while (await receive())["type"] != "http.disconnect":
            pass


def _backwards(body: bytes) -> bytes:
    page: dict[str, Any] = json.loads(body)
    page["changes"].reverse()
    return json.dumps(page).encode()


def _wrong_answer(fault: FaultSetting, scope: Scope) -> Response:
    language = language_of(Headers(scope=scope).get("accept-language", ""))
    if fault.mode == "html":
        return HTMLResponse(_CAPTIVE_PORTAL)
    if fault.mode == "rate_limit":
        return problem_response(429, "rate_limited", language, {"Retry-After": str(math.ceil(fault.delay_s))})
    if fault.mode == "unauthorized":
        return problem_response(401, "not_paired", language, {"WWW-Authenticate": "Bearer"})
    if fault.mode == "forbidden":
        return problem_response(403, "revoked", language)
    return problem_response(500, "broken", language)


async def _answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Let the application do its work and keep its answer back."""
    start: Message = {}
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return start, b"".join(parts)
