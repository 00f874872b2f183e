"""Owns the connection to the marketplace's database: settings, transactions, and who is told after a commit.

Holds no rule. Writers of one shop stand in one line (SQLite: one writer at all; PostgreSQL: the lock on the shop's
row), and the change feed's numbers are given out inside that line. So a number that can be read was committed after
all smaller ones, and nothing can fall between two pages; and a rule judged in a writing transaction stays true until
its commit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection as CoreConnection
from sqlalchemy import Engine, bindparam, create_engine, event, make_url, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from app.marketplace import tables as t
from app.marketplace.feed_marks import new_mark, set_mark
from app.marketplace.statements import Compiler, Connection, fixed
from app.marketplace.surroundings import Surroundings

BUSY_TIMEOUT_S = 10
CONNECTIONS_KEPT, CONNECTIONS_MORE = 10, 40  # together more than the server has threads


_of_shop = t.shop.c.shop_id == bindparam("of_shop")
_HEAD_OF_WRITER = fixed(select(t.shop.c.head_seq).where(_of_shop).with_for_update())
_SET_HEAD = fixed(t.shop.update().where(_of_shop).values(head_seq=bindparam("new_head")))
_ADD_CHANGE = fixed(t.change.insert())
_DROP_CHANGE = fixed(
    t.change.delete().where(
        t.change.c.shop_id == bindparam("of_shop"),
        t.change.c.kind == bindparam("of_kind"),
        t.change.c.entity_id == bindparam("of_entity"),
    )
)


class DatabaseBusy(Exception):
    """The database could not be reached or written to in time; the same request may succeed later."""


class DatabaseDamaged(Exception):
    """The file is no database that can be read."""


class UnknownShop(LookupError):
    """No shop has this id."""


class ChangeKind(StrEnum):
    """What the change feed tells of."""

    ORDER = "order"
    PRODUCT = "product"
    STOCK_MOVEMENT = "stock_movement"
    PICKUP_KEY = "pickup_key"
    DISAGREEMENT = "disagreement"


@dataclass
class ShopTransaction:
    """A writing transaction on one shop. `mark` what changed: the tills will be told in the order of the marks.

    Attributes:
        now: the one moment of this transaction.
    """

    connection: Connection
    shop_id: str
    now: datetime
    surroundings: Surroundings
    marks: dict[tuple[ChangeKind, str], None] = field(default_factory=dict)

    def mark(self, kind: ChangeKind, entity_id: str) -> None:
        """Have this entity sent to the shop's tills (once, at its latest state), after all that changed before."""
        self.marks.pop((kind, entity_id), None)
        self.marks[kind, entity_id] = None

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undo what was done inside, marks included, if an exception leaves the block; the transaction goes on."""
        marks = dict(self.marks)
        try:
            self.connection.run_text("SAVEPOINT one_of_many")
            yield
            self.connection.run_text("RELEASE SAVEPOINT one_of_many")
        except BaseException:
            self.marks = marks
            self.connection.run_text("ROLLBACK TO SAVEPOINT one_of_many")
            self.connection.run_text("RELEASE SAVEPOINT one_of_many")
            raise


class Store:
    """The marketplace's database."""

    def __init__(self, engine: Engine, surroundings: Surroundings) -> None:
        self._engine = engine
        self._compiler = Compiler(engine.dialect)
        self._listeners: list[Callable[[str], None]] = []
        self.surroundings = surroundings
        # SQLite's own waiting is neither fair nor cheap; inside one process a lock is both
        sqlite = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.Lock() if sqlite else nullcontext()

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    def on_commit(self, listener: Callable[[str], None]) -> None:
        """Call `listener(shop_id)`, on the writing thread, after each commit that changed something for tills."""
        self._listeners.append(listener)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises DatabaseBusy."""
        with self._busy_said(), self._engine.connect() as connection, connection.begin():
            yield Connection(connection, self._compiler)

    @contextmanager
    def administering(self) -> Iterator[Connection]:
        """A writing transaction on rows that no till is told about. Raises DatabaseBusy."""
        with self._busy_said(), self._turn, self._writer() as connection, connection.begin():
            yield Connection(connection, self._compiler)

    @contextmanager
    def writing(self, shop_id: str) -> Iterator[ShopTransaction]:
        """A writing transaction on one shop; commits at the end of the block, rolls back on an exception.

        Raises DatabaseBusy, or UnknownShop before anything is done.
        """
        with self._busy_said(), self._turn, self._writer() as core, core.begin():
            connection = Connection(core, self._compiler)
            head = connection.execute(_HEAD_OF_WRITER, {"of_shop": shop_id}).scalar_one_or_none()
            if head is None:
                raise UnknownShop(shop_id)
            transaction = ShopTransaction(connection, shop_id, self.surroundings.now(), self.surroundings)
            yield transaction
            _number_changes(transaction, head)
        if transaction.marks:
            for listener in self._listeners:
                listener(shop_id)

    def _writer(self) -> CoreConnection:
        return self._engine.connect().execution_options(begin_immediate=True)

    @contextmanager
    def _busy_said(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, PoolTimeout, self._engine.dialect.loaded_dbapi.OperationalError) as error:
            raise DatabaseBusy(type(error).__name__) from error


def _number_changes(transaction: ShopTransaction, head: int) -> None:
    rows = [
        {"shop_id": transaction.shop_id, "kind": kind.value, "entity_id": entity_id, "seq": head + position}
        for position, (kind, entity_id) in enumerate(transaction.marks, start=1)
    ]
    if not rows:
        return
    transaction.connection.execute(
        _DROP_CHANGE, [{"of_shop": r["shop_id"], "of_kind": r["kind"], "of_entity": r["entity_id"]} for r in rows]
    )
    transaction.connection.execute(_ADD_CHANGE, rows)
    transaction.connection.execute(_SET_HEAD, {"of_shop": transaction.shop_id, "new_head": head + len(rows)})
    mark = new_mark(transaction.surroundings.random_bits(64))
    set_mark(transaction.connection, transaction.shop_id, head, head + len(rows), mark, transaction.now)


def open_store(url: str, surroundings: Surroundings | None = None) -> Store:
    """Open (and create or migrate) the database: a SQLAlchemy URL, `sqlite:///file` or `postgresql://...`.

    Raises DatabaseBusy (out of reach), DatabaseDamaged (a file only) or `tables.SchemaIsNewer`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        url_of_driver = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(url_of_driver, pool_size=CONNECTIONS_KEPT, max_overflow=CONNECTIONS_MORE)
    else:
        engine = _sqlite_engine(url)
    store = Store(engine, surroundings or Surroundings())
    try:
        with store.administering() as connection:
            t.migrate(connection.core)
    except BaseException as error:
        store.close()
        if type(error) is DatabaseError:  # SQLite's "malformed", "not a database"; other troubles are its subtypes
            raise DatabaseDamaged(type(error.orig).__name__) from error
        raise
    return store


def _sqlite_engine(url: str) -> Engine:
    # connections are kept: when SQLite's last one closes, the whole write-ahead log is written back
    if make_url(url).database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool)
    else:
        settings = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        engine = create_engine(url, connect_args=settings, pool_size=CONNECTIONS_KEPT, max_overflow=CONNECTIONS_MORE)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # transactions begin where _begin_sqlite says, not where sqlite3 guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: CoreConnection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
