"""Owns what the closing screen shows, as values. No widget, no wording, no rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from app.domain.cash import CashCount, CashMovement, CashSession
from app.domain.cash_gap import GapCause
from app.domain.closure import PeriodReport
from app.domain.money import ZERO, Money
from app.domain.operators import Right
from app.ui.on_duty import Answered
from app.ui.screen import PlaceName
from app.ui.task_runner import Runner
from app.usecases.close_period import CloseRefused, DayClosed, DuePeriod
from app.usecases.keep_cash import CashRefused
from app.usecases.ports import Counter
from app.usecases.queries import Queries


class Step(StrEnum):
    """COUNT -> CHECK -> DONE; DRAWER and REPORT aside, Esc leads back."""

    COUNT = "count"
    CHECK = "check"
    DONE = "done"
    DRAWER = "drawer"
    REPORT = "report"


class Wait(StrEnum):
    """What may be seen to before closing; nothing of it must be."""

    PARKED = "parked"
    UNCOLLECTED = "uncollected"
    CARD_DOUBT = "card_doubt"
    TO_SEND = "to_send"
    TO_PRINT = "to_print"


WAIT_KEYS = {
    "p": Wait.PARKED,
    "r": Wait.UNCOLLECTED,
    "b": Wait.CARD_DOUBT,
    "e": Wait.TO_SEND,
    "i": Wait.TO_PRINT,
}
PLACE_OF_WAIT = {
    Wait.PARKED: PlaceName.SALE,
    Wait.UNCOLLECTED: PlaceName.PICKUP,
    Wait.CARD_DOUBT: PlaceName.SALE,
    Wait.TO_SEND: PlaceName.OUTBOX,
    Wait.TO_PRINT: PlaceName.OUTBOX,
}


class Said(StrEnum):
    """What the screen has to say besides refusals; worded in `words.py`."""

    COUNT_FIRST = "count_first"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_APPROVED = "not_approved"
    DOES_NOT_ADD_UP = "does_not_add_up"
    RECORDED = "recorded"
    X_PRINTED = "x_printed"
    Z_PRINTED = "z_printed"


@dataclass(frozen=True, slots=True)
class Picture:
    """What was read when the screen was shown.

    Attributes:
        waits: how many of each; what does not wait is left out.
        movements: of the drawer since the last closure.
    """

    waits: Mapping[Wait, int] = field(default_factory=dict)
    due: tuple[DuePeriod, ...] = ()
    session: CashSession | None = None
    movements: tuple[CashMovement, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A count held against what should be there.

    Attributes:
        count: None if the drawer was not counted.
        difference: counted less expected.
        causes: at most three candidates.
        proposed_float: for tomorrow.
    """

    count: CashCount | None
    session: CashSession
    difference: Money
    causes: tuple[GapCause, ...]
    report: PeriodReport
    proposed_float: Money

    @property
    def counted(self) -> Money:
        return self.count.total if self.count is not None else self.session.expected


@dataclass(frozen=True, slots=True)
class ClosingState:
    """All that the screen shows, what is being typed apart.

    Attributes:
        blind: what should be in the drawer is not shown before it was counted.
        check_no: changes with each check, so that its fields are filled anew.
        record_no: changes with each movement recorded, so that its fields are emptied.
        closed: what the last closing made.
    """

    step: Step = Step.COUNT
    picture: Picture = Picture()  # a frozen value
    blind: bool = True
    checked: Checked | None = None
    check_no: int = 0
    record_no: int = 0
    closed: DayClosed | None = None
    float_left: Money = ZERO
    report: PeriodReport | None = None
    busy: bool = False
    said: Said | CloseRefused | CashRefused | Exception | None = None

    @property
    def expected(self) -> Money | None:
        """What should be in the drawer, if it may be seen now."""
        session = self.picture.session
        return session.expected if session is not None and not self.blind else None


class ClosingView(Protocol):
    """What the presenter shows itself with."""

    def show(self, state: ClosingState) -> None: ...
    def clear_count(self) -> None: ...
    def go_to(self, place: PlaceName) -> None: ...
    def play(self, sound: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ClosingSurroundings:
    """What the closing screen is given.

    Attributes:
        ask: for leave for one act; the answer is passed on as `approved_by`.
        blind_count: whether what should be there stays hidden until it was counted.
        difference_limit: a greater cash difference needs somebody with the right to accept it.
        kick_drawer: opens the drawer at the printer, if there is one.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    ask: Callable[[Right, Answered], None]
    blind_count: Callable[[], bool]
    difference_limit: Callable[[], Money]
    kick_drawer: Callable[[], None] = lambda: None
