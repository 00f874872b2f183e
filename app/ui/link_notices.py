"""Owns what the window says of the link without being asked: a till that is refused, an older copy, two copies at work,
a wrong clock, things that wait for days. Each is said once, and again only if it went away meanwhile; never in the way
of a sale, never over what is said there now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Qt, QTimer

from app.domain.abilities import ALL_ABILITIES, Ability
from app.domain.disagreements import DisagreementKind
from app.i18n import tr
from app.ui import messages
from app.ui.clock_words import skew_words
from app.ui.exception_words import exception_title
from app.ui.main_window import MainWindow
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane, Runner
from app.usecases.connector_kinds import abilities_of
from app.usecases.exception_queries import ExceptionRow
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import Clock, MarketplaceRefused
from app.usecases.queries import OutboxState, Queries

_log = logging.getLogger(__name__)

LOOK_EVERY_MS = 60_000
WAITS_TOO_LONG = timedelta(days=1)

_SERIOUS = (DisagreementKind.LEDGER_FORKED.value, DisagreementKind.OLDER_COPY.value)


@dataclass(frozen=True, slots=True)
class LinkNotice:
    """One thing to say. `key` names it for as long as it lasts; `leads_to`: one of `LinkNotices`' ways, "" for none."""

    key: str
    text: str
    role: Role
    leads_to: str = ""


def due_notices(
    status: LinkStatus | None,
    serious: Sequence[ExceptionRow],
    outbox: OutboxState,
    now: datetime,
    abilities: frozenset[Ability] = ALL_ABILITIES,
) -> list[LinkNotice]:
    """All there is to say now, the gravest first. Args: abilities: what the marketplace can do."""
    found = [_of_copy(row) for row in sorted(serious, key=lambda row: _SERIOUS.index(row.kind))]
    if status is None:
        return found
    if status.state is LinkState.REFUSED:
        text = messages.describe_failure(MarketplaceRefused(status.message_key or "revoked"))
        found.append(LinkNotice(f"refused:{status.message_key}", text, Role.DANGER, "settings"))
    if status.clock_skew_s:
        found.append(LinkNotice("clock", _clock_text(status.clock_skew_s), Role.WARNING))
    cut_off = status.state in (LinkState.OFFLINE, LinkState.REFUSED)
    may_rescue = cut_off and Ability.RESCUE in abilities
    if may_rescue and outbox.oldest_at is not None and now - outbox.oldest_at > WAITS_TOO_LONG:
        text = tr("{waiting} for {span}: on a stick it is safe, even if this computer breaks.").format(
            waiting=messages.waiting_to_be_sent(outbox.waiting), span=messages.duration(now - outbox.oldest_at)
        )
        found.append(LinkNotice("rescue", text, Role.WARNING, "rescue"))
    return found


def _of_copy(row: ExceptionRow) -> LinkNotice:
    if row.kind == DisagreementKind.LEDGER_FORKED:
        todo = tr("Stop one of them before it sells again.")
        return LinkNotice(row.exception_id, f"{exception_title(row)}. {todo}", Role.DANGER, "disagreements")
    todo = tr("Its numbers go on higher up, and nothing is told twice. Look what is to be counted.")
    return LinkNotice(row.exception_id, f"{exception_title(row)}. {todo}", Role.WARNING, "disagreements")


def _clock_text(clock_skew_s: int) -> str:
    return skew_words(clock_skew_s) + " " + tr("Sales and closings get the time that this computer shows.")


class LinkNotices(QObject):
    """On the main thread. Ends with its window."""

    def __init__(
        self,
        queries: Queries,
        runner: Runner,
        clock: Clock,
        window: MainWindow,
        link: Callable[[], LinkStatus | None],
        ways: Mapping[str, tuple[str, Callable[[], None]]],
    ) -> None:
        """Args: ways: the button's words and what it does, by `LinkNotice.leads_to`."""
        super().__init__(window)
        self._queries = queries
        self._runner = runner
        self._clock = clock
        self._window = window
        self._link = link
        self._ways = ways
        self._told: frozenset[str] = frozenset()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.look)
        window.closing.connect(self._timer.stop)

    def start(self) -> None:
        self.look()
        self._timer.start(LOOK_EVERY_MS)

    def look(self) -> None:
        """At start, now and then, and when the link changed."""
        queries = self._queries

        def read() -> tuple[Sequence[ExceptionRow], OutboxState, frozenset[Ability]]:
            serious = [row for row in queries.exceptions() if row.kind in _SERIOUS]
            return serious, queries.outbox_state(), abilities_of(queries.linked().kind)

        self._runner.run(Lane.LISTS, read, self._came, self._failed)

    def _came(self, read: tuple[Sequence[ExceptionRow], OutboxState, frozenset[Ability]]) -> None:
        serious, outbox, abilities = read
        due = due_notices(self._link(), serious, outbox, self._clock.now(), abilities)
        self._told &= {notice.key for notice in due}
        notice = _first_untold(due, self._told)
        if notice is None or self._window.notice.text:
            return  # what is said there now is not pushed away: it is said with a later look
        self._told |= {notice.key}
        words, does = self._ways.get(notice.leads_to, ("", None))
        self._window.show_notice(notice.text, notice.role, words, does)

    def _failed(self, error: Exception) -> None:
        _log.warning("what to say of the link is not known: %s", getattr(error, "reason", type(error).__name__))


def _first_untold(due: Sequence[LinkNotice], told: Collection[str]) -> LinkNotice | None:
    return next((notice for notice in due if notice.key not in told), None)
