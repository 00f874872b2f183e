"""Owns what the outbox's lists show and what is done with a row: sent again, worded anew, set aside, settled, asked for
again, printed again. No widget, no wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from app.ui.outbox.state import (
    CONFLICTED,
    KEEPS_SETTLED,
    REFUSED,
    Act,
    Deed,
    OutboxPicture,
    OutboxScreenState,
    OutboxSurroundings,
    Tab,
    deeds_on,
    key_of,
    needs_a_person,
)
from app.ui.task_runner import Lane
from app.usecases.ask_again import AskedAgain
from app.usecases.exception_queries import ExceptionRow, OutboxRow
from app.usecases.marketplace_port import LinkState
from app.usecases.ports import Touched
from app.usecases.print_document import cancel_print, confirm_printed, print_again
from app.usecases.queries import PrintJobRow, QuarantineRow
from app.usecases.repair_fact import RepairRefused, WhyNotRepaired, repair_fact
from app.usecases.resend_fact import resend_fact
from app.usecases.set_aside_fact import SettingAside, set_aside_fact
from app.usecases.settle_exception import Settling, settle_exception

SHOWN = 200

_ASKS_FIRST = (Act.REPAIR, Act.SET_ASIDE, Act.SETTLE)
_SETTLED_WELL = (Settling.SETTLED, SettingAside.DONE, AskedAgain.UNDERSTOOD)
_FORM_STAYS = (WhyNotRepaired.BAD_WORDING, WhyNotRepaired.NOTHING_CHANGED, SettingAside.NO_REASON)


class OutboxView(Protocol):
    """What the presenter shows itself with."""

    def show(self, state: OutboxScreenState) -> None: ...


class OutboxPresenter:
    """Four lists and their deeds."""

    def __init__(self, around: OutboxSurroundings, view: OutboxView) -> None:
        self._around = around
        self._view = view
        self.state = OutboxScreenState()

    def activate(self) -> None:
        """Shown: open the list that needs a person first; a page that was left open stays."""
        self._change(asking=None, link=self._around.link())
        self._load(choose_tab=not self.state.busy)

    def refresh(self, touched: Touched) -> None:
        if touched.outbox or touched.print_queue or touched.orders:
            self._load()

    def link_changed(self) -> None:
        """The link went up or down, or a round ended."""
        self._change(link=self._around.link(), asked_to_sync=False)

    def choose_tab(self, tab: Tab) -> None:
        rows = self.state.picture.of(tab)
        self._choose(tab=tab, current=key_of(rows[0]) if rows else "")

    def choose(self, key: str) -> None:
        self._choose(current=key)

    def walk(self, steps: int) -> None:
        keys = [key_of(item) for item in self.state.picture.of(self.state.tab)]
        if keys:
            place = keys.index(self.state.current) if self.state.current in keys else -1
            self.choose(keys[min(max(place + steps, 0), len(keys) - 1)])

    def show_settled(self, wanted: bool) -> None:
        """List what people have dealt with too, or no longer."""
        if self.state.tab in KEEPS_SETTLED:
            self._change(with_settled=wanted)
            self._load()

    def sync_now(self) -> None:
        """Ask for a round now; the link says how it went."""
        link = self._around.link()
        can_answer = link is not None and link.state not in (LinkState.NOT_PAIRED, LinkState.REFUSED)
        self._around.sync_now()
        self._change(asked_to_sync=can_answer, failure=None)

    def act(self, act: Act, answer: str = "") -> None:
        """Do it with the chosen row, if it can be done with it; what needs words asks for them first."""
        item, counter = self.state.item, self._around.counter
        deed = next((each for each in (deeds_on(item) if item is not None else ()) if each == Deed(act, answer)), None)
        if item is None or deed is None:
            return
        if act in _ASKS_FIRST:
            self._change(asking=deed, form_no=self.state.form_no + 1, done=None, said=None, failure=None)
        elif isinstance(item, OutboxRow):
            fact_id = item.fact_id
            self._do(act, lambda: resend_fact(counter, fact_id))
            self._around.sync_now()
        elif isinstance(item, QuarantineRow):
            self._ask_again(item)
        elif isinstance(item, PrintJobRow):
            work = {Act.PRINT_AGAIN: print_again, Act.CANCEL_PRINT: cancel_print, Act.WAS_PRINTED: confirm_printed}[act]
            job_id = item.job_id
            self._do(act, lambda: work(counter, job_id))

    def settle(self, note: str) -> None:
        """The disagreement is settled with the answer chosen, with a few words or none."""
        item, asking, counter, operator = self.state.item, self.state.asking, *self._who()
        if asking is not None and asking.act is Act.SETTLE and isinstance(item, ExceptionRow):
            exception_id, answer = item.exception_id, asking.answer
            self._do(Act.SETTLE, lambda: settle_exception(counter, exception_id, operator, note, answer))

    def set_aside(self, reason: str) -> None:
        """The refused fact is given up, for that reason."""
        item, asking, counter, operator = self.state.item, self.state.asking, *self._who()
        if asking is not None and asking.act is Act.SET_ASIDE and isinstance(item, OutboxRow):
            fact_id = item.fact_id
            self._do(Act.SET_ASIDE, lambda: set_aside_fact(counter, fact_id, operator, reason))

    def repair(self, wording: Mapping[str, str]) -> None:
        """The refused fact is told in these words."""
        item, asking, counter, operator = self.state.item, self.state.asking, *self._who()
        if asking is not None and asking.act is Act.REPAIR and isinstance(item, OutboxRow):
            fact_id, words = item.fact_id, dict(wording)
            self._do(Act.REPAIR, lambda: repair_fact(counter, fact_id, words, operator))

    def stop_asking(self) -> bool:
        """Not done after all. Whether a form was open."""
        was = self.state.asking is not None
        self._change(asking=None, said=None)
        return was

    def first_deed(self) -> Deed | None:
        """What Enter does with the chosen row."""
        item = self.state.item
        return next(iter(deeds_on(item)), None) if item is not None else None

    # --- inside ------------------------------------------------------------------------------------------------------

    def _who(self) -> tuple[Any, str]:
        return self._around.counter, self._around.operator()

    def _choose(self, **values: Any) -> None:
        self._change(asking=None, done=None, said=None, failure=None, **values)

    def _ask_again(self, row: QuarantineRow) -> None:
        if self.state.busy:
            return
        self._change(busy=True, done=None, said=None, failure=None)
        around = self._around
        around.runner.run(
            Lane.NET,
            lambda: around.ask_again(row.kind, row.record_id),
            lambda outcome: self._done(Act.ASK_AGAIN, outcome),
            self._failed,
        )

    def _do(self, act: Act, work: Callable[[], Any]) -> None:
        self._around.runner.run(Lane.STORE, work, lambda result: self._done(act, result), self._failed)

    def _done(self, act: Act, result: Any) -> None:
        refused = isinstance(result, RepairRefused | Settling | SettingAside | AskedAgain)
        said = result if refused and result not in _SETTLED_WELL else None
        why = said.why if isinstance(said, RepairRefused) else said
        asking = self.state.asking if why in _FORM_STAYS else None
        self._change(asking=asking, busy=False, done=None if said else act, said=said, failure=None)
        if act in (Act.REPAIR, Act.SET_ASIDE, Act.SETTLE) and said is None:
            self._around.sync_now()
        self._load()

    def _load(self, choose_tab: bool = False) -> None:
        settled = self.state.with_settled
        self._around.runner.run(
            Lane.STORE, lambda: self._read(settled), lambda picture: self._came(picture, choose_tab), self._failed
        )

    def _read(self, with_settled: bool) -> OutboxPicture:
        queries = self._around.queries
        rows = queries.outbox(SHOWN)
        to_send = [row for row in rows if row.state not in (REFUSED, CONFLICTED)]
        refused = [row for row in rows if row.state == REFUSED]
        return OutboxPicture(
            to_send=sorted(to_send, key=lambda row: (row.urgency, row.till_seq)),
            refused=[*refused, *(queries.set_aside() if with_settled else ())],
            disagreements=[
                *sorted(queries.exceptions(not with_settled), key=lambda row: row.settled_at is not None),
                *queries.quarantined(),
            ],
            prints=queries.print_jobs(),
            waiting=queries.outbox_state().waiting,
        )

    def _came(self, picture: OutboxPicture, choose_tab: bool) -> None:
        tab = _most_urgent(picture, self.state.tab) if choose_tab else self.state.tab
        keys = [key_of(item) for item in picture.of(tab)]
        stays = self.state.current in keys
        self._change(
            picture=picture,
            tab=tab,
            current=self.state.current if stays else (keys[0] if keys else ""),
            asking=self.state.asking if stays else None,
            link=self._around.link(),
            asked_to_sync=False,
            failure=None,
        )

    def _failed(self, error: Exception) -> None:
        self._change(failure=error, busy=False)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show(self.state)


def _most_urgent(picture: OutboxPicture, here: Tab) -> Tab:
    for tab in (Tab.REFUSED, Tab.DISAGREEMENTS):
        if any(needs_a_person(item) for item in picture.of(tab)):
            return tab
    if not picture.to_send and any(needs_a_person(job) for job in picture.prints):
        return Tab.PRINTS
    return here if here in (Tab.COMPARISON, Tab.RESCUE) else Tab.TO_SEND
