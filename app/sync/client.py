"""Owns the calls to the marketplace: addresses, time-outs, sizes, and turning every failure into one of the two typed
ones. Never retries, never stores, never logs (a token or a customer's name could slip in).

Whose word is it? A 4xx counts as the marketplace's own refusal only if its body is JSON: a hotel's log-in page, a proxy
or a firewall also answer 403 and 404, in HTML, and must not make a till believe that it was revoked.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import quote, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.clock_skew import ClockReading
from app.domain.facts import Fact
from app.domain.fiscal import KnownHead
from app.domain.loopback import is_loopback
from app.domain.told import plain_head
from app.sync import wire
from app.sync.lease_calls import LeaseCalls
from app.sync.lease_wire import read_server_time
from app.sync.reconciliation_calls import ReconciliationCalls
from app.sync.relay_wire import read_part_answers, write_part
from app.sync.status_wire import read_status
from app.sync.token_calls import TokenCalls, write_pairing
from app.usecases.marketplace_port import Change, ChangePage, FactAnswer, MarketplaceStatus, Pairing
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, TokenUnknown, Unavailable
from app.usecases.rescue_ports import RescuedPart

MAX_WAIT_S = 25.0
"""The longest long poll of the contract."""
_CONNECT_TIMEOUT_S = 10.0
"""On a weak line the first two packets may be lost; the third is sent after three seconds."""
_READ_TIMEOUT_S = 20.0
_DRIP_LIMIT_S = 60.0
"""An answer that has begun must have ended after this long: a byte a second would never meet the read time-out."""
_SLOWEST_BYTES_PER_S = 2_000.0
"""A line slower than this is none. What is sent gets so much time more: a batch that a weak line carries in a minute
must not be given up after 20 s and sent again for ever."""
_BEGINS_JSON = (b"{", b"[")
_WORTH_ZIPPING_BYTES = 500
_NOT_READ_ZIPPED = frozenset({400, 415, 422})
_MAX_BODY_BYTES = 16 * 1024 * 1024
_MAX_PAUSE_S = 3600.0
_CHUNK_BYTES = 64 * 1024

_REFUSED = {400: "refused", 401: "revoked", 403: "revoked", 409: "conflict", 422: "refused"}
_PASSING = {407: "no_network", 408: "timeout", 425: "server_error", 429: "rate_limited", 511: "no_network"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. All `_s` in seconds."""

    connect_s: float = _CONNECT_TIMEOUT_S
    read_s: float = _READ_TIMEOUT_S  # and more with what is sent
    drip_s: float = _DRIP_LIMIT_S
    max_body_bytes: int = _MAX_BODY_BYTES


DEFAULT_LIMITS = Limits()


def checked_address(url: str) -> str:
    """The marketplace's address without its trailing slash.

    Raises:
        MarketplaceRefused: `bad_address`: no http(s) address; `insecure_address`: no TLS beyond this machine.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise MarketplaceRefused("bad_address") from None
    well_formed = parts.scheme in {"http", "https"} and host and port != 0 and not parts.query and not parts.fragment
    if not well_formed or parts.username is not None or not host.isprintable() or " " in host:
        raise MarketplaceRefused("bad_address")
    if parts.scheme == "http" and not is_loopback(host):
        raise MarketplaceRefused("insecure_address", host)
    return parts.geturl().rstrip("/")


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
        self._monotonic = monotonic
        self._now = now
        self._zips = False
        self._clock_reading: ClockReading | None = None
        self._sockets = _LiveSockets()
        self._session = _new_session(self._base, adapter or _Adapter(self._sockets), ca_file)

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
        return wire.read_page(self._call("GET", "/changes", query=query, token=self._token(), read_s=read_s))

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
        self._sockets.close()
        self._session.close()

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
        if self._sockets.closed:
            raise MarketplaceUnreachable("no_network", "closed")
        headers = {"Accept": "application/json, application/problem+json", "Accept-Encoding": "gzip"}
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
            status, pause_s, answer = self._ask(method, address, small, {**headers, "Content-Encoding": "gzip"}, read_s)
        if not zipped or status in _NOT_READ_ZIPPED:
            status, pause_s, answer = self._ask(method, address, body, headers, read_s)
        if 200 <= status < 300:
            if answer and not answer.lstrip().startswith(_BEGINS_JSON):  # a hotel's log-in page, for one
                raise MarketplaceUnreachable("not_understood", f"HTTP {status}, not from a marketplace")
            self._read_clock(sent_at, answer)
            return answer
        if status == 401 and token is not None and self._token() != token:  # renewed meanwhile, on another thread
            return self._call(method, path, token=self._token(), query=query, body=body, read_s=read_s)
        raise _refusal(path, status, pause_s, answer, token)

    def _ask(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], read_s: float
    ) -> tuple[int, float | None, bytes]:
        """Status, pause asked for, body of the answer."""
        timeouts = (self._limits.connect_s, read_s + _carrying_s(body))
        with (
            _typed_failures(),
            self._session.request(
                method, address, data=body, headers=headers, timeout=timeouts, stream=True, allow_redirects=False
            ) as response,
        ):
            answer = self._read_body(response)
        return response.status_code, self._pause_s(response.headers.get("Retry-After")), answer

    def _read_body(self, response: requests.Response) -> bytes:
        deadline = self._monotonic() + self._limits.drip_s
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(_CHUNK_BYTES):
            size += len(part)
            if size > self._limits.max_body_bytes:
                raise MarketplaceUnreachable("not_understood", f"answer over {self._limits.max_body_bytes} bytes")
            if self._monotonic() > deadline:
                raise MarketplaceUnreachable("timeout", "answer too slow")
            parts.append(part)
        return b"".join(parts)

    def _pause_s(self, retry_after: str | None) -> float | None:
        return None if retry_after is None else pause_s(retry_after, self._now())


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


def pause_s(retry_after: str, now: datetime) -> float | None:
    """`Retry-After`, seconds or an HTTP date, in seconds from now, 0 to an hour; None if it cannot be read."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return min(max(seconds, 0.0), _MAX_PAUSE_S) if seconds == seconds else None


