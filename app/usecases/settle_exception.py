"""Closes a disagreement with the marketplace on a person's word. Never erases what happened, nor says who was right."""

from __future__ import annotations

from app.usecases.ports import Counter, Touched

MAX_NOTE_LENGTH = 500


def settle_exception(counter: Counter, exception_id: str, operator: str, note: str) -> bool:
    """Note that a person saw to it: when, who, and in a few words what was done. Its fact no longer waits; fact and
    exception stay for ever.

    Args:
        note: cut at `MAX_NOTE_LENGTH` characters; may be empty.

    Returns False, and nothing has changed, if it was settled before (at another screen) or there is no such exception.
    """
    with counter.unit_of_work() as uow:
        kept_note = " ".join(note.split())[:MAX_NOTE_LENGTH]
        if not uow.outbox.settle_exception(exception_id, counter.clock.now(), operator, kept_note):
            return False
        uow.commit()
    counter.announce(Touched(outbox=True))
    return True
