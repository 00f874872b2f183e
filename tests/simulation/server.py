"""Owns the marketplace in the town: the real application over its real SQLite file, asked in process, one request at a
time; and how its machine dies, is out of order or is set back to an older copy of itself.

No socket and no event loop: a request is the application's coroutine run to its end, and what it would give to a thread
pool runs at once. So a request is atomic in the town, as its transaction is in the world.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio.to_thread
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import event
from starlette.middleware import gzip

from app.marketplace.api import Core, WrongCodes
from app.marketplace.application import build_application
from app.marketplace.changes import Bell
from app.marketplace.pairing import make_pairing_code
from app.marketplace.seed import seed_demo
from app.marketplace.statements import Connection
from app.marketplace.store import ShopTransaction, Store, open_store
from app.marketplace.surroundings import Surroundings
from app.paths import resources_dir
from tests.simulation.clock import Timeline
from tests.simulation.schedule import Actor
from tests.simulation.trace import Trace

PRODUCTS = 30
_Outcome = TypeVar("_Outcome")


class ServerDied(BaseException):
    """The server's machine stopped at this point."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@contextlib.contextmanager
def no_thread_pool() -> Iterator[None]:
    """What the application would give to another thread runs at once, on this one."""
    original = anyio.to_thread.run_sync

    async def at_once(call: Callable[..., Any], *arguments: Any, **_options: Any) -> Any:
        return call(*arguments)

    limiter = gzip._get_gzip_capacity_limiter
    anyio.to_thread.run_sync = at_once  # type: ignore[assignment]  # it takes what it is given
    gzip._get_gzip_capacity_limiter = lambda: None  # type: ignore[assignment,return-value]  # it asks for an event loop
    try:
        yield
    finally:
        anyio.to_thread.run_sync = original
        gzip._get_gzip_capacity_limiter = limiter


class Server:
    """The marketplace and its one shop.

    Attributes:
        is_down: answers nobody.
        set_back: how often it was set back to an older copy.
        store: its open database: what customers do on the site is done there.
    """

    def __init__(self, folder: Path, timeline: Timeline, chance: Random, trace: Trace) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.file = folder / "marketplace.sqlite3"
        self._timeline = timeline
        self._chance = chance
        self._trace = trace
        self._waiting: list[Actor] = []
        self._death: str = ""
        self._closed_at: list[float] = []
        self.is_down = False
        self.set_back = 0
        self.store = self._open()
        self._application = build_application(self.store, Bell(), chance=lambda: 1.0)
        self.shop = seed_demo(self.store, _few_products(folder / "catalogue.csv"))

    @property
    def shop_id(self) -> str:
        return self.shop.shop_id

    def close(self) -> None:
        self.store.close()

    def pairing_code(self) -> str:
        return make_pairing_code(self.store, self.shop_id)[0]

    # --- being asked ---

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request to its end. Raises ConnectionError if the machine is down or dies of it; what it had committed by
        then stays."""
        if self.is_down:
            raise ConnectionRefusedError
        try:
            status, raw_headers, answered = self._ask(method, url, headers, body)
        except ServerDied:
            self._restart()
            raise ConnectionResetError from None
        if self._death == "after":
            self._restart()
            raise ConnectionResetError
        return Answer(status, [(name.decode(), value.decode()) for name, value in raw_headers], answered)

    def visit(self, call: Callable[[ShopTransaction], _Outcome]) -> _Outcome | None:
        """What somebody does on the site, as one writing transaction; None if it is down or dies of it."""
        if self.is_down:
            return None
        try:
            with self.store.writing(self.shop_id) as transaction:
                outcome = call(transaction)
        except ServerDied:
            self._restart()
            return None
        if self._death == "after":
            self._restart()
        return outcome

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        return ask_in_process(self._application, method, url, headers, body)

    # --- long polls ---

    def listen(self, actor: Actor) -> None:
        self._waiting.append(actor)

    def leave(self, actor: Actor) -> None:
        if actor in self._waiting:
            self._waiting.remove(actor)

    def _ring(self, _shop_id: str) -> None:
        for actor in self._waiting:
            actor.wake()

    # --- what befalls its machine ---

    def die_at_next_commit(self, where: str) -> None:
        """Args: where: `before` the commit of the next request that writes, or `after` it, the answer unsaid."""
        self._death = where

    @property
    def answers_all(self) -> bool:
        """Whether the next request is answered, also one that writes."""
        return not (self.is_down or self._death)

    @contextlib.contextmanager
    def behind_its_back(self) -> Iterator[Connection]:
        """The database as somebody's hands hold it who does not ask the application: what is to kill the application
        at its next commit does not strike there."""
        death, self._death = self._death, ""
        try:
            with self.store.administering() as connection:
                yield connection
        finally:
            self._death = death

    def go_down(self) -> None:
        self.is_down = True
        self._ring("")

    def come_up(self) -> None:
        self.is_down = False
        self._death = ""

    def keep_copy(self) -> Path:
        """A copy of the database as its operator's nightly backup makes it."""
        with contextlib.closing(self.store._engine.raw_connection()) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return Path(shutil.copyfile(self.file, self._folder / "copy.sqlite3"))

    def put_back(self, copy: Path) -> None:
        """The operator puts an older copy in place: everything since is forgotten."""
        self.store.close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.file)
        self.set_back += 1
        self._take_up(Store(self.store._engine, self.store.surroundings))
        self._trace.note("server", "was set back to an older copy")

    def _restart(self) -> None:
        self._trace.note("server", f"died {self._death} a commit, and is up again")
        self._death = ""
        self.store.close()  # its connections; what was compiled for the engine is kept, and spares a tenth of the time
        self._take_up(Store(self.store._engine, self.store.surroundings))

    def _take_up(self, store: Store) -> None:
        self.store = store
        store.on_commit(self._ring)
        self._application.state.core = Core(self.store, Bell(), WrongCodes())

    def _open(self) -> Store:
        store = open_store(f"sqlite:///{self.file}", Surroundings(self._timeline.now, self._chance.getrandbits))
        engine = store._engine
        event.listen(engine, "connect", _without_syncs)
        event.listen(engine, "commit", self._before_commit)
        engine.dispose()  # so that every connection from now on is one without syncs
        store.on_commit(self._ring)
        return store

    def _before_commit(self, connection: CoreConnection) -> None:
        if self._death == "before" and connection.get_execution_options().get("begin_immediate"):
            raise ServerDied


def ask_in_process(
    application: Any, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """One request run to its end: status, headers and body of the answer."""
    parts = urlsplit(url)
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(b"host", parts.netloc.encode()), *sent],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    running = application(scope, receive, send)
    try:
        running.send(None)
    except StopIteration:
        pass
    else:
        raise RuntimeError("the application waits for something outside the town")
    return said[0]["status"], list(said[0]["headers"]), b"".join(part.get("body", b"") for part in said[1:])


def _few_products(into: Path) -> Path:
    """The first articles of the demonstration shop."""
    lines = (resources_dir() / "demo" / "catalogue.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    into.write_text("".join(lines[: PRODUCTS + 1]), encoding="utf-8")
    return into


def _without_syncs(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()  # what a dying machine keeps is made by the simulator