@contextlib.contextmanager
def _typed_failures() -> Iterator[None]:
    """Turns whatever requests and urllib3 raise into MarketplaceUnreachable."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
        # the error's text holds the address that was asked for, never a header
        raise MarketplaceUnreachable(_reason_of(error), type(error).__name__) from error


def _reason_of(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "not_trusted" if "CERTIFICATE_VERIFY_FAILED" in str(error) else "no_network"
    if isinstance(error, requests.Timeout) or _was_read_timeout(error):
        return "timeout"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "not_understood"
    return "no_network"


def _was_read_timeout(error: Exception) -> bool:
    """WORKAROUND: a time-out while the body comes is a plain ConnectionError in requests (psf/requests#5430)."""
    return any(isinstance(cause, urllib3.exceptions.ReadTimeoutError) for cause in error.args)


# --- the session ----------------------------------------------------------------------------------------------------


def _new_session(base: str, adapter: BaseAdapter, ca_file: str | None) -> requests.Session:
    session = requests.Session()
    # The environment is not trusted whole: REQUESTS_CA_BUNDLE would override `verify`, ~/.netrc replace our token.
    # Its proxies are wanted, except for this machine itself.
    session.trust_env = False
    session.verify = ca_file if ca_file is not None else True
    if not is_loopback(urlsplit(base).hostname or ""):
        session.proxies = requests.utils.get_environ_proxies(base)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "Comptoir"
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _LiveSockets:
    """The sockets of calls under way, so that closing can wake a thread that waits in one of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def add(self, sock: Any) -> None:
        """Keep an eye on a socket that was just connected; after `close` it is shut at once."""
        with self._lock:
            self._sockets.add(sock)
            if self._closed:
                _shut(sock)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for sock in self._sockets:
                _shut(sock)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already closed by either side
        # the plain method on purpose: the TLS one takes the TLS object from under the thread that reads with it
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """An adapter whose connections report their sockets."""

    def __init__(self, sockets: _LiveSockets) -> None:
        self._pools = _pool_classes(sockets)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, socket_options=_socket_options())
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        proxy_manager = super().proxy_manager_for(*args, **kwargs)
        proxy_manager.pool_classes_by_scheme = self._pools
        return proxy_manager


def _socket_options() -> list[tuple[int, int, int]]:
    """A cable pulled during a long poll sends nothing: probes find out in about 20 s instead of the read time-out."""
    options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    probes = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}  # not every system has all three
    options += [
        (socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in probes.items() if hasattr(socket, name)
    ]
    return options


def _carrying_s(body: bytes | None) -> float:
    """How long the slowest line that counts as one takes for a body."""
    return len(body or b"") / _SLOWEST_BYTES_PER_S


def _pool_classes(sockets: _LiveSockets) -> dict[str, type[HTTPConnectionPool]]:
    class PlainConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

        def request(self, method: str, url: str, body: Any = None, *args: Any, **options: Any) -> None:
            _allow_time_to_send(self, body)
            super().request(method, url, body, *args, **options)

    class TlsConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

        def request(self, method: str, url: str, body: Any = None, *args: Any, **options: Any) -> None:
            _allow_time_to_send(self, body)
            super().request(method, url, body, *args, **options)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    return {"http": PlainPool, "https": TlsPool}


def _allow_time_to_send(connection: HTTPConnection, body: bytes | None) -> None:
    """urllib3 sends under the time-out for connecting; a body on a weak line needs its own."""
    if connection.sock is None:
        connection.connect()
    connection.timeout = (connection.timeout or 0.0) + _carrying_s(body)
