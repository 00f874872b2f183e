"""Owns the transport of WooCommerce's REST API v3: signing, pages counted by their headers, and what its errors mean.
Never knows an order, never retries a write, never logs, never follows an address that an answer names.

Over TLS the key goes as HTTP Basic. Without (this machine only, `checked_address`) the site refuses that as a lack of
rights; there each request is signed (OAuth 1.0a, one-legged), and a clock that is ahead spoils the signature: then the
site's own time is taken once.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from app.domain.clock_skew import ClockReading
from app.sync.connectors.declined import Declined
from app.sync.transport import Answer, Transport
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable

PAGE = 100
API = "/wp-json/wc/v3"
_PASSING = {407: "no_network", 408: "timeout", 425: "server_error", 429: "rate_limited", 511: "no_network"}
_BAD_TIME = "timestamp"
_NO_RIGHT = "woocommerce_rest_cannot_view"
_MOST_PAGES = 1000
_RECORDS, _PAGES = "X-WP-Total", "X-WP-TotalPages"
_Shape = TypeVar("_Shape")
Query = Mapping[str, str]


class _Error(msgspec.Struct):
    code: str = ""
    message: str = ""


class RestApi:
    """Asks one WooCommerce. Safe from several threads."""

    def __init__(
        self,
        transport: Transport,
        address: str,
        credentials: Callable[[], Mapping[str, str]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """Args: address: the site's, as `checked_address` let it through; credentials: `consumer_key` and
        `consumer_secret`."""
        self._transport = transport
        self._address = address
        self._credentials = credentials
        self._now = now
        self._nonce = nonce
        self._ahead = timedelta(0)
        self.clock_reading: ClockReading | None = None

    # --- asking ---

    def get(self, path: str, kind: type[_Shape], query: Query | None = None) -> _Shape:
        """Raises: as `change`."""
        return _decoded(self._ask("GET", API + path, query or {}, None).body, kind)

    def get_or_none(self, path: str, kind: type[_Shape]) -> _Shape | None:
        """None if there is no such record. Raises: as `change`."""
        try:
            return self.get(path, kind)
        except Declined as refusal:
            if refusal.status in (404, 410):
                return None
            raise

    def pages(self, path: str, query: Query) -> Iterator[list[msgspec.Raw]]:
        """One list after the other, at least one. Raises: as `change`."""
        for number in range(1, _MOST_PAGES):
            answer = self._page(path, query, number)
            yield _decoded(answer.body, list[msgspec.Raw])
            if number >= _told(answer, _PAGES):
                return

    def whole_list(self, path: str, query: Query) -> Iterator[list[msgspec.Raw]]:
        """As `pages`; begins again if records were deleted meanwhile: others moved to pages that were read already.
        What was told may be told again."""
        number, records = 1, 0
        for _ in range(_MOST_PAGES):
            answer = self._page(path, query, number)
            before, records = records, _told(answer, _RECORDS)
            if number > 1 and records < before:
                number = 1
                continue
            yield _decoded(answer.body, list[msgspec.Raw])
            if number >= _told(answer, _PAGES):
                return
            number += 1

    def _page(self, path: str, query: Query, number: int) -> Answer:
        return self._ask("GET", API + path, {**query, "per_page": str(PAGE), "page": str(number)}, None)

    def change(self, method: str, path: str, body: Mapping[str, Any], kind: type[_Shape]) -> _Shape:
        """One write.

        Raises:
            Declined: WooCommerce's own refusal of what was asked.
            MarketplaceUnreachable: there was no answer: what was asked may have been done.
            MarketplaceRefused: the door is shut: `revoked`, `not_paired`, `clock_wrong`, `not_over_http`; `gone`: there
                is no WooCommerce there.
        """
        return _decoded(self._ask(method, API + path, {}, msgspec.json.encode(body)).body, kind)

    def site_name(self) -> str:
        """What the site calls itself, "" if it does not say."""
        with contextlib.suppress(Declined):
            return _decoded(self._ask("GET", "/wp-json/", {"_fields": "name"}, None).body, _Site).name
        return ""

    def close(self) -> None:
        self._transport.close()

    # --- carrying ---

    def _ask(self, method: str, path: str, query: Query, body: bytes | None) -> Answer:
        try:
            return self._exchange(method, path, query, body)
        except _ClockRefused:
            if self.clock_reading is None or self._ahead == self.clock_reading.skew:
                raise self._clock_wrong() from None
        self._ahead = self.clock_reading.skew  # nothing was done: signed once more, by the site's clock
        try:
            return self._exchange(method, path, query, body)
        except _ClockRefused:
            raise self._clock_wrong() from None

    def _clock_wrong(self) -> MarketplaceRefused:
        """`detail`: by how many seconds this clock is ahead, to the minute; "" if the site does not say."""
        reading = self.clock_reading
        seconds = "" if reading is None else str(round(reading.skew / timedelta(minutes=1)) * 60)
        return MarketplaceRefused("clock_wrong", seconds)

    def _exchange(self, method: str, path: str, query: Query, body: bytes | None) -> Answer:
        url, headers = self._signed(method, self._address + path, query)
        if body is not None:
            headers["Content-Type"] = "application/json"
        sent_at = self._now()
        answer = self._transport.ask(method, url, body, {"Accept": "application/json", **headers})
        self._read_clock(sent_at, answer)
        return self._understood(answer)

    def _signed(self, method: str, url: str, query: Query) -> tuple[str, dict[str, str]]:
        credentials = self._credentials()
        key, secret = credentials.get("consumer_key", ""), credentials.get("consumer_secret", "")
        if url.startswith("https:"):
            told = base64.b64encode(f"{key}:{secret}".encode()).decode()
            return _with(url, query), {"Authorization": f"Basic {told}"}
        signed_at = self._now() - self._ahead
        return _with(url, oauth_signed(method, url, query, key, secret, signed_at, self._nonce())), {}

    def _read_clock(self, sent_at: datetime, answer: Answer) -> None:
        with contextlib.suppress(ValueError, TypeError):  # none, or not one
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            self.clock_reading = ClockReading(told.astimezone(UTC), sent_at, self._now())

    def _understood(self, answer: Answer) -> Answer:
        """The answer, if it is WooCommerce's and no error."""
        status = answer.status
        if status in _PASSING or status >= 500:
            raise MarketplaceUnreachable(_PASSING.get(status, "server_error"), f"HTTP {status}", answer.pause_s)
        if answer.body.lstrip()[:1] not in (b"{", b"["):  # a log-in page, a firewall, a redirect
            raise MarketplaceUnreachable("not_understood", f"HTTP {status}, not from a WooCommerce")
        if 200 <= status < 300:
            return answer
        raise self._meant(status, _error_in(answer.body))

    def _meant(self, status: int, error: _Error) -> Exception:
        if status == 401 and _BAD_TIME in error.message.lower():
            return _ClockRefused()
        if status == 401 and error.code == _NO_RIGHT and self._address.startswith("http:"):
            return MarketplaceRefused("not_over_http", error.code)
        if status in (401, 403):
            return MarketplaceRefused("revoked", error.code)
        if error.code == "rest_no_route":
            return MarketplaceRefused("gone", error.code)
        if 400 <= status < 500 and error.code:
            return Declined(error.code, error.message, status)
        return MarketplaceUnreachable("not_understood", f"HTTP {status}")


