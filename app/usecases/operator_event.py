"""Owns the one line between what happens to operators and the technical journal (R13). Never decides anything."""

from __future__ import annotations

from collections.abc import Mapping

from app.usecases.ports import Counter, UnitOfWork


def note_operator_event(
    uow: UnitOfWork, counter: Counter, code: str, operator: str, details: Mapping[str, str | int]
) -> None:
    """Append to the technical journal in the running transaction.

    Args:
        code: the value of an `EventCode`.
    """
