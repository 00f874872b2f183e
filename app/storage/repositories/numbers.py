"""Owns numbers that count 1, 2, 3 ... without gap or double. Drawn inside a transaction: given back if it fails."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.dialects.sqlite import insert

from app.storage.session import Session
from app.storage.tables import counter

_FIRST = insert(counter).values(name=bindparam("name"), value=bindparam("many"))
_DRAW = _FIRST.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": counter.c.value + _FIRST.excluded.value}
).returning(counter.c.value)


def draw_number(session: Session, name: str) -> int:
    """The next number of the counter `name`, from 1."""
    return int(session.value(_DRAW, name=name, many=1))


def draw_numbers(session: Session, name: str, count: int) -> range:
    """The next `count` numbers of the counter, one or more."""
    last = int(session.value(_DRAW, name=name, many=count))
    return range(last - count + 1, last + 1)
