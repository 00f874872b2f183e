"""Words a refused fact anew: a corrected successor is told instead of it. Never changes what happened, nor an amount, a
quantity, a line, a movement or an id.

The successor has a new id and number (an id never stands for another content, I3) and the moment of the first; the
refused one is kept, marked with what replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.facts import EditableWords, editable_words, is_good_wording
from app.usecases.ports import Counter, Touched
from app.usecases.record_fact import record_fact


class WhyNotRepaired(StrEnum):
    """NOT_REFUSED: it is not refused (any more), or there is no such fact. NOT_ITS_WORDS: it was refused for something
    that no wording cures. NO_SUCH_FIELD: a field that is never edited. BAD_WORDING: too long, empty where it must not
    be, or with control characters. NOTHING_CHANGED: every field says what it said."""

    NOT_REFUSED = "not_refused"
    NOT_ITS_WORDS = "not_its_words"
    NO_SUCH_FIELD = "no_such_field"
    BAD_WORDING = "bad_wording"
    NOTHING_CHANGED = "nothing_changed"


@dataclass(frozen=True, slots=True)
class RepairRefused:
    """Nothing was written; `field` is what is wrong with, "" if it is not about one."""

    why: WhyNotRepaired
    field: str = ""


@dataclass(frozen=True, slots=True)
class Repaired:
    """`fact_id`: of the successor, which goes with the next round."""

    fact_id: str


def repair_fact(counter: Counter, fact_id: str, wording: Mapping[str, str], operator: str) -> Repaired | RepairRefused:
    """Tell a refused fact in other words.

    Args:
        wording: the new text by field; fields not named stay.
    """
    with counter.unit_of_work() as uow:
        refused = uow.outbox.refused(fact_id)
        if refused is None:
            return RepairRefused(WhyNotRepaired.NOT_REFUSED)
        fact = refused.fact
        editable = {words.name: words for words in editable_words(fact.kind, fact.payload, refused.reason)}
        wrong = _wrong_with(wording, editable)
        if wrong is not None:
            return wrong
        payload = {**fact.payload, **wording}
        successor = record_fact(uow, counter, fact.kind, fact.subject, fact.happened_at, payload)
        uow.outbox.set_aside(refused, counter.clock.now(), operator, "", replaced_by=successor.fact_id)
        uow.commit()
    counter.announce(Touched(outbox=True))
    return Repaired(successor.fact_id)


def _wrong_with(wording: Mapping[str, str], editable: Mapping[str, EditableWords]) -> RepairRefused | None:
    if not editable:
        return RepairRefused(WhyNotRepaired.NOT_ITS_WORDS)
    for name, text in wording.items():
        if name not in editable:
            return RepairRefused(WhyNotRepaired.NO_SUCH_FIELD, name)
        if not is_good_wording(editable[name], text):
            return RepairRefused(WhyNotRepaired.BAD_WORDING, name)
    if all(editable[name].text == text for name, text in wording.items()):
        return RepairRefused(WhyNotRepaired.NOTHING_CHANGED)
    return None
