"""Owns the leading through the exercises in the practice shop's window: what each needs, when it is done, and what is
kept of it. What is done is read from the till's books, or from what the screen shows, never from keys.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.bootstrap.set_up import last_number
from app.domain.fiscal import Series
from app.domain.order import HandoverState, Preparation, VerdictKind
from app.i18n import tr
from app.practice import words
from app.practice.exercises import LESSONS, SCENES, Customer, Exercise
from app.practice.progress import Progress, ProgressFile
from app.ui.first_run.guide import Guide, GuideStep
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane
from app.usecases.ports import PrintState, Touched

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.practice.troubles import Troubles

_log = logging.getLogger(__name__)

LOOK_EVERY_MS = 400
"""What a screen shows touches no books: it is looked at now and then."""

BESIDE_KEY = "Ctrl+J"

_WHOSE = {
    Exercise.PREPARE: Customer.FIRST,
    Exercise.HAND_OVER: Customer.FIRST,
    Exercise.SHOWN_AGAIN: Customer.FIRST,
    Exercise.OFF_LINE_HANDOVER: Customer.SECOND,
    Exercise.LATE_TWICE: Customer.LATE,
    Exercise.CANCELLED: Customer.LATE,
}
_AT_COUNTER = frozenset((Exercise.HAND_OVER, Exercise.SHOWN_AGAIN, Exercise.OFF_LINE_HANDOVER, Exercise.CANCELLED))
"""The customer stands there, with the code on a phone."""
_AT_SALE = frozenset((Exercise.SALE, Exercise.OFF_LINE_SALE, Exercise.NO_PAPER))


class Lead(QObject):
    """One for the window, once its screens are there.

    Attributes:
        guide: the band.
        troubles: what goes wrong.
        progress: how far it is.
        greeting: said once, with the first exercise.
    """

    def __init__(
        self, assembly: Assembly, core: Core, troubles: Troubles, kept: ProgressFile, over: Callable[[], None]
    ):
        """Args: over: the last exercise is over."""
        super().__init__(assembly.window)
        self._assembly = assembly
        self._core = core
        self.troubles = troubles
        self._file = kept
        self._over = over
        self._begun = time.monotonic()
        self.greeting = ""
        self.progress = kept.read()
        self.guide = Guide(assembly.look, assembly.runner, walked=True, mark="FACTICE", extra_key=BESIDE_KEY)
        self.guide.extra_pressed.connect(self._beside_the_till)
        self.guide.left.connect(self._left)
        self.guide.stepped.connect(self._stepped)
        self.guide.done.connect(self._done)
        assembly.window.add_mark(self.guide)
        assembly.touch_listeners.append(self._touched)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.guide.look)

    def begin(self) -> None:
        """Take the exercises up where they were left; from the beginning if they were over."""
        if self.progress.over:
            self.progress = replace(Progress(), lesson=self.progress.lesson, orders=self.progress.orders)
        steps = [self._step(exercise) for exercise in LESSONS[self.progress.lesson]]
        self.guide.button.set_text(tr("Leave"))
        self._timer.start()
        self.guide.lead(steps, self.progress.at)

    def end(self) -> None:
        """The window closes: keep how far it is."""
        self._timer.stop()
        self._keep()

    # --- inside ---

    def _step(self, exercise: Exercise) -> GuideStep:
        return GuideStep(
            lambda: words.task(exercise, self.order_words(exercise)),
            self._mark(exercise),
            lambda: self._begin(exercise),
            lambda: self.troubles.set_scene(SCENES[exercise]),
            until=exercise not in (Exercise.SALE, Exercise.OFF_LINE_SALE),
        )

    def _begin(self, exercise: Exercise) -> None:
        """To the place where it is done, with nothing open there."""
        window = self._assembly.window
        self.guide.extra.set_text(tr("Put paper in") if exercise is Exercise.NO_PAPER else tr("Show the code"))
        self.guide.extra.setVisible(exercise is Exercise.NO_PAPER or exercise in _AT_COUNTER)
        screen = window.screen(PlaceName.PICKUP)
        if isinstance(screen, PickupScreen):
            screen.presenter.close_card()
        window.go_to(PlaceName.SALE if exercise in _AT_SALE else PlaceName.PICKUP)
        window.focus_box("")
        if self.greeting:
            window.show_notice(self.greeting, Role.INFO)
            self.greeting = ""
        self._keep()

    @property
    def order_id(self) -> str:
        """Of the order that the exercise under way is about, "" for none."""
        exercise = LESSONS[self.progress.lesson][self.guide.at]
        return self.troubles.orders.get(_WHOSE[exercise], "") if exercise in _WHOSE else ""

    def order_words(self, exercise: Exercise) -> words.OrderWords:
        """What its sentence names of the order it is about."""
        found = self.troubles.order(_WHOSE[exercise]) if exercise in _WHOSE else None
        if found is None:
            return words.OrderWords()
        order = found.order
        return words.OrderWords(order.number, order.customer_name, order.spoken_code)

    def _mark(self, exercise: Exercise) -> Callable[[], object]:
        return {
            Exercise.SALE: self._sales,
            Exercise.PREPARE: lambda: self._is_ready(Customer.FIRST),
            Exercise.HAND_OVER: lambda: self._is_handed_over(Customer.FIRST),
            Exercise.SHOWN_AGAIN: lambda: self._is_told(Customer.FIRST, VerdictKind.ALREADY_HANDED_OVER),
            Exercise.OFF_LINE_SALE: self._sales,
            Exercise.OFF_LINE_HANDOVER: lambda: self._is_handed_over(Customer.SECOND),
            Exercise.BACK_ON_LINE: self._all_is_sent_and_seen,
            Exercise.LATE_TWICE: lambda: self._is_ready(Customer.LATE),
            Exercise.CANCELLED: lambda: self._is_told(Customer.LATE, VerdictKind.CANCELLED),
            Exercise.NO_PAPER: self._came_out_after_all,
        }[exercise]

    def _sales(self) -> int:
        return last_number(self._core, Series.SALES)

    def _is_ready(self, who: Customer) -> bool:
        order = self.troubles.order(who)
        return order is not None and order.preparation is Preparation.READY

    def _is_handed_over(self, who: Customer) -> bool:
        order = self.troubles.order(who)
        return order is not None and order.handover is HandoverState.HANDED_OVER

    def _is_told(self, who: Customer, verdict: VerdictKind) -> bool:
        """The card of this order stands there and says so; not the one from which it was just handed over."""
        card = self._pickup().presenter.state.card
        if card is None or card.just_handed_over or card.verdict.kind is not verdict:
            return False
        return card.order_id == self.troubles.orders.get(who)

    def _all_is_sent_and_seen(self) -> bool:
        here = self._assembly.window.here is PlaceName.OUTBOX
        return here and self._core.store.queries.outbox_state().waiting == 0

    def _came_out_after_all(self) -> bool:
        roll = self.troubles.roll
        if roll.out or not roll.refused or not roll.printed:
            return False
        jobs = self._core.store.queries.print_jobs()
        return all(job.state is not PrintState.FAILED for job in jobs)

    def _pickup(self) -> PickupScreen:
        screen = self._assembly.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)  # noqa: S101  # the window is given no other
        return screen

    def _beside_the_till(self) -> None:
        """The button for what is not done at the till: a roll of paper, or a phone held before the scanner."""
        exercise = LESSONS[self.progress.lesson][self.guide.at] if self.guide.leading else None
        if exercise is Exercise.NO_PAPER:
            self.troubles.put_paper_in()
            self._assembly.try_now()
        elif exercise in _AT_COUNTER:
            who = _WHOSE[exercise]
            self._assembly.runner.run(Lane.NET, lambda: self.troubles.code(who), self._shown)

    def _shown(self, code: str) -> None:
        if code:
            self._assembly.window.take_scan(code)

    # --- what comes of it ---

    def _touched(self, _touched: Touched) -> None:
        self.guide.look()

    def _stepped(self, number: int, done: bool) -> None:
        self.progress = self.progress.stepped(number, done)
        self._keep()

    def _done(self) -> None:
        self._timer.stop()
        self.guide.extra.hide()
        self.troubles.all_well()
        self.guide.stop()
        self.guide.button.set_text(tr("Begin again"))
        self.guide.say(tr("That was all. Go on practising, or close this window: your own till is as you left it."))
        self._over()

    def _left(self) -> None:
        """The button: leave the exercises, or take them up again."""
        if not self._timer.isActive():
            self.begin()
            return
        self._timer.stop()
        self.progress = replace(self.progress, at=self.guide.at)
        self._keep()
        self.guide.stop()
        self.guide.extra.hide()
        self.troubles.all_well()
        self.guide.button.set_text(tr("Take up again"))
        self.guide.say(tr("The practice shop is yours: nothing here is real."), Role.INFO)

    def _keep(self) -> None:
        now = time.monotonic()
        seconds, self._begun = self.progress.seconds + now - self._begun, now
        orders = tuple(sorted(self.troubles.orders.items()))
        self.progress = replace(self.progress, seconds=seconds, orders=orders)
        try:
            self._file.keep(self.progress)
        except OSError as error:
            _log.warning("how far the practice is was not kept: %s", type(error).__name__)
