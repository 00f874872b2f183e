"""Owns the shop front's routes: choosing a shop, its shelves, the cart, the order and its page, in French.

Nothing on a page decides: prices, stock and codes come from the marketplace's own rules, and the cart is only a wish.
No script is needed to buy, no file comes from elsewhere, and an order's address is a secret that leaves the site in no
referrer and no cache.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Form, Query, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from app.domain.catalogue import price_of
from app.marketplace import catalogue, order_edits, orders, stock
from app.marketplace import tables as t
from app.marketplace.api import TheCore
from app.marketplace.paris import day_in_words
from app.marketplace.problems import ProblemRaised
from app.marketplace.shopfront import cart as carts
from app.marketplace.shopfront import wording
from app.marketplace.shopfront.picture import qr_svg
from app.marketplace.statements import Connection, Row
from app.marketplace.store import DatabaseBusy
from app.marketplace.surroundings import time_of
from app.marketplace.words import FRENCH, first_language, sentence

SITE_NAME = "Mes commerçants"
PAGE_SIZE = 24
LONGEST_NAME, LONGEST_NOTE = 80, 300

_HERE = Path(__file__).parent
_SLUG = re.compile(r"^[a-z0-9-]{1,64}$")
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{24}$")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

router = APIRouter(include_in_schema=False)
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(site_name=SITE_NAME, euros=wording.euros, whole=wording.whole)


def add_to(app: FastAPI) -> None:
    """Mount the pages and their style."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")


def is_for_people(request: Request) -> bool:
    """Whether an error must be told on a page rather than as a problem."""
    return not request.url.path.startswith(("/v1", "/admin"))


def error_page(_request: Request, error: Exception) -> Response:
    status = 500
    if isinstance(error, DatabaseBusy):
        status = 503
    elif isinstance(error, ProblemRaised):
        status = error.status
    elif isinstance(error, HTTPException):
        status = error.status_code
    elif isinstance(error, RequestValidationError):
        status = 422
    return rendered("error.html", status=status)


