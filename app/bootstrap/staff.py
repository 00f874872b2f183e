"""Owns the joining of operators to the window: who is on duty, the lock, approvals, the lock after a quiet while. Holds
no rule and no widget of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.operators import Operator, Right
from app.storage.pin import Argon2PinHasher
from app.ui.components.approval import Approvals, PinSurroundings
from app.ui.lock import IdleWatch, Lock
from app.ui.on_duty import OperatorOnDuty
from app.ui.screen import PlaceName
from app.ui.task_runner import Lane
from app.usecases.ports import Touched, Unavailable
from app.usecases.sign_in import sign_out

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly

_log = logging.getLogger(__name__)

_MS_A_MINUTE = 60_000


class Staff:
    """One for the window, made when the core is there.

    Attributes:
        on_duty: who is there and what they may do, for screens.
        approvals: how a screen gets leave for one act.
    """

    def __init__(self, assembly: Assembly, core: Core, team: Sequence[Operator]) -> None:
        self._assembly = assembly
        self._core = core
        self.hasher = Argon2PinHasher()
        self.on_duty = OperatorOnDuty(
            lambda: assembly.settings.operator_name, lambda: assembly.settings.cashier_discount_percent
        )
        self.on_duty.use_team(team)
        around = PinSurroundings(
            core.counter,
            core.store.queries,
            self.hasher,
            assembly.runner,
            assembly.window,
            assembly.look,
            self.on_duty,
        )
        self.approvals = Approvals(around)
        self.lock = Lock(around, self.approvals)
        self._idle = IdleWatch()
        self._idle.idle.connect(lambda: self.lock.lock("idle"))
        self._idle.watch(assembly.window)
        self.on_duty.changed.connect(self._show_name)
        self.on_duty.changed.connect(self._show_places)
        assembly.window.operator_pressed.connect(self._operator_pressed)
        self.use_settings()
        self._show_name()
        self.lock.lock("start")

    def use_settings(self) -> None:
        """The settings are others now."""
        self._idle.set_after(self._assembly.settings.lock_after_minutes * _MS_A_MINUTE)
        self._show_name()

    def touched(self, touched: Touched) -> None:
        if touched.operators:
            self._assembly.runner.run(Lane.LISTS, self._core.store.queries.operators, self._team_came, self._not_read)

    def stop(self) -> None:
        self._idle.stop()

    def leave(self) -> None:
        """The window is gone and its lanes with it: note that whoever was there has left."""
        operator = self.on_duty.operator
        if operator is None or self.lock.locked:
            return
        try:
            sign_out(self._core.counter, operator.name, "closed")
        except Unavailable as failure:
            _log.warning("signing out not noted: %s", failure.reason)

    def _team_came(self, team: Sequence[Operator]) -> None:
        self.on_duty.use_team(team)
        if self.on_duty.operator is None:
            self.lock.lock("changed")

    def _not_read(self, failure: Exception) -> None:
        _log.warning("the team cannot be read: %s", getattr(failure, "reason", type(failure).__name__))

    def _show_name(self) -> None:
        self._assembly.window.set_operator(self.on_duty.name())

    def _show_places(self) -> None:
        """Who sells nothing (the accountant) has nothing to do but with the records."""
        operator = self.on_duty.operator
        sells = operator is None or operator.may(Right.SELL)
        self._assembly.window.allow_places(frozenset(PlaceName) if sells else {PlaceName.BOOKS})

    def _operator_pressed(self) -> None:
        """Somebody else takes the till; without a team, where one is set up."""
        from app.ui.settings.presenter import Section
        from app.ui.settings.view import SettingsScreen

        if self.on_duty.has_team:
            self.lock.lock("asked")
        else:
            window = self._assembly.window
            window.go_to(PlaceName.SETTINGS)
            screen = window.screen(PlaceName.SETTINGS)
            if isinstance(screen, SettingsScreen):
                screen.presenter.choose_section(Section.TEAM)
