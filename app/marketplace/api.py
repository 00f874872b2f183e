"""Owns the tills' routes under `/v1`: who asks, what for, in which words the answer goes out.

The work is done elsewhere. The contract for people is docs/marketplace-api.md, for programs docs/openapi.json.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import bindparam, func, select
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from app.domain.order import HandoverState
from app.marketplace import pairing
from app.marketplace import tables as t
from app.marketplace.changes import BadCursor, Bell, CursorGone, head_seq, read_page
from app.marketplace.intake import Answer, last_fact_of, take_facts
from app.marketplace.ledger_heads import heads_of, take_heads
from app.marketplace.orders import show_order
from app.marketplace.pairing import PairedTill
from app.marketplace.problems import ProblemRaised, language_asked, may_answer
from app.marketplace.schemas import (
    ID_PATTERN,
    LONGEST_WAIT_S,
    MAX_PAGE,
    ChangePage,
    FactAnswers,
    FactBatch,
    OrderShown,
    PairingAnswer,
    PairingRequest,
    StatusShown,
)
from app.marketplace.statements import fixed
from app.marketplace.store import Store
from app.marketplace.surroundings import time_text
from app.marketplace.words import sentence

_ORDERS_OPEN = fixed(
    select(func.count())
    .select_from(t.shop_order)
    .where(
        t.shop_order.c.shop_id == bindparam("of_shop"),
        t.shop_order.c.handover != HandoverState.HANDED_OVER.value,
        t.shop_order.c.cancelled_at.is_(None),
    )
)
WRONG_CODES_ALLOWED = 10
WRONG_CODES_WINDOW = timedelta(minutes=1)

router = APIRouter(prefix="/v1", tags=["till"])


class WrongCodes:
    """Counts wrong pairing codes by address, so that nobody can try them all."""

    def __init__(self) -> None:
        self._at: dict[str, deque[datetime]] = {}

    def too_many(self, client: str, now: datetime) -> bool:
        recent = self._at.get(client, deque())
        while recent and now - recent[0] > WRONG_CODES_WINDOW:
            recent.popleft()
        return len(recent) >= WRONG_CODES_ALLOWED

    def count(self, client: str, now: datetime) -> None:
        self._at.setdefault(client, deque()).append(now)


@dataclass(frozen=True, slots=True)
class Core:
    """What the routes work with; `app.state.core`."""

    store: Store
    bell: Bell
    wrong_codes: WrongCodes


async def core_of(request: Request) -> Core:
    """Not a plain function: those run on a thread of their own, which costs more than what this one does."""
    core: Core = request.app.state.core
    return core


TheCore = Annotated[Core, Depends(core_of)]
_bearer = HTTPBearer(auto_error=False, description="The device token given at pairing.")


TheCredentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def till_of(core: TheCore, credentials: TheCredentials) -> PairedTill:
    """The till that asks. Its shop is the only one the request can reach."""
    found = None
    if credentials is not None:
        found = pairing.till_of_token(core.store, credentials.credentials)
    if found is None:
        raise ProblemRaised(401, "not_paired", {"WWW-Authenticate": "Bearer"})
    if found.revoked:
        raise ProblemRaised(403, "revoked")
    return found


TheTill = Annotated[PairedTill, Depends(till_of)]
_FOR_TILLS = may_answer(401, 403, 422, 429, 503)
_WITH_BODY = may_answer(400, 413)


@router.post(
    "/pair", status_code=201, response_model=PairingAnswer, responses=_WITH_BODY | may_answer(404, 422, 429, 503)
)
def pair(request: Request, core: TheCore, asked: PairingRequest) -> dict[str, Any]:
    """Use a pairing code up: a till joins its shop and gets its letter, its token and the shop's pickup keys."""
    client = request.client.host if request.client else ""
    now = core.store.surroundings.now()
    if core.wrong_codes.too_many(client, now):
        raise ProblemRaised(429, "too_many_tries", {"Retry-After": str(int(WRONG_CODES_WINDOW.total_seconds()))})
    new = pairing.pair_till(core.store, asked.code, asked.till_name, asked.previous_token)
    if new is None:
        core.wrong_codes.count(client, now)
        raise ProblemRaised(404, "wrong_code")
    with core.store.reading() as connection:
        return {
            "till_id": new.till.till_id,
            "till_letter": new.till.letter,
            "till_name": new.till.name,
            "device_token": new.device_token,
            "shop": pairing.shown_shop(connection, new.till.shop_id),
            "pickup_keys": pairing.valid_keys(connection, new.till.shop_id),
        }


