"""Owns the routes that show one record of the shop, for a till that asks for it again. Never changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.responses import JSONResponse, Response

from app.marketplace.api import TheCore, TheTill
from app.marketplace.catalogue import show_products
from app.marketplace.disagreements import show_disagreements
from app.marketplace.problems import ProblemRaised, may_answer
from app.marketplace.schemas import ID_PATTERN, DisagreementShown
from app.marketplace.statements import Connection
from app.marketplace.stock import show_movements

router = APIRouter(prefix="/v1", tags=["till"])
_ANSWERS = may_answer(401, 403, 404, 422, 429, 503)
_Id = Annotated[str, PathParameter(pattern=ID_PATTERN)]
_ExceptionId = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
_Show = Callable[[Connection, str, Sequence[str]], Mapping[str, dict[str, Any]]]


@router.get("/products/{product_id}", responses=_ANSWERS)
def product(core: TheCore, till: TheTill, product_id: _Id) -> Response:
    """One article of the shop, as the change feed would show it now."""
    return _shown(core, till, show_products, product_id)


@router.get("/stock-movements/{movement_id}", responses=_ANSWERS)
def stock_movement(core: TheCore, till: TheTill, movement_id: _Id) -> Response:
    """One movement of the shop's stock."""
    return _shown(core, till, show_movements, movement_id)


@router.get("/disagreements/{exception_id}", response_model=DisagreementShown, responses=_ANSWERS)
def disagreement(core: TheCore, till: TheTill, exception_id: _ExceptionId) -> Response:
    """One disagreement of the shop, open or settled."""
    return _shown(core, till, show_disagreements, exception_id)


def _shown(core: TheCore, till: TheTill, show: _Show, record_id: str) -> Response:
    with core.store.reading() as connection:
        found = show(connection, till.shop_id, [record_id]).get(record_id)
    if found is None:
        raise ProblemRaised(404, "no_such_record")
    return JSONResponse(found)
