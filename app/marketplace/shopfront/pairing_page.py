"""Owns the page that shows a pairing code as QR, with the address that it belongs to: a till scans it, no one types.

Whoever opens it has the code already, so the page gives nothing away; a code that is wrong, used or too old is not
shown, and tries count like those of pairing itself.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from markupsafe import Markup
from starlette.responses import Response

from app.domain.pairing_text import PairingText, write_pairing_text
from app.domain.pickup_code import normalise
from app.marketplace.api import WRONG_CODES_WINDOW, TheCore
from app.marketplace.pairing import shop_of_code
from app.marketplace.problems import ProblemRaised
from app.marketplace.shopfront.pages import rendered
from app.marketplace.shopfront.picture import qr_svg

router = APIRouter(include_in_schema=False)
PATH = "/relier/"


def add_to(app: FastAPI) -> None:
    """Mount the page."""
    app.include_router(router)


@router.get(PATH + "{code}")
def show_code(request: Request, core: TheCore, code: str) -> Response:
    """The QR of a code that still admits a till; 404 for every other text, 429 for who tries many."""
    client = request.client.host if request.client else ""
    now = core.store.surroundings.now()
    if core.wrong_codes.too_many(client, now):
        raise ProblemRaised(429, "too_many_tries", {"Retry-After": str(int(WRONG_CODES_WINDOW.total_seconds()))})
    shown = normalise(code)
    shop = shop_of_code(core.store, shown)
    if shop is None:
        core.wrong_codes.count(client, now)
        raise ProblemRaised(404, "not_found")
    site = str(request.base_url).rstrip("/")
    text = write_pairing_text(PairingText(shown, site))
    drawing = Markup(qr_svg(text, "Code pour relier une caisse"))  # noqa: S704  # our own drawing
    return rendered("pairing.html", code=shown, qr=drawing, shop=shop.name, until=shop.until, site=site)
