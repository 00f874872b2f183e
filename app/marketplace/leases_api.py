"""Owns the routes of leases under `/v1`: asking for them, giving them up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import Field, StrictBool
from starlette.responses import JSONResponse, Response

from app.marketplace.api import TheCore, TheTill
from app.marketplace.leases import LeaseState, claim_lease, release_lease
from app.marketplace.problems import may_answer
from app.marketplace.schemas import MAX_LEASES, Id, LeaseNumber, Shape
from app.marketplace.surroundings import time_text

router = APIRouter(prefix="/v1", tags=["till"])


class LeaseRequest(Shape):
    order_ids: list[Id] = Field(min_length=1, max_length=MAX_LEASES)
    wanted: StrictBool = Field(
        default=False,
        description="Somebody waits for these goods at this till: a till that holds a lease is asked to give it up.",
    )


class LeaseGivenUp(Shape):
    order_id: Id
    number: LeaseNumber


class LeaseRelease(Shape):
    leases: list[LeaseGivenUp] = Field(min_length=1, max_length=MAX_LEASES)


class LeaseAnswer(Shape):
    order_id: str
    granted: bool = Field(description="To a claim: this till has it now; to a release: it was passed on.")
    till_id: str = Field(description="Who holds the lease now, empty for nobody.")
    until: str | None


class LeaseAnswers(Shape):
    leases: list[LeaseAnswer]
    server_time: str


_ANSWERS = may_answer(400, 401, 403, 413, 422, 429, 503)
_ANSWERS[200] = {"model": LeaseAnswers}


@router.post("/leases", responses=_ANSWERS)
def claim(core: TheCore, till: TheTill, asked: LeaseRequest) -> Response:
    """Ask for the right to hand orders over off line: granted if free, run out, or held by this till already."""
    with core.store.writing(till.shop_id) as transaction:
        states = [claim_lease(transaction, id_, till.till_id, wanted=asked.wanted) for id_ in asked.order_ids]
    return JSONResponse(_shown(states, time_text(transaction.now)))


@router.post("/leases/release", responses=_ANSWERS)
def release(core: TheCore, till: TheTill, given_up: LeaseRelease) -> Response:
    """Leases this till no longer uses, whatever is answered: each goes to the till that waits for it, else is free."""
    with core.store.writing(till.shop_id) as transaction:
        states = [release_lease(transaction, each.order_id, each.number, till.till_id) for each in given_up.leases]
    return JSONResponse(_shown(states, time_text(transaction.now)))


def _shown(states: list[LeaseState], server_time: str) -> dict[str, Any]:
    return {"leases": [asdict(state) for state in states], "server_time": server_time}
