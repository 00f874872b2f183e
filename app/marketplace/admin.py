"""Owns the routes under `/admin`: the fault switch and what a demonstration needs (orders, cancelling, revoking, keys).

They exist only where the server was started with the fault switch, and ask for the token printed at that start.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from app.marketplace import pairing
from app.marketplace import tables as t
from app.marketplace.api import TheCore
from app.marketplace.faults import FaultSwitch
from app.marketplace.order_edits import edit_order
from app.marketplace.orders import Item, OrderRefused, cancel_order, new_page_token, order_path, place_order
from app.marketplace.problems import ProblemRaised, may_answer
from app.marketplace.schemas import (
    ID_PATTERN,
    EditRequest,
    FaultSetting,
    KeyRotated,
    NewPairingCode,
    OrderEdited,
    OrderPlaced,
    OrderRequest,
)
from app.marketplace.store import Store
from app.marketplace.surroundings import time_text

_bearer = HTTPBearer(
    auto_error=False, scheme_name="AdminToken", description="The token printed when the server started."
)


def _let_in(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    given = credentials.credentials if credentials else ""
    if not hmac.compare_digest(given.encode(), request.app.state.admin_token.encode()):
        raise ProblemRaised(401, "wrong_admin_token", {"WWW-Authenticate": "Bearer"})


router = APIRouter(
    prefix="/admin", tags=["admin"], dependencies=[Depends(_let_in)], responses=may_answer(401, 422, 503)
)
_WITH_BODY = may_answer(400, 413)
ShopId = Annotated[str, PathParameter(pattern=ID_PATTERN)]


def _switch(request: Request) -> FaultSwitch:
    switch: FaultSwitch = request.app.state.fault_switch
    return switch


@router.put("/faults", response_model=FaultSetting, responses=_WITH_BODY)
def set_fault(request: Request, setting: FaultSetting) -> FaultSetting:
    """Misbehave so from now on (`none`: no longer)."""
    _switch(request).set(setting)
    return setting


@router.get("/faults", response_model=FaultSetting)
def show_fault(request: Request) -> FaultSetting:
    """What is set now; `count` goes down with each hit."""
    return _switch(request).setting


@router.post(
    "/shops/{shop_id}/orders", status_code=201, response_model=OrderPlaced, responses=_WITH_BODY | may_answer(404, 409)
)
def place(core: TheCore, shop_id: ShopId, asked: OrderRequest) -> dict[str, Any]:
    """Place an order as a customer would. 409: an article is not on sale, or not enough is left."""
    items = [Item(item.product_id, item.quantity) for item in asked.items]
    page_token = new_page_token(core.store.surroundings)
    with core.store.writing(shop_id) as transaction:
        placed = place_order(
            transaction,
            items,
            asked.customer_name,
            prepaid=asked.prepaid,
            page_token=page_token,
            note=asked.note,
            language=asked.language,
        )
        page_path = order_path(transaction.connection, shop_id, page_token)
    if isinstance(placed, OrderRefused):
        raise ProblemRaised(409, placed.reason)
    return {
        "order_id": placed.order_id,
        "number": placed.number,
        "pickup_code": placed.pickup_code,
        "spoken_code": placed.spoken_code,
        "page_path": page_path,
    }


@router.post("/orders/{order_id}/cancel", status_code=204, responses=may_answer(404, 409))
def cancel(core: TheCore, order_id: Annotated[str, PathParameter(pattern=ID_PATTERN)]) -> None:
    """Cancel an order as its customer would. 409: it is handed over or cancelled already."""
    shop_id = _shop_of(core.store, select(t.shop_order.c.shop_id).where(t.shop_order.c.order_id == order_id))
    with core.store.writing(shop_id) as transaction:
        cancelled = cancel_order(transaction, order_id)
    if not cancelled:
        raise ProblemRaised(409, "already_settled")


@router.post("/orders/{order_id}/edit", response_model=OrderEdited, responses=_WITH_BODY | may_answer(404, 409))
def edit(core: TheCore, order_id: Annotated[str, PathParameter(pattern=ID_PATTERN)], asked: EditRequest) -> object:
    """Change an order as its customer would. 409: it is ready or settled, or an article is not there."""
    shop_id = _shop_of(core.store, select(t.shop_order.c.shop_id).where(t.shop_order.c.order_id == order_id))
    items = [Item(item.product_id, item.quantity) for item in asked.items]
    with core.store.writing(shop_id) as transaction:
        edited = edit_order(transaction, order_id, items)
    if isinstance(edited, OrderRefused):
        raise ProblemRaised(409, edited.reason)
    return asdict(edited)


@router.post("/tills/{till_id}/revoke", status_code=204, responses=may_answer(404))
def revoke(
    core: TheCore,
    till_id: Annotated[str, PathParameter(pattern=ID_PATTERN)],
    gone: Annotated[bool, Query(description="It will hand nothing over any more (stolen, broken).")] = False,
) -> None:
    """Shut a till out. If it is gone for good the leases it held are free at once, else when they have run out."""
    if not pairing.revoke_till(core.store, till_id, gone=gone):
        raise ProblemRaised(404, "not_found")


@router.post("/shops/{shop_id}/keys/rotate", response_model=KeyRotated, responses=may_answer(404))
def rotate(
    core: TheCore,
    shop_id: ShopId,
    leaked: Annotated[bool, Query(description="A key is in wrong hands: all older ones are withdrawn.")] = False,
) -> dict[str, Any]:
    """Give the shop a new pickup key; the one before stays valid unless it leaked, older ones are withdrawn."""
    with core.store.writing(shop_id) as transaction:
        key_id, withdrawn = pairing.rotate_key(transaction, leaked=leaked)
    return {"key_id": key_id, "withdrawn": withdrawn}


@router.post(
    "/shops/{shop_id}/pairing-codes", status_code=201, response_model=NewPairingCode, responses=may_answer(404)
)
def new_pairing_code(core: TheCore, shop_id: ShopId) -> dict[str, Any]:
    """A code for one more till."""
    code, expires_at = pairing.make_pairing_code(core.store, shop_id)
    return {"code": code, "expires_at": time_text(expires_at)}


def _shop_of(store: Store, query: Any) -> str:
    with store.reading() as connection:
        shop_id: str | None = connection.execute(query).scalar_one_or_none()
    if shop_id is None:
        raise ProblemRaised(404, "not_found")
    return shop_id
