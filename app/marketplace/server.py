"""Owns running the marketplace: in a thread beside the till (demo, tests), or alone until Ctrl+C.

On loopback; beyond it only behind a proxy with TLS, and when told so: the reference server speaks plain HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.domain.loopback import is_loopback
from app.marketplace.application import build_application
from app.marketplace.changes import Bell
from app.marketplace.faults import Connections, FaultSwitch
from app.marketplace.purge import purge_customers
from app.marketplace.store import DatabaseBusy, Store, open_store
from app.marketplace.surroundings import Surroundings

LOOPBACK = "127.0.0.1"
STOP_WITHIN_S = 5
PURGE_EVERY_S = 86_400.0
BACKLOG = 2048
"""Connections that may wait to be taken: after a cut of the town's network all its tills come back at once."""
_MOST_OPEN_FILES = 65_536
_log = logging.getLogger("comptoir.marketplace")


class MarketplaceNotStarted(Exception):
    """The address is taken or the server could not start; its text says which."""


class NeedsTls(MarketplaceNotStarted):
    """It was to listen beyond this machine in plain HTTP: tokens and names would travel for everyone to read."""


@dataclass(frozen=True, slots=True)
class MarketplaceOptions:
    """How `comptoir marketplace` was called.

    Attributes:
        database_url: SQLAlchemy URL, `sqlite:///file` or `postgresql://...`.
        port: 0 for any free one.
        faults: with the fault switch and the administration.
        behind_proxy: it may listen beyond this machine although it speaks plain HTTP, because a proxy in front of it
            ends TLS and nobody else reaches it.
    """

    database_url: str
    host: str = LOOPBACK
    port: int = 0
    faults: bool = False
    behind_proxy: bool = False


class RunningMarketplace:
    """The server running in its own thread.

    Attributes:
        url: where it is, without a slash at the end.
        admin_token: opens `/admin`, None without the fault switch.
        store: its database, for placing demo orders or looking inside.
        fault_switch: None without the fault switch.
    """

    def __init__(self, server: _Server, store: Store, url: str, admin_token: str | None) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.run_to_the_end, name="marketplace", daemon=True)
        self.store = store
        self.url = url
        self.admin_token = admin_token
        self.fault_switch: FaultSwitch | None = getattr(server.application.state, "fault_switch", None)
        self._thread.start()

    def stop(self) -> None:
        """End long polls, finish what is being answered, close the database. Returns when the thread has ended."""
        self._server.ask_to_stop()
        self._thread.join()
        self.store.close()

    def __enter__(self) -> RunningMarketplace:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def start_in_thread(
    database_url: str,
    port: int = 0,
    faults: bool = True,
    *,
    surroundings: Surroundings | None = None,
    chance: Callable[[], float] | None = None,
) -> RunningMarketplace:
    """Start on loopback and return once requests are answered.

    Args:
        port: 0 for any free one.
        faults: with the fault switch and the administration.
        chance: decides which requests a fault with a share hits; a number from 0 to below 1.

    Raises MarketplaceNotStarted, `store.DatabaseBusy`, `store.DatabaseDamaged` or `tables.SchemaIsNewer`.
    """
    store = open_store(database_url, surroundings)
    try:
        server = _Server(store, LOOPBACK, port, faults=faults, chance=chance)
    except BaseException:
        store.close()
        raise
    running = RunningMarketplace(server, store, server.url, server.admin_token)
    server.ready.wait()
    if not server.started:
        running.stop()
        raise MarketplaceNotStarted("the server ended while starting")
    return running


def run(options: MarketplaceOptions, say: Callable[[str], None] = print) -> None:
    """Serve until Ctrl+C or SIGTERM. `say` gets lines for the person who started it: address, administration token.
    Customers' names whose window has passed are taken away at the start and once a day.

    Raises NeedsTls, MarketplaceNotStarted, `store.DatabaseBusy` or `tables.SchemaIsNewer`.
    """
    allow_many_connections()
    if not (options.behind_proxy or is_loopback(options.host)):
        raise NeedsTls(options.host)
    store = open_store(options.database_url)
    try:
        server = _Server(store, options.host, options.port, faults=options.faults, purges=True)
        say(f"{server.url}/")
        if server.admin_token:
            say(f"Admin-Token: {server.admin_token}")
        try:
            server.run_to_the_end()
        except KeyboardInterrupt:  # uvicorn hands the signal on once it has shut down
            _log.info("stopped by the keyboard")
    finally:
        store.close()


def allow_many_connections() -> None:
    """Raise this process's own limit of open files to what its user may have: each till that waits holds a connection,
    and the usual 1024 are soon used up. Where there is no such limit, or it may not be raised, nothing happens."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard or hard == resource.RLIM_INFINITY:
        wanted = _MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else hard
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


class _Server(uvicorn.Server):
    """uvicorn on a socket of ours: the port is known before it starts, and a stop wakes the long polls first."""

    def __init__(
        self,
        store: Store,
        host: str,
        port: int,
        *,
        faults: bool,
        chance: Callable[[], float] | None = None,
        purges: bool = False,
    ) -> None:
        self._store = store
        self._purges = purges
        self._purging: asyncio.Task[None] | None = None
        self._socket = _listen(host, port)
        self._bell = Bell()
        self.admin_token = secrets.token_urlsafe(24) if faults else None
        self.ready = threading.Event()
        connections = Connections()
        self.application = build_application(
            store,
            self._bell,
            chance=chance or random.SystemRandom().random,
            connections=connections,
            admin_token=self.admin_token,
        )
        super().__init__(
            uvicorn.Config(
                self.application,
                http=_protocol(connections),
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,  # ours holds no addresses (`edge.DiscreetLog`)
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            )
        )

    @property
    def url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run_to_the_end(self) -> None:
        try:
            self.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self.ready.set()

    def ask_to_stop(self) -> None:
        """From any thread."""
        self._bell.close()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._bell.close()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._purges:
            self._purging = asyncio.create_task(self._purge_daily())
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._purging is not None:
            self._purging.cancel()
        await super().shutdown(sockets)

    async def _purge_daily(self) -> None:
        while True:
            try:
                await asyncio.to_thread(purge_customers, self._store)
            except DatabaseBusy:
                _log.warning("customers' data not taken away: the database is busy")
            await asyncio.sleep(PURGE_EVERY_S)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, asyncio sets TCP_NODELAY; else the body of each answer waits 40 ms for the client's ACK
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if socket.has_ipv6 and family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # at once after a restart on the same port; on Windows the option would share the port with another program
        if hasattr(socket, "AF_UNIX"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise MarketplaceNotStarted(f"{host}:{port}: {error.strerror}") from error
    return listening


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol, which also tells us of its connections."""

    class ToldOfConnections(H11Protocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.access_log = False  # uvicorn writes addresses to any root handler, whatever its setting says

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            connections.opened(transport)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self.transport)
            super().connection_lost(exc)

    return ToldOfConnections
