"""Owns what the outbox screen shows and does: send again, "it is settled", print again, "it was printed". No widget, no
wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from app.ui.task_runner import Lane, Runner
from app.usecases.exception_queries import ExceptionRow, OutboxRow
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import Clock, Counter, PrintState, Touched
from app.usecases.print_document import cancel_print, confirm_printed, print_again
from app.usecases.queries import PrintJobRow, QuarantineRow, Queries
from app.usecases.resend_fact import resend_fact
from app.usecases.settle_exception import settle_exception

SHOWN = 200

REFUSED = "refused"
"""`OutboxRow.state` of a fact that the marketplace refused."""

CONFLICTED = "conflicted"
"""`OutboxRow.state` of a fact whose exception a person must settle; it has arrived."""


class Tab(StrEnum):
    """The four lists."""

    TO_SEND = "to_send"
    REFUSED = "refused"
    DISAGREEMENTS = "disagreements"
    PRINTS = "prints"


class Act(StrEnum):
    """What can be done with a row."""

    RESEND = "resend"
    SETTLE = "settle"
    PRINT_AGAIN = "print_again"
    CANCEL_PRINT = "cancel_print"
    WAS_PRINTED = "was_printed"


Item = OutboxRow | ExceptionRow | QuarantineRow | PrintJobRow


@dataclass(frozen=True, slots=True)
class OutboxPicture:
    """All four lists at one moment."""

    to_send: Sequence[OutboxRow] = ()
    refused: Sequence[OutboxRow] = ()
    disagreements: Sequence[ExceptionRow | QuarantineRow] = ()
    prints: Sequence[PrintJobRow] = ()

    def of(self, tab: Tab) -> Sequence[Item]:
        """The rows of a list."""
        lists: dict[Tab, Sequence[Item]] = {
            Tab.TO_SEND: self.to_send,
            Tab.REFUSED: self.refused,
            Tab.DISAGREEMENTS: self.disagreements,
            Tab.PRINTS: self.prints,
        }
        return lists[tab]


@dataclass(frozen=True, slots=True)
class OutboxScreenState:
    """All that the screen shows. `current` is the key of the chosen row; `failure` the last failure of the world;
    `noting`: how the chosen disagreement was settled is being noted."""

    picture: OutboxPicture = OutboxPicture()
    link: LinkStatus | None = None
    tab: Tab = Tab.TO_SEND
    current: str = ""
    asked_to_sync: bool = False
    noting: bool = False
    done: Act | None = None
    failure: Exception | None = None

    @property
    def item(self) -> Item | None:
        """The chosen row."""
        return next((item for item in self.picture.of(self.tab) if key_of(item) == self.current), None)


class OutboxView(Protocol):
    """What the presenter shows itself with."""

    def show(self, state: OutboxScreenState) -> None: ...


@dataclass(frozen=True, slots=True)
class OutboxSurroundings:
    """What the outbox screen is given. `sync_now` asks the workers for a round at once; `link` says how the link is;
    `operator` who is at the counter."""

    counter: Counter
    queries: Queries
    runner: Runner
    clock: Clock
    operator: Callable[[], str]
    link: Callable[[], LinkStatus | None]
    sync_now: Callable[[], None]


class OutboxPresenter:
    """Four lists and their actions."""

    def __init__(self, around: OutboxSurroundings, view: OutboxView) -> None:
        self._around = around
        self._view = view
        self.state = OutboxScreenState()

    def activate(self) -> None:
        """Shown: open the list that needs a person first."""
        self._change(noting=False)
        self._change(link=self._around.link())
        self._load(choose_tab=True)

    def refresh(self, touched: Touched) -> None:
        if touched.outbox or touched.print_queue or touched.orders:
            self._load()

    def link_changed(self) -> None:
        """The link went up or down, or a round ended."""
        self._change(link=self._around.link(), asked_to_sync=False)

    def choose_tab(self, tab: Tab) -> None:
        rows = self.state.picture.of(tab)
        self._change(tab=tab, current=key_of(rows[0]) if rows else "", noting=False, done=None, failure=None)

    def choose(self, key: str) -> None:
        self._change(current=key, noting=False, done=None, failure=None)

    def walk(self, steps: int) -> None:
        keys = [key_of(item) for item in self.state.picture.of(self.state.tab)]
        if keys:
            place = keys.index(self.state.current) if self.state.current in keys else -1
            self.choose(keys[min(max(place + steps, 0), len(keys) - 1)])

    def sync_now(self) -> None:
        """Ask for a round now; the link says how it went."""
        link = self._around.link()
        can_answer = link is not None and link.state not in (LinkState.NOT_PAIRED, LinkState.REFUSED)
        self._around.sync_now()
        self._change(asked_to_sync=can_answer, failure=None)

    def act(self, act: Act) -> None:
        """Do it with the chosen row, if it can be done with it."""
        item, counter = self.state.item, self._around.counter
        if item is None or act not in acts_on(item):
            return
        if isinstance(item, OutboxRow):
            fact_id = item.fact_id
            self._do(act, lambda: resend_fact(counter, fact_id))
            self._around.sync_now()
        elif isinstance(item, ExceptionRow):
            self._change(noting=True, done=None, failure=None)
        elif isinstance(item, PrintJobRow):
            work = {Act.PRINT_AGAIN: print_again, Act.CANCEL_PRINT: cancel_print, Act.WAS_PRINTED: confirm_printed}[act]
            job_id = item.job_id
            self._do(act, lambda: work(counter, job_id))

    def settle(self, note: str) -> None:
        """The disagreement being noted is settled, in a few words or none."""
        item, counter, operator = self.state.item, self._around.counter, self._around.operator()
        if self.state.noting and isinstance(item, ExceptionRow):
            exception_id = item.exception_id
            self._do(Act.SETTLE, lambda: settle_exception(counter, exception_id, operator, note))

    def stop_noting(self) -> bool:
        """Not settled after all. Whether a note was being written."""
        was = self.state.noting
        self._change(noting=False)
        return was

    def first_act(self) -> Act | None:
        """What Enter does with the chosen row."""
        item = self.state.item
        acts = acts_on(item) if item is not None else ()
        return acts[0] if acts else None

    # --- inside ------------------------------------------------------------------------------------------------------

    def _do(self, act: Act, work: Callable[[], Any]) -> None:
        self._around.runner.run(Lane.STORE, work, lambda _result: self._done(act), self._failed)

    def _done(self, act: Act) -> None:
        self._change(noting=False, done=act, failure=None)
        self._load()

    def _load(self, choose_tab: bool = False) -> None:
        self._around.runner.run(Lane.STORE, self._read, lambda picture: self._came(picture, choose_tab), self._failed)

    def _read(self) -> OutboxPicture:
        queries = self._around.queries
        sending = queries.outbox(SHOWN)
        return OutboxPicture(
            to_send=[row for row in sending if row.state not in (REFUSED, CONFLICTED)],
            refused=[row for row in sending if row.state == REFUSED],
            disagreements=[*queries.exceptions(), *queries.quarantined()],
            prints=queries.print_jobs(),
        )

    def _came(self, picture: OutboxPicture, choose_tab: bool) -> None:
        tab = _most_urgent(picture) if choose_tab else self.state.tab
        keys = [key_of(item) for item in picture.of(tab)]
        stays = self.state.current in keys
        self._change(
            picture=picture,
            tab=tab,
            current=self.state.current if stays else (keys[0] if keys else ""),
            noting=self.state.noting and stays,
            link=self._around.link(),
            asked_to_sync=False,
            failure=None,
        )

    def _failed(self, error: Exception) -> None:
        self._change(failure=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show(self.state)


def key_of(item: Item) -> str:
    """What names a row for ever."""
    match item:
        case OutboxRow():
            return item.fact_id
        case ExceptionRow():
            return f"exception:{item.exception_id}"
        case QuarantineRow():
            return f"{item.kind}:{item.record_id}"
        case PrintJobRow():
            return item.job_id


def acts_on(item: Item) -> tuple[Act, ...]:
    """What can be done with a row, the proposed answer first."""
    if isinstance(item, OutboxRow):
        return (Act.RESEND,) if item.state == REFUSED else ()
    if isinstance(item, ExceptionRow):
        return (Act.SETTLE,)
    if not isinstance(item, PrintJobRow):
        return ()
    return {
        PrintState.QUEUED: (Act.CANCEL_PRINT,),
        PrintState.FAILED: (Act.PRINT_AGAIN, Act.CANCEL_PRINT),
        PrintState.UNKNOWN: (Act.WAS_PRINTED, Act.PRINT_AGAIN),
        PrintState.CANCELLED: (Act.PRINT_AGAIN,),
        PrintState.PRINTING: (),
        PrintState.DONE: (),
    }[item.state]


def needs_a_person(item: Item) -> bool:
    """Whether a row waits for somebody's answer rather than for the network or the printer."""
    if isinstance(item, PrintJobRow):
        return item.state in (PrintState.FAILED, PrintState.UNKNOWN)
    return not isinstance(item, OutboxRow) or item.state == REFUSED


def _most_urgent(picture: OutboxPicture) -> Tab:
    if picture.refused:
        return Tab.REFUSED
    if picture.disagreements:
        return Tab.DISAGREEMENTS
    if not picture.to_send and any(needs_a_person(job) for job in picture.prints):
        return Tab.PRINTS
    return Tab.TO_SEND