class _ClockRefused(Exception):
    """The signature's time is out of what the site tolerates."""


class _Site(msgspec.Struct):
    name: str = ""


def oauth_signed(
    method: str, url: str, query: Query, key: str, secret: str, signed_at: datetime, nonce: str
) -> dict[str, str]:
    """The query with its OAuth 1.0a signature (RFC 5849, HMAC-SHA256, no token)."""
    told = {
        **query,
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(signed_at.timestamp())),
    }
    pairs = sorted((_enc(name), _enc(value)) for name, value in told.items())
    plain = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _enc(url), _enc(plain)))
    digest = hmac.new(f"{_enc(secret)}&".encode(), base.encode(), hashlib.sha256).digest()
    return {**told, "oauth_signature": base64.b64encode(digest).decode()}


def _enc(text: str) -> str:
    return quote(text, safe="~")


def _with(url: str, query: Query) -> str:
    return f"{url}?{urlencode(query, quote_via=quote, safe='~')}" if query else url


def _told(answer: Answer, header: str) -> int:
    """How many there are; the `Link` header repeats the signature and is no way on."""
    told = answer.headers.get(header, "")
    if not told.isascii() or not told.isdigit():
        raise MarketplaceUnreachable("not_understood", f"no {header}")
    return int(told)


def _error_in(body: bytes) -> _Error:
    try:
        return msgspec.json.decode(body, type=_Error)
    except msgspec.MsgspecError:
        return _Error()


def _decoded(body: bytes, kind: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise MarketplaceUnreachable("not_understood", str(error)[:200]) from None
