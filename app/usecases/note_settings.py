"""Notes in the technical journal that the till's settings were changed, its printer switched, its data copied (R13).
Never changes a setting and never writes one's value down."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.fiscal import EventCode
from app.usecases.log_event import log_event
from app.usecases.ports import Counter

PRINTER = "printer"


def note_settings(counter: Counter, fields: Sequence[str], operator: str) -> None:
    """Note which settings were changed, by their names; nothing at all for none.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: nothing was noted.
    """
    if not fields:
        return
    others = [name for name in fields if name != PRINTER]
    with counter.unit_of_work() as uow:
        if PRINTER in fields:
            log_event(uow, counter, EventCode.PRINTER_CHANGED, operator)
        if others:
            log_event(uow, counter, EventCode.SETTING_CHANGED, operator, {"fields": ",".join(others)})
        uow.commit()


def note_backup(counter: Counter, operator: str) -> None:
    """Note that a copy of the data was made, after it was.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: the copy is there, the note is not.
    """
    with counter.unit_of_work() as uow:
        log_event(uow, counter, EventCode.BACKED_UP, operator)
        uow.commit()
