"""Owns the route by which a till renews its token."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from app.marketplace.api import TheCore, TheTill
from app.marketplace.problems import may_answer
from app.marketplace.schemas import Shape
from app.marketplace.tokens import renew_token

router = APIRouter(prefix="/v1", tags=["till"])


class NewToken(Shape):
    device_token: str


_TOLD: dict[int | str, dict[str, Any]] = {201: {"model": NewToken}}


@router.post("/token", status_code=201, responses=_TOLD | may_answer(401, 403, 422, 429, 503))
def token(core: TheCore, till: TheTill) -> Response:
    """A new token for this till. The one it asks with works until the new one is used for the first time; asking again
    before that gives another new one."""
    with core.store.writing(till.shop_id) as transaction:
        renewed = renew_token(transaction, till.till_id)
    return JSONResponse({"device_token": renewed}, status_code=201, headers={"Cache-Control": "no-store"})
