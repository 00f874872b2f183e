"""Owns who is at the till now and what they may do. Never asks for a PIN and stores nothing.

While the till is locked the last operator stays on duty by name: what they set off and what ends after the lock is
theirs. A shop without a team is on duty as its settings say, and may do everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.operators import Operator, Right, discount_limit_percent

Answered = Callable[[str | None], None]
"""Told the approver's name, "" if the operator may do it alone (either goes to a use case as `approved_by`), None for
no."""

Leave = Callable[[Right, Answered], None]
"""Asks for leave to do one thing now (`components/approval.py`); what a presenter is given."""


def leave_to_all(_right: Right, answered: Answered) -> None:
    """The `Leave` of a shop where nobody is asked."""
    answered("")


class OperatorOnDuty(QObject):
    """Handed to screens; on the main thread.

    Signals:
        changed: somebody else is there, or what they may do is different.
    """

    changed = Signal()

    def __init__(self, usual_name: Callable[[], str], cashier_discount_percent: Callable[[], int]) -> None:
        super().__init__()
        self._usual_name = usual_name
        self._cashier_discount_percent = cashier_discount_percent
        self._team: tuple[Operator, ...] = ()
        self._operator: Operator | None = None

    @property
    def operator(self) -> Operator | None:
        """Who signed in last; None before that, or if they may act no more."""
        return self._operator

    @property
    def has_team(self) -> bool:
        """Whether this shop has set up operators: then nobody acts without a PIN."""
        return bool(self._team)

    def name(self) -> str:
        """As printed and sealed."""
        return self._operator.name if self._operator is not None else self._usual_name()

    def may(self, right: Right) -> bool:
        """Whether whoever is there may do this without asking anybody."""
        if not self.has_team:
            return True
        return self._operator is not None and self._operator.may(right)

    def discount_limit_percent(self) -> int:
        """The largest discount, in whole percent, that needs no approval."""
        if not self.has_team:
            return 100
        if self._operator is None:
            return 0
        return discount_limit_percent(self._operator.role, self._cashier_discount_percent())

    def sign_in(self, operator: Operator) -> None:
        self._operator = operator
        self.changed.emit()

    def use_team(self, operators: Sequence[Operator]) -> None:
        """The team as it is now, those who have left included."""
        self._team = tuple(operator for operator in operators if operator.active)
        if self._operator is not None:
            signed_in = self._operator.operator_id
            self._operator = next((kept for kept in self._team if kept.operator_id == signed_in), None)
        self.changed.emit()
