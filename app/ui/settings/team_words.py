"""Owns the wording of the team's sheet. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.ui import messages
from app.ui.operator_words import operator_refusal_words
from app.ui.settings.team import TeamNotice, TeamState
from app.ui.style.tokens import Role
from app.usecases.manage_operators import OperatorRefusal

_GOOD = frozenset({TeamNotice.SAVED, TeamNotice.ADDED, TeamNotice.HAS_LEFT, TeamNotice.IS_BACK})


def said_words(state: TeamState) -> str:
    """The sentence about what was done, or why it was not."""
    match state.said:
        case None:
            return ""
        case OperatorRefusal():
            return operator_refusal_words(state.said)
        case TeamNotice():
            return {
                TeamNotice.SAVED: tr("Saved: {name}."),
                TeamNotice.ADDED: tr("{name} signs in with this PIN from now on."),
                TeamNotice.HAS_LEFT: tr("{name} signs in no more; the name stays in the books."),
                TeamNotice.IS_BACK: tr("{name} signs in again, with the new PIN."),
                TeamNotice.REPEAT_DIFFERS: tr("The two PINs differ. Type both again."),
                TeamNotice.PIN_NEEDED: tr("Type a PIN, twice."),
            }[state.said].format(name=state.name)
        case failure:
            return messages.describe_failure(failure)


def said_role(state: TeamState) -> Role:
    return Role.SUCCESS if state.said in _GOOD else Role.DANGER
