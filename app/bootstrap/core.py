"""Owns the joining of the parts: the only place that builds concrete classes. Holds no rule and no screen.

`build_core` makes everything that needs no window (the command line, the tests and the window use the same);
`window` paints first and builds the core behind it: the heavy libraries cost five times what an empty window does.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.bootstrap.ledger_watch import LedgerGate
from app.surroundings import News, SystemClock, TimeOrderedIds
from app.usecases.ports import Clock, Counter, Ids, Secrets, Unavailable

if TYPE_CHECKING:
    from app.storage.store import Store
    from app.sync.lane_steps import Connection

_LOG = logging.getLogger(__name__)

SOFTWARE = f"Comptoir {__version__}"


@dataclass(frozen=True, slots=True)
class Core:
    """The till without its window.

    Attributes:
        counter: what use cases need.
        store: the open database; `store.queries` answers screens.
        news: what commits touched, for whoever listens.
        gate: closed until the ledger was looked at, None if nobody waits for that.
    """

    counter: Counter
    store: Store
    secrets: Secrets
    news: News
    clock: Clock
    ids: Ids
    gate: LedgerGate | None = None

    def connect(self) -> Connection:
        """A connection to the marketplace this till is linked with; who opens it closes it.

        Raises:
            MarketplaceRefused: `not_paired`, or its address may not be used.
            StoreUnavailable, KeyStoreUnavailable: who we are cannot be read.
        """
        from app.sync.connectors.registry import connect_paired

        return connect_paired(self.store.queries, self.secrets, self.store.connector_books)

    def open_gate(self) -> None:
        """Let those record who waited for the check of the ledger. Twice does no harm."""
        if self.gate is not None:
            self.gate.open()

    def close(self) -> None:
        """Let the database go. Workers must have been stopped."""
        self.store.close()


def build_core(
    database: Path,
    secrets_file: Path,
    *,
    read_only: bool = False,
    clock: Clock | None = None,
    behind_gate: bool = False,
) -> Core:
    """Open the till's database and everything that acts on it, without Qt, network or devices.

    Args:
        database: the SQLite file; made, or brought up to date after a backup, unless `read_only`.
        secrets_file: stands in for the OS key store where there is none.
        read_only: look only, beside a running Comptoir.
        behind_gate: whoever records something waits until the ledger was looked at (`ledger_watch.check_ledger`).

    Raises:
        StoreUnavailable: in use by another Comptoir, damaged, from a newer version, disk full.
        KeyStoreUnavailable: the secrets cannot be read.
    """
    from app.storage.keys import open_secrets
    from app.storage.signing import LedgerSigner
    from app.storage.store import open_store

    clock = clock or SystemClock()
    store = open_store(database, clock=clock, read_only=read_only)
    ids = TimeOrderedIds(clock)
    news = News()
    secrets = open_secrets(str(database.resolve()), secrets_file)
    witness = _witness_of(store, secrets)
    gate = LedgerGate(store.unit_of_work) if behind_gate else None
    begin = gate or store.unit_of_work
    counter = Counter(begin, clock, ids, secrets, news, SOFTWARE, LedgerSigner(secrets), witness)
    return Core(counter, store, secrets, news, clock, ids, gate)


def _witness_of(store: Store, secrets: Secrets) -> Callable[[], None]:
    """Remembers the ledger's ends in the key store. What it guards is committed already: a failure is only logged."""
    from app.usecases.start_ledger import witness_heads

    def witness() -> None:
        try:
            witness_heads(store.queries.ledger_books(), secrets)
        except Unavailable as failure:
            _LOG.warning("the ledger's ends could not be remembered: %s", failure)

    return witness


@contextlib.contextmanager
def opened_core(database: Path, secrets_file: Path, *, read_only: bool = False) -> Iterator[Core]:
    """`build_core` for the length of a `with` block."""
    core = build_core(database, secrets_file, read_only=read_only)
    try:
        yield core
    finally:
        core.close()
