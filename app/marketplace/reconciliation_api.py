"""Owns the routes by which a till compares with the marketplace (`docs/reconciliation.md`). The summing up is
`reconciliation`'s."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import JSONResponse, Response

from app.marketplace import reconciliation
from app.marketplace.api import TheCore, TheTill
from app.marketplace.ledger_heads import heads_of
from app.marketplace.problems import may_answer
from app.marketplace.schemas import ID_PATTERN, MAX_SEQ, Id, LedgerHeadTold, Shape

MOST_IDS = 200

router = APIRouter(prefix="/v1/reconciliation", tags=["reconciliation"])

_FOR_TILLS = may_answer(401, 403, 422, 429, 503)
_WITH_BODY = may_answer(400, 413)
Number = Annotated[int, Query(ge=0, le=MAX_SEQ)]
After = Annotated[
    str,
    Query(pattern=r"^[A-Za-z0-9._:-]{0,64}$", description="Empty the first time, then the last page's `next_after`."),
]


class KindShown(Shape):
    count: int
    sum_minor: int = Field(description="Cents of the sales among them.")


class RangeShown(Shape):
    first_seq: int = Field(description="1, 501, 1001 ...; ranges without a fact are left out.")
    count: int
    sha256: str = Field(description="Over the sorted lines `till_seq fact_id`; empty where only counted.")
    kinds: dict[str, KindShown] = Field(description="Empty where only counted.")


class RangesShown(Shape):
    last_seq: int = Field(description="The highest number of this till's facts, 0 for none.")
    ranges: list[RangeShown]
    next_after_seq: int | None = Field(description="What to ask for next; null: this was the last page.")
    heads: list[LedgerHeadTold]


class FactShown(Shape):
    till_seq: int
    fact_id: str
    kind: str
    happened_at: str
    title: str = Field(description="The number of the document a sale made, else empty.")
    amount_minor: int | None = Field(description="Of the sale it made, null if it made none.")


class FactsShown(Shape):
    facts: list[FactShown]
    more: bool


class ProductStockShown(Shape):
    product_id: str
    physical: int = Field(description="The level kept.")
    moved: int = Field(description="The sum of its movements: the two are equal.")
    movements: int
    sha256: str = Field(description="Over the sorted lines `movement_id quantity`; empty where only counted.")


class StockShown(Shape):
    products: list[ProductStockShown]
    next_after: str | None


class MovementShown(Shape):
    movement_id: str
    product_id: str
    location: str
    quantity: int
    reason: str
    happened_at: str
    source_id: str
    till_id: str
    operator: str


class MovementsShown(Shape):
    movements: list[MovementShown]
    next_after: str | None


class OpenOrderShown(Shape):
    order_id: str
    number: str
    version: int
    handover: str


class OpenOrdersShown(Shape):
    orders: list[OpenOrderShown]
    next_after: str | None


class FactIds(Shape):
    fact_ids: list[Id] = Field(min_length=1, max_length=MOST_IDS)


class KnownShown(Shape):
    known: list[str]


class ProductIds(Shape):
    product_ids: list[Id] = Field(min_length=1, max_length=MOST_IDS)


class RecountedShown(Shape):
    recounted: list[str] = Field(description="Those whose level was not the sum of their movements.")


@router.get("", responses=_FOR_TILLS | {200: {"model": RangesShown}})
def ranges(
    core: TheCore, till: TheTill, through_seq: Number, after_seq: Number = 0, digests_after_seq: Number = 0
) -> Response:
    """This till's facts up to a number, summed up by ranges of 500; up to `digests_after_seq` they are only counted."""
    with core.store.reading() as connection:
        shown = reconciliation.sum_up_facts(connection, till, after_seq, through_seq, digests_after_seq)
        heads = heads_of(connection, till)
    return JSONResponse({**shown, "heads": heads})


@router.get("/facts", responses=_FOR_TILLS | {200: {"model": FactsShown}})
def facts(core: TheCore, till: TheTill, from_seq: Number, to_seq: Number) -> Response:
    """This till's facts of these numbers, in order, without payload."""
    with core.store.reading() as connection:
        return JSONResponse(reconciliation.list_facts(connection, till, from_seq, to_seq))


@router.post("/known", responses={200: {"model": KnownShown}} | _WITH_BODY | _FOR_TILLS)
def known(core: TheCore, till: TheTill, asked: FactIds) -> Response:
    """Which of these facts the shop has, whichever till told them."""
    with core.store.reading() as connection:
        return JSONResponse(reconciliation.known_facts(connection, till, asked.fact_ids))


@router.get("/stock", responses=_FOR_TILLS | {200: {"model": StockShown}})
def stock(
    core: TheCore,
    till: TheTill,
    after: After = "",
    limit: Annotated[int, Query(ge=1, le=reconciliation.MOST_PRODUCTS)] = reconciliation.MOST_PRODUCTS,
    digests: Annotated[bool, Query(description="Without them movements are only counted and added up.")] = True,
) -> Response:
    """The shop's stock by article: the level, and its movements summed up."""
    with core.store.reading() as connection:
        return JSONResponse(reconciliation.sum_up_stock(connection, till, after, limit, digests=digests))


@router.get("/movements", responses=_FOR_TILLS | {200: {"model": MovementsShown}})
def movements(
    core: TheCore, till: TheTill, product_id: Annotated[str, Query(pattern=ID_PATTERN)], after: After = ""
) -> Response:
    """The movements of one article, as the change feed shows them."""
    with core.store.reading() as connection:
        return JSONResponse(reconciliation.list_movements(connection, till, product_id, after))


@router.post("/recount", responses={200: {"model": RecountedShown}} | _WITH_BODY | _FOR_TILLS)
def recount(core: TheCore, till: TheTill, asked: ProductIds) -> Response:
    """Make the levels of these articles the sums of their movements."""
    with core.store.writing(till.shop_id) as transaction:
        recounted = reconciliation.recount(transaction, asked.product_ids)
    return JSONResponse(recounted)


@router.get("/orders", responses=_FOR_TILLS | {200: {"model": OpenOrdersShown}})
def orders(core: TheCore, till: TheTill, after: After = "") -> Response:
    """The shop's orders that are neither handed over nor cancelled."""
    with core.store.reading() as connection:
        return JSONResponse(reconciliation.list_open_orders(connection, till, after))
