"""Owns the calls to the marketplace, and turning every refusal into one of the two typed failures. Never retries, never
stores, never logs (a token or a customer's name could slip in).

Whose word is it? A 4xx counts as the marketplace's own refusal only if its body is JSON: a hotel's log-in page, a proxy
or a firewall also answer 403 and 404, in HTML, and must not make a till believe that it was revoked.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self
from urllib.parse import quote

from requests.adapters import BaseAdapter

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.domain.told import plain_head
from app.sync import wire
from app.sync.lease_calls import LeaseCalls
from app.sync.lease_wire import read_server_time
from app.sync.reconciliation_calls import ReconciliationCalls
from app.sync.relay_wire import read_part_answers, write_part
from app.sync.status_wire import read_status
from app.sync.token_calls import TokenCalls, write_pairing
from app.sync.transport import DEFAULT_LIMITS, Limits, Transport, checked_address
from app.usecases.marketplace_port import Change, ChangePage, FactAnswer, MarketplaceStatus, Pairing
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, TokenUnknown, Unavailable
from app.usecases.rescue_ports import RescuedPart

MAX_WAIT_S = 25.0
"""The longest long poll of the contract."""
_BEGINS_JSON = (b"{", b"[")
_WORTH_ZIPPING_BYTES = 500
_NOT_READ_ZIPPED = frozenset({400, 415, 422})

_REFUSED = {400: "refused", 401: "revoked", 403: "revoked", 409: "conflict", 422: "refused"}
_PASSING = {407: "no_network", 408: "timeout", 425: "server_error", 429: "rate_limited", 511: "no_network"}


class HttpMarketplace(ReconciliationCalls, LeaseCalls, TokenCalls):
    """The marketplace port over HTTP. One session, so one connection a thread is kept open; safe from several threads.

    `close()` from any thread also ends calls under way, long polls included: they raise `no_network`.
    """

    def __init__(
        self,
        url: str,
        token_source: Callable[[], str | None],
        *,
        limits: Limits = DEFAULT_LIMITS,
        ca_file: str | None = None,
        adapter: BaseAdapter | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Args: token_source: asked at each call; ca_file: certificates to trust instead of the usual ones; adapter:
        carries the requests instead of sockets (the simulator's network), and ends those under way when closed; now:
        this computer's clock, held against the marketplace's.

        Raises:
            MarketplaceRefused: see `checked_address`.
        """
        self._base = checked_address(url) + "/v1"
        self._token_source = token_source
        self._limits = limits
        self._now = now
        self._zips = False
        self._clock_reading: ClockReading | None = None
        self._transport = Transport(
            self._base, limits=limits, ca_file=ca_file, adapter=adapter, monotonic=monotonic, now=now
        )

    @property
    def poll_gap_s(self) -> float:
        """It holds its answers itself."""
        return 0.0

    def abilities(self) -> frozenset[Ability]:
        return ALL_ABILITIES

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        body = write_pairing(code, till_name, previous_token)
        return wire.read_pairing(self._call("POST", "/pair", body=body, token=None))

    def changes(self, cursor: str, limit: int, wait_s: float) -> ChangePage:
        wait_s = min(max(wait_s, 0.0), MAX_WAIT_S)
        query = {"cursor": cursor, "limit": str(limit), "wait_s": f"{wait_s:g}"}
        read_s = self._limits.read_s + wait_s
        return wire.read_page(self._call("GET", "/changes", query=query, token=self._token(), read_s=read_s), cursor)

    def push(self, facts: Sequence[Fact], heads: Sequence[KnownHead] = ()) -> Sequence[FactAnswer]:
        """The answers understood, in the order of the facts; a fact may be missing: its outcome is not known."""
        body = self._call(
            "POST", "/facts", body=wire.write_facts(facts, [plain_head(head) for head in heads]), token=self._token()
        )
        return wire.read_answers(body, facts)

    def fetch(self, kind: str, record_id: str) -> Change | None:
        """None as well from a marketplace that does not offer to ask for one record of that kind."""
        path = wire.PATHS_OF_RECORDS.get(kind)
        if path is None:
            return None
        try:
            body = self._call("GET", f"{path}/{quote(record_id, safe='')}", token=self._token())
        except MarketplaceRefused as refusal:
            if refusal.reason != "gone":
                raise
            return None
        return wire.read_record(kind, record_id, body)

    def status(self) -> MarketplaceStatus:
        """An empty one from a marketplace that has none (404)."""
        try:
            status = read_status(self._call("GET", "/status", token=self._token()))
            self._zips = status.accepts_gzip
            return status
        except MarketplaceRefused as refusal:
            if refusal.reason != "gone":
                raise
            return MarketplaceStatus()

    def tell_ledger_key(self, public_pem: str) -> None:
        self._call("PUT", "/ledger-key", body=wire.write_json({"public_key": public_pem}), token=self._token())

    def relay(self, part: RescuedPart) -> Sequence[FactAnswer]:
        """The answers understood; a fact may be missing: its outcome is not known."""
        return read_part_answers(self._call("POST", "/relay", body=write_part(part), token=self._token()), part)

    def clock_reading(self) -> ClockReading | None:
        return self._clock_reading

    def close(self) -> None:
        """End calls under way and make no more. May be called twice."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes | None = None) -> bytes:
        """One request in this till's name, for the calls that live elsewhere; its answer of 2xx."""
        return self._call(method, path, query=query, body=body, token=self._token())

    def _read_clock(self, sent_at: datetime, answer: bytes) -> None:
        told = read_server_time(answer)
        if told is not None:
            self._clock_reading = ClockReading(told, sent_at, self._now())

    def _token(self) -> str:
        token = self._token_source()
        if not token or not token.isascii() or not token.isprintable():
            raise MarketplaceRefused("not_paired")
        return token

    def _call(
        self,
        method: str,
        path: str,
        *,
        token: str | None,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        read_s: float | None = None,
    ) -> bytes:
        """One request, one answer of 2xx. Every other end is a MarketplaceUnreachable or a MarketplaceRefused.

        What was sent zipped and is not taken is sent again as it is: it may be the marketplace of today, set back to
        one that does not unzip, and its word on what it could not read must not mark a fact as refused.
        """
        headers = {"Accept": "application/json, application/problem+json", "Accept-Encoding": "gzip"}
        if method == "GET":
            headers["Cache-Control"] = "no-cache"  # a page or a status of yesterday is worse than none
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        address = self._base + path
        if query:
            address += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        read_s = read_s or self._limits.read_s
        zipped = self._zips and body is not None and len(body) >= _WORTH_ZIPPING_BYTES
        sent_at = self._now()
        if zipped and body is not None:
            small = gzip.compress(body, compresslevel=6, mtime=0)
            zipped_headers = {**headers, "Content-Encoding": "gzip"}
            answer = self._transport.ask(method, address, small, zipped_headers, read_s)
        if not zipped or answer.status in _NOT_READ_ZIPPED:
            answer = self._transport.ask(method, address, body, headers, read_s)
        status = answer.status
        if 200 <= status < 300:
            if answer.body and not answer.body.lstrip().startswith(_BEGINS_JSON):  # a hotel's log-in page, for one
                raise MarketplaceUnreachable("not_understood", f"HTTP {status}, not from a marketplace")
            self._read_clock(sent_at, answer.body)
            return answer.body
        if status == 401 and token is not None and self._token() != token:  # renewed meanwhile, on another thread
            return self._call(method, path, token=self._token(), query=query, body=body, read_s=read_s)
        raise _refusal(path, status, answer.pause_s, answer.body, token)


def _refusal(path: str, status: int, pause_s: float | None, body: bytes, token: str | None) -> Unavailable:
    """What an answer other than 2xx means."""
    problem = wire.read_problem(body)
    detail = f"HTTP {status}: {problem}" if problem else f"HTTP {status}"
    if token:
        detail = detail.replace(token, "***")
    if status in _PASSING or status >= 500:
        return MarketplaceUnreachable(_PASSING.get(status, "server_error"), detail, pause_s)
    if status == 413:  # also said by proxies, in HTML, and true all the same
        return MarketplaceRefused("refused", detail)
    if not 400 <= status < 500 or problem is None:
        return MarketplaceUnreachable("not_understood", f"HTTP {status}, not from a marketplace")
    if path == "/pair" and status in {404, 410}:
        return MarketplaceRefused("wrong_code", f"HTTP {status}")
    if path == "/changes" and status == 410:
        return MarketplaceRefused("cursor_gone", detail)
    refused = TokenUnknown if status == 401 else MarketplaceRefused
    return refused(_REFUSED.get(status, "gone"), detail)
