"""Owns the page that shows a pickup code as QR: for the shops whose customers get their code in an e-mail or on a slip.

The address holds the code itself, so whoever has it loses nothing by the page; the page shows nothing else, neither
order nor name. A code whose seal no shop's key made is not shown: it would only be refused at the counter.
"""

from __future__ import annotations

import base64
import hmac

from fastapi import APIRouter, FastAPI, Request
from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import Response

from app.domain.pickup_code import PickupCode, normalise, parse_pickup_code, seal_of
from app.marketplace import tables as t
from app.marketplace.api import WRONG_CODES_WINDOW, TheCore, WrongCodes
from app.marketplace.problems import ProblemRaised
from app.marketplace.shopfront.pages import rendered
from app.marketplace.shopfront.picture import qr_svg
from app.marketplace.store import Store

router = APIRouter(include_in_schema=False)


def add_to(app: FastAPI) -> None:
    """Mount the page."""
    app.state.wrong_pages = WrongCodes()
    app.include_router(router)


@router.get("/q/{code}")
def show_code(request: Request, core: TheCore, code: str) -> Response:
    """The QR of a genuine code; 404 for every other text, 429 for who tries many."""
    wrong: WrongCodes = request.app.state.wrong_pages
    client = request.client.host if request.client else ""
    now = core.store.surroundings.now()
    if wrong.too_many(client, now):
        raise ProblemRaised(429, "too_many_tries", {"Retry-After": str(int(WRONG_CODES_WINDOW.total_seconds()))})
    parsed = parse_pickup_code(code)
    if parsed is None or not _is_genuine(core.store, parsed):
        wrong.count(client, now)
        raise ProblemRaised(404, "not_found")
    shown = normalise(code)
    drawing = Markup(qr_svg(shown))  # noqa: S704  # our own drawing of a text of 25 known symbols
    return rendered("code.html", code=shown, qr=drawing)


def _is_genuine(store: Store, code: PickupCode) -> bool:
    """Whether one of the shops' keys in use made the seal. All of them with that id are tried: a code names no shop."""
    keys = t.pickup_key.c
    with store.reading() as connection:
        rows = connection.execute(
            select(keys.shop_id, keys.key_base64).where(keys.key_id == code.key_id, keys.key_base64.is_not(None))
        ).all()
    seals = [seal_of(base64.b64decode(row.key_base64), row.shop_id, code.reference) for row in rows]
    return any(hmac.compare_digest(seal, code.seal) for seal in seals)
