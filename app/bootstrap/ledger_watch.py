"""Owns when the ledger is looked at and remembered: its ends before anything is recorded, a word at the end. Never
judges what is found.

The window paints, and the first article can be scanned, before the libraries that check a signature are there. Whoever
would record something sooner waits at the gate until the ends were looked at: no number must be drawn from a counter
that was rolled back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from app.usecases.ports import Unavailable, UnitOfWork, UnitOfWorkFactory

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.fiscal import KnownHead
    from app.domain.ledger_check import Finding

_log = logging.getLogger(__name__)

OPENS_WITHIN_S = 60.0
"""A check that hangs (a key store that waits for a password) must not keep a shop from selling for ever (I7)."""


class LedgerGate:
    """Implements `ports.UnitOfWorkFactory`: writers wait until `open`. From any thread but the main one."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self._begin = begin
        self._opened = threading.Event()

    def __call__(self) -> AbstractContextManager[UnitOfWork]:
        self._opened.wait(OPENS_WITHIN_S)
        return self._begin()

    def open(self) -> None:
        """Let writers through. Twice does no harm."""
        self._opened.set()


def check_ledger(core: Core, *, starting: bool, told: Sequence[KnownHead] = ()) -> tuple[Finding, ...]:
    """Look at the ends, go on safely, and let writers through. At the start of the program card payments that were
    under way when it ended last are in doubt from now on (R28).

    Args:
        told: what the marketplace remembers of the ends.

    Raises:
        KeyStoreUnavailable, StoreUnavailable: nothing was looked at; writers are let through all the same.
    """
    from app.storage.signing import SignatureChecker
    from app.usecases.start_ledger import check_at_start
    from app.usecases.take_payment import doubt_cards_cut_short

    beside_the_gate = replace(core.counter, unit_of_work=core.store.unit_of_work)
    try:
        found = check_at_start(beside_the_gate, core.secrets, SignatureChecker(), starting=starting, other_heads=told)
        if starting:
            doubt_cards_cut_short(beside_the_gate)
        return found
    finally:
        core.open_gate()


def end_ledger(core: Core) -> None:
    """The program ends: the journal says so, and the ends are remembered. What fails is only logged: all that was
    recorded is safe already."""
    from app.usecases.start_ledger import log_stop

    try:
        log_stop(core.counter)
    except Unavailable as failure:
        _log.warning("the end of the program is not in the journal: %s", failure.reason)
    core.counter.witness()