@router.get("/changes", responses={200: {"model": ChangePage}} | may_answer(400, 410) | _FOR_TILLS)
async def changes(
    request: Request,
    core: TheCore,
    credentials: TheCredentials,
    cursor: Annotated[str, Query(max_length=100, description="Empty the first time, then the last page's.")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    wait_s: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT_S, allow_inf_nan=False, description="How long to wait for a first change.")
    ] = 0,
) -> Response:
    """One page of what changed since the cursor, oldest first; each entity once, at its latest state."""
    try:
        page = await _next_page(request, core, credentials, cursor, limit, wait_s)
    except BadCursor:
        raise ProblemRaised(400, "bad_cursor") from None
    except CursorGone:
        raise ProblemRaised(410, "cursor_gone") from None
    return JSONResponse(page | {"after": cursor, "server_time": time_text(core.store.surroundings.now())})


async def _next_page(
    request: Request,
    core: Core,
    credentials: HTTPAuthorizationCredentials | None,
    cursor: str,
    limit: int,
    wait_s: float,
) -> dict[str, Any]:
    """Who asks and the first page are looked up on one visit to a thread: it is most of what an idle till costs."""

    def first() -> tuple[PairedTill, int, dict[str, Any]]:
        till = till_of(core, credentials)
        return till, *read(till.shop_id)

    def read(shop_id: str) -> tuple[int, dict[str, Any]]:
        rings = core.bell.rings(shop_id)  # before reading, so that no ring falls in between
        with core.store.reading() as connection:
            return rings, read_page(connection, shop_id, cursor, limit)

    until = time.monotonic() + _spread(core, wait_s)
    till, rings, page = await run_in_threadpool(first)
    while not page["changes"]:
        left_s = until - time.monotonic()
        if left_s <= 0 or core.bell.closed or await request.is_disconnected():
            break
        rung = core.bell.listen(till.shop_id, rings)
        try:
            if not await _rings(rung, left_s):
                break  # nothing is new: whoever writes, here or in another process (`lookout`), rings
        finally:
            core.bell.leave(till.shop_id, rung)
        rings, page = await run_in_threadpool(read, till.shop_id)
    return page


def _spread(core: Core, wait_s: float) -> float:
    """Up to a quarter less than asked for: tills that came back together after a cut do not go on asking together."""
    return wait_s * (1 - core.store.surroundings.random_bits(8) / 1024) if wait_s else 0.0


async def _rings(event: asyncio.Event, at_most_s: float) -> bool:
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        return False
    return True


@router.post("/facts", responses={200: {"model": FactAnswers}} | _WITH_BODY | _FOR_TILLS)
def facts(request: Request, core: TheCore, till: TheTill, batch: FactBatch) -> Response:
    """What happened at the till, each exactly once; one answer each, in the same order. And how far its ledger goes."""
    with core.store.writing(till.shop_id) as transaction:
        answers = take_facts(transaction, till, batch.facts)
        take_heads(transaction, till, batch.heads)
        heads = heads_of(transaction.connection, till)
    language = language_asked(request)
    results = [shown_answer(answer, language) for answer in answers]
    return JSONResponse({"results": results, "heads": heads, "server_time": time_text(transaction.now)})


def shown_answer(answer: Answer, language: str) -> dict[str, Any]:
    """An answer as it goes on the wire, in the language asked for."""
    return {
        "fact_id": answer.fact_id,
        "outcome": answer.outcome,
        "reason": answer.reason,
        "message": sentence(answer.reason, language),
        "view": answer.view,
    }


@router.get("/orders/{order_id}", responses={200: {"model": OrderShown}} | may_answer(404) | _FOR_TILLS)
def order(core: TheCore, till: TheTill, order_id: Annotated[str, PathParameter(pattern=ID_PATTERN)]) -> Response:
    """One order of the shop, as the change feed would show it now."""
    with core.store.reading() as connection:
        shown = show_order(connection, till.shop_id, order_id)
    if shown is None:
        raise ProblemRaised(404, "no_such_order")
    return JSONResponse(shown)


@router.get("/status", response_model=StatusShown, responses=_FOR_TILLS)
def status(core: TheCore, till: TheTill) -> dict[str, Any]:
    """Who this till is, the server's time, how much is going on, and how far the till's ledger and facts went."""
    with core.store.reading() as connection:
        last_seq, last_fact_id = last_fact_of(connection, till)
        return {
            "till_id": till.till_id,
            "shop_id": till.shop_id,
            "server_time": time_text(core.store.surroundings.now()),
            "orders_open": connection.execute(_ORDERS_OPEN, {"of_shop": till.shop_id}).scalar_one(),
            "head_seq": head_seq(connection, till.shop_id),
            "heads": heads_of(connection, till),
            "last_seq": last_seq,
            "last_fact_id": last_fact_id,
            "accepts_gzip": True,
        }
