"""Puts a fact that the marketplace refused aside, on a person's word: it is kept for ever and told no more. Never
touches what happened at the counter.

What followed it about the same order or article goes on its way. The reconciliation names it as what explains the gap.
"""

from __future__ import annotations

from enum import StrEnum

from app.usecases.ports import Counter, Touched

MAX_NOTE_LENGTH = 500


class SettingAside(StrEnum):
    """DONE. NOT_REFUSED: it is not refused (any more), or there is no such fact. NO_REASON: why was not said."""

    DONE = "done"
    NOT_REFUSED = "not_refused"
    NO_REASON = "no_reason"


def set_aside_fact(counter: Counter, fact_id: str, operator: str, note: str) -> SettingAside:
    """Give a refused fact up.

    Args:
        note: why, not empty; cut at `MAX_NOTE_LENGTH` characters.

    Returns anything but DONE if nothing has changed.
    """
    kept_note = " ".join(note.split())[:MAX_NOTE_LENGTH]
    if not kept_note:
        return SettingAside.NO_REASON
    with counter.unit_of_work() as uow:
        refused = uow.outbox.refused(fact_id)
        if refused is None:
            return SettingAside.NOT_REFUSED
        uow.outbox.set_aside(refused, counter.clock.now(), operator, kept_note)
        uow.commit()
    counter.announce(Touched(outbox=True))
    return SettingAside.DONE
