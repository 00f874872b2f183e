"""Owns the facts of other tills that wait here to be passed on. Never mixes them with this till's own.

waiting --applied, duplicate, conflict--> told         the file's rows go once none waits and none is refused
        --refused----------------------> refused       stays with the sentence; the file imported again: waiting
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, literal_column, or_, select, update

from app.domain.rescue import RescueFile, canonical
from app.storage.session import Session, values_of
from app.storage.tables import rescue_file, rescued_fact
from app.storage.values import time_text
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.rescue_ports import RescuedPart

WAITING = "waiting"
TOLD = "told"
REFUSED = "refused"

_f = rescued_fact.c
IS_WAITING: ColumnElement[bool] = literal_column("rescued_fact.state = 'waiting'")
"""As the index of waiting facts says it: the planner compares words, not values."""
_OF_FILE = _f.file_id == bindparam("of_file")
_OF_PART = (_OF_FILE, _f.part == bindparam("of_part"))

_KNOWN = select(rescue_file.c.file_id).where(rescue_file.c.file_id == bindparam("of_file"))
_KEEP_FILE = insert(rescue_file)
_KEEP_FACT = insert(rescued_fact)
_ASK_AGAIN = update(rescued_fact).where(_OF_FILE, _f.state == REFUSED).values(state=WAITING, due_at=None, message="")
_WAITING_OF = select(func.count()).select_from(rescued_fact).where(_OF_FILE, IS_WAITING)
NEXT_PART = (
    select(_f.file_id, _f.part)
    .join(rescue_file, rescue_file.c.file_id == _f.file_id)
    .where(IS_WAITING, or_(_f.due_at.is_(None), _f.due_at <= bindparam("now")))
    .order_by(rescue_file.c.imported_at, _f.file_id, _f.part)
    .limit(1)
)
_FILE = select(rescue_file.c.till_id, rescue_file.c.stated, rescue_file.c.signature).where(
    rescue_file.c.file_id == bindparam("of_file")
)
_BODIES = select(_f.body).where(*_OF_PART).order_by(_f.position)
_ANSWERED = (
    update(rescued_fact)
    .where(*_OF_PART, _f.fact_id == bindparam("of_fact"))
    .values(state=bindparam("new_state"), due_at=None, message=bindparam("sentence"))
)
_REFUSE_ALL = (
    update(rescued_fact).where(_OF_FILE, IS_WAITING).values(state=REFUSED, due_at=None, message=bindparam("sentence"))
)
_POSTPONE = update(rescued_fact).where(*_OF_PART, IS_WAITING).values(due_at=bindparam("until"))
_ANY_LEFT = select(_f.position).where(_OF_FILE, _f.state.in_(values_of((WAITING, REFUSED)))).limit(1)
_FORGET = delete(rescued_fact).where(_OF_FILE)


class RescuedRows:
    """Implements `rescue_ports.RescuedFacts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, file: RescueFile, now: datetime, operator: str) -> bool:
        file_id = file.file_id
        if self._session.one(_KNOWN, of_file=file_id) is not None:
            self._session.run(_ASK_AGAIN, of_file=file_id)
            return False
        self._session.run(
            _KEEP_FILE,
            file_id=file_id,
            till_id=file.till_id,
            till_letter=file.till_letter,
            made_at=time_text(file.made_at),
            stated=canonical(file.statement).decode(),
            signature=file.signature.hex(),
            fact_count=file.count,
            imported_at=time_text(now),
            imported_by=operator,
        )
        numbered = [(part_no, fact) for part_no, part in enumerate(file.parts) for fact in part]
        rows = [
            {
                "file_id": file_id,
                "position": position,
                "part": part_no,
                "fact_id": fact["fact_id"],
                "body": canonical(fact).decode(),
                "state": WAITING,
                "due_at": None,
                "message": "",
            }
            for position, (part_no, fact) in enumerate(numbered)
        ]
        self._session.run_many(_KEEP_FACT, rows)
        return True

    def waiting_of(self, file_id: str) -> int:
        return int(self._session.value(_WAITING_OF, of_file=file_id))

    def next_part(self, now: datetime) -> RescuedPart | None:
        found = self._session.one(NEXT_PART, now=time_text(now))
        if found is None:
            return None
        file_id, number = found
        file = self._session.rows(_FILE, of_file=file_id)[0]
        bodies = self._session.rows(_BODIES, of_file=file_id, of_part=number)
        facts = [json.loads(row[0]) for row in bodies]
        return RescuedPart(file_id, number, file[0], json.loads(file[1]), bytes.fromhex(file[2]), facts)

    def settle(self, part: RescuedPart, answers: Sequence[FactAnswer]) -> None:
        for answer in answers:
            refused = answer.outcome is FactOutcome.REFUSED
            self._session.run(
                _ANSWERED,
                of_file=part.file_id,
                of_part=part.number,
                of_fact=answer.fact_id,
                new_state=REFUSED if refused else TOLD,
                sentence=answer.message if refused else "",
            )
        if self._session.one(_ANY_LEFT, of_file=part.file_id) is None:
            self._session.run(_FORGET, of_file=part.file_id)

    def refuse(self, part: RescuedPart, message: str) -> None:
        self._session.run(_REFUSE_ALL, of_file=part.file_id, sentence=message)

    def postpone(self, part: RescuedPart, until: datetime) -> None:
        self._session.run(_POSTPONE, of_file=part.file_id, of_part=part.number, until=time_text(until))
