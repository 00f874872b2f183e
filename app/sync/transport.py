"""Owns carrying one HTTP request to a marketplace and its answer back: sessions, time-outs, sizes, sockets that can be
shut from another thread, and turning whatever breaks into `MarketplaceUnreachable`. Never says what an answer means,
never retries, never logs (a token or a customer's name could slip in).
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.domain.loopback import is_loopback
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable

_CONNECT_TIMEOUT_S = 10.0
"""On a weak line the first two packets may be lost; the third is sent after three seconds."""
_READ_TIMEOUT_S = 20.0
_DRIP_LIMIT_S = 60.0
"""An answer that has begun must have ended after this long: a byte a second would never meet the read time-out."""
_SLOWEST_BYTES_PER_S = 2_000.0
"""A line slower than this is none. What is sent gets so much time more: a batch that a weak line carries in a minute
must not be given up after 20 s and sent again for ever."""
_MAX_BODY_BYTES = 16 * 1024 * 1024
_MAX_PAUSE_S = 3600.0
_CHUNK_BYTES = 64 * 1024


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


@dataclass(frozen=True, slots=True)
class Answer:
    """`pause_s`: how long the other side asked to be left alone, in seconds, None if it did not."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    pause_s: float | None


class Transport:
    """One marketplace's line. One session, so one connection a thread is kept open; safe from several threads.

    `close()` from any thread also ends calls under way: they raise `no_network`.
    """

    def __init__(
        self,
        base: str,
        *,
        limits: Limits = DEFAULT_LIMITS,
        ca_file: str | None = None,
        adapter: BaseAdapter | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Args: base: an address that `checked_address` let through; ca_file: certificates to trust instead of the
        usual ones; adapter: carries the requests instead of sockets, and ends those under way when closed; now: this
        computer's clock."""
        self._limits = limits
        self._monotonic = monotonic
        self._now = now
        self._sockets = _LiveSockets()
        self._session = _new_session(base, adapter or _Adapter(self._sockets), ca_file)
        # once: for each request anew it would cost as much as carrying it
        self._settings = self._session.merge_environment_settings(base, {}, True, None, None)

    def ask(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: Mapping[str, str],
        read_s: float | None = None,
    ) -> Answer:
        """One request, whatever its answer.

        Args:
            read_s: how long the answer may take to begin, in seconds; the usual time if left out.

        Raises:
            MarketplaceUnreachable: there was none, or not all of it.
        """
        if self._sockets.closed:
            raise MarketplaceUnreachable("no_network", "closed")
        timeouts = (self._limits.connect_s, (read_s or self._limits.read_s) + _carrying_s(body))
        with (
            _typed_failures(),
            self._session.send(
                self._prepared(method, address, body, headers),
                timeout=timeouts,
                allow_redirects=False,
                **self._settings,
            ) as response,
        ):
            answer = self._read_body(response)
        return Answer(
            response.status_code, response.headers, answer, self._pause_s(response.headers.get("Retry-After"))
        )

    def _prepared(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> requests.PreparedRequest:
        request = requests.Request(method, address, headers={**self._session.headers, **headers}, data=body)
        return request.prepare()

    def close(self) -> None:
        """End calls under way and make no more. May be called twice."""
        self._sockets.close()
        self._session.close()

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