def rendered(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of the site, with the headers that keep it to itself."""
    html = _templates.get_template(template).render(status=status, **values)
    return HTMLResponse(html, status, _HEADERS)


def _cleaned(text: str, longest: int) -> str:
    return _CONTROLS.sub(" ", text).strip()[:longest]


def _shop(connection: Connection, slug: str) -> Row:
    row = None
    if _SLUG.match(slug):
        row = connection.execute(select(t.shop).where(t.shop.c.slug == slug)).one_or_none()
    if row is None:
        raise ProblemRaised(404, "not_found")
    return row


def _cart_of(request: Request) -> dict[str, int]:
    return carts.read_cart(request.cookies.get(carts.COOKIE))


def _keep_cart(response: Response, slug: str, cart: carts.Cart) -> Response:
    response.set_cookie(
        carts.COOKIE,
        carts.write_cart(cart),
        max_age=carts.LASTS_S if cart else 0,
        path=f"/boutiques/{slug}",
        httponly=True,
        samesite="lax",
    )
    return response


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


# --- shops and shelves -----------------------------------------------------------------------------------------------


@router.get("/")
def shops(core: TheCore) -> Response:
    with core.store.reading() as connection:
        rows = connection.execute(select(t.shop).order_by(t.shop.c.name)).all()
    return rendered("shops.html", shops=rows)


@router.get("/boutiques/{slug}")
def shelves(
    request: Request,
    core: TheCore,
    slug: str,
    q: Annotated[str, Query()] = "",
    rayon: Annotated[str, Query()] = "",
    page: Annotated[str, Query()] = "1",
) -> Response:
    """A shop's shelves: all of it, one category, or what a search finds."""
    words, category = _cleaned(q, 100), _cleaned(rayon, 100)
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        found = catalogue.search(connection, shop.shop_id, words, category, page=max(number, 1), page_size=PAGE_SIZE)
        left = stock.available_quantities(connection, shop.shop_id, [p.product_id for p in found.products])
        categories = catalogue.categories(connection, shop.shop_id)
        summary = _summary(connection, shop.shop_id, _cart_of(request))
    return rendered(
        "shop.html",
        shop=shop,
        cart=summary,
        words=words,
        category=category,
        categories=[(name, count, wording.drawing_of(name)) for name, count in categories],
        shelves=[wording.shelf_of(product, left[product.product_id]) for product in found.products],
        found=found.found,
        page=max(number, 1),
        pages=max(math.ceil(found.found / PAGE_SIZE), 1),
        here=_query(words, category, max(number, 1)),
        at_page=lambda other: _query(words, category, other),
        added=_cleaned(request.query_params.get("ajout", ""), 100),
    )


def _query(words: str, category: str, page: int) -> str:
    parts = {"q": words, "rayon": category, "page": str(page) if page > 1 else ""}
    return urlencode({name: value for name, value in parts.items() if value})


# --- the cart --------------------------------------------------------------------------------------------------------


def _summary(connection: Connection, shop_id: str, cart: carts.Cart) -> dict[str, Any]:
    """The cart with names, prices and stock of this moment; what is no longer on sale is in `gone`."""
    products = catalogue.products_on_sale(connection, shop_id, list(cart))
    left = stock.available_quantities(connection, shop_id, list(cart))
    lines: list[dict[str, Any]] = []
    for product_id, quantity in cart.items():
        product = products.get(product_id)
        if product is None:
            continue
        lines.append(
            {
                "shelf": wording.shelf_of(product, left[product_id], quantity),
                "quantity": wording.quantity_words(quantity, product.unit),
                "amount_minor": price_of(product.price, quantity, product.unit).minor,
                "too_much": product.stock_tracked and left[product_id] < quantity,
                "left": wording.quantity_words(left[product_id], product.unit) if left[product_id] else "",
            }
        )
    return {
        "lines": lines,
        "count": len(lines),
        "total_minor": sum(line["amount_minor"] for line in lines),
        "age_limit": max((line["shelf"].age_limit for line in lines), default=0),
        "gone": len(cart) - len(lines),
        "orderable": bool(lines) and not any(line["too_much"] for line in lines),
    }


@router.get("/boutiques/{slug}/panier")
def show_cart(request: Request, core: TheCore, slug: str) -> Response:
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        return _cart_page(core, shop, _summary(connection, shop.shop_id, _cart_of(request)))


def _cart_page(
    core: TheCore,
    shop: Row,
    summary: dict[str, Any],
    *,
    status: int = 200,
    problem: str = "",
    name: str = "",
    note: str = "",
    form: str = "",
) -> Response:
    form = form or orders.new_page_token(core.store.surroundings)
    return rendered("cart.html", status, shop=shop, cart=summary, problem=problem, name=name, note=note, form=form)


@router.post("/boutiques/{slug}/panier")
def add_to_cart(
    request: Request,
    core: TheCore,
    slug: str,
    product_id: Annotated[str, Form()] = "",
    quantity: Annotated[str, Form()] = "",
    here: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Put a product into the cart and go back to the shelves where it was found."""
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        product = catalogue.products_on_sale(connection, shop.shop_id, [_cleaned(product_id, 64)]).get(product_id)
    if product is None:
        return _see(f"/boutiques/{slug}/panier")
    cart = carts.with_more(_cart_of(request), product_id, _amount(quantity) or 1)
    back = f"{here}&" if re.fullmatch(r"[A-Za-z0-9=&%+._~-]*", here) and here else ""
    added = urlencode({"ajout": product.name})
    return _keep_cart(_see(f"/boutiques/{slug}?{back}{added}"), slug, cart)


@router.post("/boutiques/{slug}/panier/ligne")
def change_cart(
    request: Request,
    core: TheCore,
    slug: str,
    product_id: Annotated[str, Form()] = "",
    quantity: Annotated[str, Form()] = "",
    remove: Annotated[str, Form()] = "",
) -> Response:
    """Change a quantity; `remove`, or 0, takes the product out."""
    with core.store.reading() as connection:
        _shop(connection, slug)
    cart = carts.with_quantity(_cart_of(request), product_id, 0 if remove else _amount(quantity))
    return _keep_cart(_see(f"/boutiques/{slug}/panier"), slug, cart)


def _amount(text: str) -> int:
    return min(int(text), carts.MAX_QUANTITY) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# --- the order -------------------------------------------------------------------------------------------------------


@router.post("/boutiques/{slug}/commander")
def order_now(
    request: Request,
    core: TheCore,
    slug: str,
    name: Annotated[str, Form()] = "",
    payment: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
) -> Response:
    """Place the order in the cart. The same form sent twice places one order and shows it twice."""
    cart = _cart_of(request)
    customer, wish = _cleaned(name, LONGEST_NAME), _cleaned(note, LONGEST_NOTE)
    token = form if _TOKEN.match(form) else orders.new_page_token(core.store.surroundings)
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        done = orders.order_of_page(connection, shop.shop_id, token)
    if done is not None:
        return _keep_cart(_see(f"/boutiques/{slug}/commande/{token}"), slug, {})
    refusal = ""
    if len(customer) < 2 or payment not in ("now", "counter"):
        refusal = "Indiquez votre nom et comment vous payez."
    else:
        with core.store.writing(shop.shop_id) as transaction:
            items = [orders.Item(product_id, quantity) for product_id, quantity in cart.items()]
            placed = orders.place_order(
                transaction,
                items,
                customer,
                prepaid=payment == "now",
                page_token=token,
                note=wish,
                language=first_language(request.headers.get("accept-language", "")),
            )
        if isinstance(placed, orders.PlacedOrder):
            return _keep_cart(_see(f"/boutiques/{slug}/commande/{token}"), slug, {})
        refusal = _refusal_words(placed)
    with core.store.reading() as connection:
        summary = _summary(connection, shop.shop_id, cart)
    return _cart_page(core, shop, summary, status=422, problem=refusal, name=customer, note=wish, form=token)


def _refusal_words(refused: orders.OrderRefused) -> str:
    words = sentence(refused.reason, FRENCH)
    return f"{refused.label}\u00a0: {words[0].lower()}{words[1:]}" if refused.label else words


@router.get("/boutiques/{slug}/commande/{token}")
def show_order(core: TheCore, slug: str, token: str) -> Response:
    """The customer's page of an order: how far it is, the codes to show or say, what was ordered."""
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        row = _order_of(connection, shop, token)
        order = orders.show_order(connection, shop.shop_id, row.order_id) or {}
        results = orders.results_of(connection, row.order_id)
        code = orders.pickup_code_of(connection, row)
    progress = wording.progress_of(order, core.store.surroundings.now())
    lines = order["lines"]
    owed = wording.owed_minor(lines, [results.get(line["line_no"]) for line in lines])
    return rendered(
        "order.html",
        shop=shop,
        order=order,
        progress=progress,
        steps=wording.STEPS,
        qr=Markup(qr_svg(code)) if progress.collectable else "",  # noqa: S704  # our own drawing of our own code
        code=code,
        lines=[wording.line_words(line, results.get(line["line_no"])) for line in lines],
        owed_minor=owed,
        due_minor=max(owed - order["paid_minor"], 0),
        refund_minor=max(order["paid_minor"] - owed, 0),
        age_limit=max(line["age_limit"] for line in lines),
        keep_until=day_in_words(time_of(order["keep_until"])),
        change_at=f"/boutiques/{slug}/commande/{token}/modifier" if order_edits.may_change(row) else "",
    )


# --- changing it -----------------------------------------------------------------------------------------------------


@router.get("/boutiques/{slug}/commande/{token}/modifier")
def show_change(request: Request, core: TheCore, slug: str, token: str) -> Response:
    """What was ordered, to take less, more or out, and what is in the cart, to add."""
    return _change_page(request, core, slug, token)


@router.post("/boutiques/{slug}/commande/{token}/modifier")
def change_order(
    request: Request,
    core: TheCore,
    slug: str,
    token: str,
    product_id: Annotated[list[str] | None, Form()] = None,
    quantity: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make the order what the form says. The same form sent twice changes it once."""
    wanted = zip(product_id or (), quantity or (), strict=False)
    items = [orders.Item(_cleaned(id_, 64), _amount(chosen)) for id_, chosen in wanted]
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        row = _order_of(connection, shop, token)
    with core.store.writing(shop.shop_id) as transaction:
        edited = order_edits.edit_order(transaction, row.order_id, items)
    if isinstance(edited, orders.OrderRefused):
        return _change_page(request, core, slug, token, status=422, problem=_refusal_words(edited))
    added = {item.product_id for item in items if item.quantity}
    left = {id_: amount for id_, amount in _cart_of(request).items() if id_ not in added}
    return _keep_cart(_see(f"/boutiques/{slug}/commande/{token}"), slug, left)


def _change_page(
    request: Request, core: TheCore, slug: str, token: str, *, status: int = 200, problem: str = ""
) -> Response:
    with core.store.reading() as connection:
        shop = _shop(connection, slug)
        row = _order_of(connection, shop, token)
        lines = orders.show_order(connection, shop.shop_id, row.order_id) or {}
        ordered = {line["product_id"]: line for line in lines["lines"]}
        chosen = {**_cart_of(request), **{id_: line["quantity"] for id_, line in ordered.items()}}
        products = catalogue.products_on_sale(connection, shop.shop_id, list(chosen))
        left = stock.available_quantities(connection, shop.shop_id, list(chosen))
    choices = [
        wording.line_to_change(products.get(id_), ordered.get(id_), left[id_], quantity)
        for id_, quantity in chosen.items()
        if id_ in ordered or id_ in products
    ]
    return rendered(
        "change.html",
        status,
        shop=shop,
        order=row,
        token=token,
        problem=problem,
        lines=sorted(choices, key=lambda line: line.is_new),
        may_change=order_edits.may_change(row),
    )


def _order_of(connection: Connection, shop: Row, token: str) -> Row:
    row = orders.order_of_page(connection, shop.shop_id, token) if _TOKEN.match(token) else None
    if row is None:
        raise ProblemRaised(404, "not_found")
    return row
