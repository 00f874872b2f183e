"""Owns numbers that count 1, 2, 3 ... without gap or double. Drawn inside a transaction: given back if it fails."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from app.storage.session import Session
from app.storage.tables import counter

_FIRST = insert(counter).values(name=bindparam("name"), value=bindparam("many"))
_DRAW = _FIRST.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": counter.c.value + _FIRST.excluded.value}
).returning(counter.c.value)
_LAST = select(counter.c.value).where(counter.c.name == bindparam("of_name"))
_LEAVE_OUT = _FIRST.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": func.max(counter.c.value, _FIRST.excluded.value)}
)


def draw_number(session: Session, name: str) -> int:
    """The next number of the counter `name`, from 1."""
    return int(session.value(_DRAW, name=name, many=1))


def draw_numbers(session: Session, name: str, count: int) -> range:
    """The next `count` numbers of the counter, one or more."""
    last = int(session.value(_DRAW, name=name, many=count))
    return range(last - count + 1, last + 1)


def number_drawn_last(session: Session, name: str) -> int:
    """The last number drawn from a counter, 0 before the first."""
    row = session.one(_LAST, of_name=name)
    return int(row[0]) if row else 0


def leave_numbers_out(session: Session, name: str, up_to: int) -> None:
    """Go on after `up_to`; a counter that is further stays where it is."""
    session.run(_LEAVE_OUT, name=name, many=up_to)
