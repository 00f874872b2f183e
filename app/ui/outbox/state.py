"""Owns the values of the outbox screen: its lists, the chosen row, what may be done with it, what it is given. No
widget, no wording, no decision but which deeds belong to which row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.reconciliation import ReconciliationRun
from app.domain.rescue import RescueRefusal
from app.ui.task_runner import Runner
from app.usecases.ask_again import AskedAgain
from app.usecases.exception_queries import ExceptionRow, OutboxRow, SetAsideRow
from app.usecases.long_work import LongWork
from app.usecases.marketplace_port import LinkStatus
from app.usecases.ports import Clock, Counter, PrintState
from app.usecases.queries import PrintJobRow, QuarantineRow, Queries
from app.usecases.reconcile import NotCompared
from app.usecases.repair_fact import RepairRefused
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten
from app.usecases.set_aside_fact import SettingAside
from app.usecases.settle_exception import Settling

REFUSED = "refused"
"""`OutboxRow.state` of a fact that the marketplace refused."""

CONFLICTED = "conflicted"
"""`OutboxRow.state` of a fact whose exception a person must settle; it has arrived."""


class Tab(StrEnum):
    """Four lists and two pages."""

    TO_SEND = "to_send"
    REFUSED = "refused"
    DISAGREEMENTS = "disagreements"
    PRINTS = "prints"
    COMPARISON = "comparison"
    RESCUE = "rescue"


LISTS = (Tab.TO_SEND, Tab.REFUSED, Tab.DISAGREEMENTS, Tab.PRINTS)
KEEPS_SETTLED = (Tab.REFUSED, Tab.DISAGREEMENTS)
"""Lists that can also show what people have dealt with."""


class Act(StrEnum):
    """What can be done with a row."""

    RESEND = "resend"
    REPAIR = "repair"
    SET_ASIDE = "set_aside"
    SETTLE = "settle"
    ASK_AGAIN = "ask_again"
    PRINT_AGAIN = "print_again"
    CANCEL_PRINT = "cancel_print"
    WAS_PRINTED = "was_printed"


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on the chosen row; `answer` is the one a disagreement is settled with."""

    act: Act
    answer: str = ""


Item = OutboxRow | SetAsideRow | ExceptionRow | QuarantineRow | PrintJobRow
Said = RepairRefused | SettingAside | Settling | AskedAgain


@dataclass(frozen=True, slots=True)
class OutboxPicture:
    """All four lists at one moment. `waiting`: how many facts wait in all, of which the list shows the oldest."""

    to_send: Sequence[OutboxRow] = ()
    refused: Sequence[OutboxRow | SetAsideRow] = ()
    disagreements: Sequence[ExceptionRow | QuarantineRow] = ()
    prints: Sequence[PrintJobRow] = ()
    waiting: int = 0

    def of(self, tab: Tab) -> Sequence[Item]:
        """The rows of a list; none of a page."""
        lists: dict[Tab, Sequence[Item]] = {
            Tab.TO_SEND: self.to_send,
            Tab.REFUSED: self.refused,
            Tab.DISAGREEMENTS: self.disagreements,
            Tab.PRINTS: self.prints,
        }
        return lists.get(tab, ())


@dataclass(frozen=True, slots=True)
class OutboxScreenState:
    """All that the screen shows.

    Attributes:
        current: key of the chosen row.
        asking: the deed whose form is open; `form_no` changes whenever it is to be filled anew.
        with_settled: what people have dealt with is listed too.
        busy: a record is being asked for again.
        said: what came of the last deed, if it was not done; `failure`: of the world.
    """

    picture: OutboxPicture = OutboxPicture()
    link: LinkStatus | None = None
    tab: Tab = Tab.TO_SEND
    current: str = ""
    asked_to_sync: bool = False
    asking: Deed | None = None
    form_no: int = 0
    with_settled: bool = False
    busy: bool = False
    done: Act | None = None
    said: Said | None = None
    failure: Exception | None = None

    @property
    def item(self) -> Item | None:
        """The chosen row."""
        return next((item for item in self.picture.of(self.tab) if key_of(item) == self.current), None)


@dataclass(frozen=True, slots=True)
class OutboxSurroundings:
    """What the outbox screen is given.

    Attributes:
        operator: who is at the counter.
        link: how the link is.
        sync_now: asks the workers for a round at once.
        ask_again: kind and id of a broken record; asks the network.
        compare: compares with the marketplace; tells the work how far it is; stopped, it says so and keeps nothing.
        write_rescue: into a folder. import_rescue: a file, for an operator.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    clock: Clock
    operator: Callable[[], str]
    link: Callable[[], LinkStatus | None]
    sync_now: Callable[[], None]
    ask_again: Callable[[str, str], AskedAgain]
    compare: Callable[[LongWork], ReconciliationRun | NotCompared]
    write_rescue: Callable[[Path], RescueWritten | NothingWritten]
    import_rescue: Callable[[Path, str], RescueImported | RescueRefusal]


def key_of(item: Item) -> str:
    """What names a row for ever."""
    match item:
        case OutboxRow():
            return item.fact_id
        case SetAsideRow():
            return f"aside:{item.fact_id}"
        case ExceptionRow():
            return f"exception:{item.exception_id}"
        case QuarantineRow():
            return f"{item.kind}:{item.record_id}"
        case PrintJobRow():
            return item.job_id


def deeds_on(item: Item) -> tuple[Deed, ...]:
    """What can be done with a row, what is proposed first."""
    match item:
        case OutboxRow():
            if item.state != REFUSED:
                return ()
            acts = (Act.REPAIR, Act.RESEND, Act.SET_ASIDE) if item.editable else (Act.RESEND, Act.SET_ASIDE)
            return tuple(Deed(act) for act in acts)
        case ExceptionRow():
            return () if item.settled_at else tuple(Deed(Act.SETTLE, answer.value) for answer in item.choices)
        case QuarantineRow():
            return (Deed(Act.ASK_AGAIN),)
        case PrintJobRow():
            return tuple(Deed(act) for act in _ON_PRINTS[item.state])
        case SetAsideRow():
            return ()


_ON_PRINTS: dict[PrintState, tuple[Act, ...]] = {
    PrintState.QUEUED: (Act.CANCEL_PRINT,),
    PrintState.FAILED: (Act.PRINT_AGAIN, Act.CANCEL_PRINT),
    PrintState.UNKNOWN: (Act.WAS_PRINTED, Act.PRINT_AGAIN),
    PrintState.CANCELLED: (Act.PRINT_AGAIN,),
    PrintState.PRINTING: (),
    PrintState.DONE: (),
}


def needs_a_person(item: Item) -> bool:
    """Whether a row waits for somebody's answer rather than for the network or the printer."""
    match item:
        case PrintJobRow():
            return item.state in (PrintState.FAILED, PrintState.UNKNOWN)
        case OutboxRow():
            return item.state == REFUSED
        case ExceptionRow():
            return item.settled_at is None
        case QuarantineRow():
            return True
        case SetAsideRow():
            return False
