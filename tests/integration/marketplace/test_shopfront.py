"""The shop front as a customer's browser goes through it: choose, order, see the codes, follow the order."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
import requests

from app.domain.pickup_code import parse_pickup_code
from app.marketplace.orders import cancel_order
from app.marketplace.shopfront.cart import read_cart, write_cart
from tests.integration.marketplace.world import BREAD, CHEESE, HIDDEN, TIMEOUT_S, WINE, WRAPPING, AShop, Till, a_result


class Browser:
    """A customer in one shop."""

    def __init__(self, shop: AShop) -> None:
        self.shop = shop
        self.base = f"{shop.running.url}/boutiques/{shop.shop_id}"
        self.session = requests.Session()

    def get(self, path: str = "") -> str:
        answer = self.session.get(self.base + path, timeout=TIMEOUT_S)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def post(self, path: str, **form: str | int) -> requests.Response:
        return self.session.post(self.base + path, data=form, timeout=TIMEOUT_S)

    def choose(self, product_id: str, quantity: int) -> None:
        assert self.post("/panier", product_id=product_id, quantity=quantity).status_code == 200

    def form(self) -> str:
        found = re.search(r'name="form" value="([^"]+)"', self.get("/panier"))
        assert found
        return found[1]

    def order(self, payment: str = "now", name: str = "Léa <b>Delattre</b>", form: str = "") -> requests.Response:
        return self.post("/commander", name=name, payment=payment, note="", form=form or self.form())


@pytest.fixture
def browser(shop: AShop) -> Browser:
    return Browser(shop)


def test_from_the_shelf_to_the_counter(browser: Browser, shop: AShop, till: Till) -> None:
    home = requests.get(f"{shop.running.url}/", timeout=TIMEOUT_S).text
    assert f'href="/boutiques/{shop.shop_id}"' in home
    shelves = browser.get()
    assert "Pain de campagne" in shelves
    assert "Réservé au comptoir" not in shelves
    assert "17,90\u00a0€\u00a0/\u00a0kg" in shelves
    browser.choose(BREAD, 2)
    browser.choose(CHEESE, 400)
    browser.choose(WRAPPING, 1)
    cart = browser.get("/panier")
    assert "16,06\u00a0€" in cart  # 2 x 3,20 + 0,4 x 17,90 + 2,50
    page = browser.order("counter")
    text = unescape(page.text)
    assert page.status_code == 200
    assert "Votre commande est bien reçue" in text
    assert "&lt;b&gt;" in page.text, "a name is text, never markup"
    assert "À payer au comptoir" in text
    (change,) = [c for c in till.pages()[0] if c["kind"] == "order"]
    order = change["data"]
    assert order["customer_name"] == "Léa <b>Delattre</b>"
    assert (order["total_minor"], order["paid_minor"]) == (1606, 0)
    assert order["spoken_code"][:3] in text
    assert order["spoken_code"][3:] in text
    assert f"commande {order['number']}" in text
    assert "Votre panier est vide" in browser.get("/panier")
    self_check = _code_in_picture(page.text)
    assert parse_pickup_code(self_check) is not None
    assert parse_pickup_code(self_check).reference == order["reference"]  # type: ignore[union-attr]  # checked above


def _code_in_picture(html: str) -> str:
    """Draw the page's QR on a bitmap and read it as a camera would."""
    import zxingcpp
    from PIL import Image, ImageDraw

    svg = re.search(r'<svg class="qr" viewBox="0 0 (\d+) \d+".*?d="([^"]+)"', html, re.DOTALL)
    assert svg
    size, scale = int(svg[1]), 4
    assert size == 25 + 8, "version 2 and the quiet zone"
    picture = Image.new("L", (size * scale, size * scale), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", svg[2]):
        left, top = int(x) * scale, int(y) * scale
        draw.rectangle((left, top, left + int(width) * scale - 1, top + scale - 1), fill=0)
    read = zxingcpp.read_barcode(picture)
    assert read is not None
    return str(read.text)


def test_the_page_follows_the_order(browser: Browser, shop: AShop, till: Till) -> None:
    browser.choose(BREAD, 2)
    browser.choose(CHEESE, 400)
    url = browser.order("now").url
    (order_id,) = [c["id"] for c in till.pages()[0] if c["kind"] == "order"]

    def page() -> str:
        return unescape(browser.session.get(url, timeout=TIMEOUT_S).text)

    assert "Payée en ligne" in page()
    lines = [a_result(1, "", 0, "missing", amount_minor=0), a_result(2, CHEESE, 420, "weighed", amount_minor=752)]
    till.tell("order_prepared", "order:1", {"order_id": order_id, "lines": lines})
    assert "Votre commande est en préparation" in page()
    till.tell("order_ready", "order:1", {"order_id": order_id, "lines": lines, "bags": 1, "shelf": "B2"})
    ready = page()
    assert "Votre commande est prête" in ready
    assert "Indisponible, non facturé" in ready
    assert "420\u00a0g" in ready
    assert "6,04\u00a0€ vous seront rendus" in ready  # 13,56 paid, 7,52 owed
    till.tell("order_handed_over", "order:1", till.handover(order_id, (1, BREAD, 2), (2, CHEESE, 420)))
    done = page()
    assert "Votre commande vous a été remise" in done
    assert 'class="qr"' not in done


def test_a_cancelled_order_shows_no_code(browser: Browser, shop: AShop, till: Till) -> None:
    browser.choose(BREAD, 2)
    url = browser.order().url
    (order_id,) = [c["id"] for c in till.pages()[0] if c["kind"] == "order"]
    with shop.store.writing(shop.shop_id) as transaction:
        cancel_order(transaction, order_id)
    text = browser.session.get(url, timeout=TIMEOUT_S).text
    assert "Cette commande est annulée" in text
    assert 'class="qr"' not in text


def test_the_same_form_twice_is_one_order(browser: Browser, shop: AShop, till: Till) -> None:
    browser.choose(BREAD, 2)
    form = browser.form()
    cookies = browser.session.cookies.copy()
    first = browser.order(form=form)
    browser.session.cookies = cookies
    second = browser.order(form=form)
    assert (first.url, second.status_code) == (second.url, 200)
    assert shop.promised(BREAD) == 2


@pytest.mark.parametrize(("asked", "told"), [("en-GB,fr;q=0.5", "en"), ("fr-FR", "fr"), ("*", "")])
def test_a_customers_language_goes_with_the_order(
    browser: Browser, shop: AShop, till: Till, asked: str, told: str
) -> None:
    browser.choose(BREAD, 1)
    browser.session.headers["Accept-Language"] = asked
    browser.order()
    (order,) = [change["data"] for change in till.pages()[0] if change["kind"] == "order"]
    assert order["language"] == told


def test_what_is_no_longer_there_is_said(browser: Browser, shop: AShop) -> None:
    browser.choose(WINE, 4)
    shop.order((WINE, 5))
    answer = browser.order()
    assert answer.status_code == 422
    assert "Bordeaux" in answer.text
    assert "n’en reste que 1" in unescape(answer.text)
    assert "Il ne reste pas assez" in browser.order().text or "il ne reste pas assez" in browser.order().text
    browser.post("/panier/ligne", product_id=WINE, quantity=4, remove="yes")
    assert "Votre panier est vide" in browser.get("/panier")


@pytest.mark.parametrize(("name", "payment"), [("", "now"), ("\x00 \x01", "now"), ("Léa", ""), ("Léa", "bitcoin")])
def test_an_incomplete_form_places_nothing(browser: Browser, shop: AShop, name: str, payment: str) -> None:
    browser.choose(BREAD, 1)
    answer = browser.order(payment, name=name or " ")
    assert answer.status_code == 422
    assert "Indiquez votre nom" in answer.text
    assert shop.promised(BREAD) == 0


def test_search_ignores_accents_case_and_order(browser: Browser) -> None:
    assert "Maroilles à la coupe" in browser.get("?q=COUPÉ+maroill")
    assert "Pain de campagne" in browser.get("?rayon=Boulangerie")
    assert "Rien ne correspond" in browser.get("?q=%25_%00zzz")
    assert "Bordeaux" not in browser.get("?rayon=Boulangerie")


def test_nothing_a_browser_sends_breaks_a_page(browser: Browser, shop: AShop) -> None:
    odd = ["?page=99999999999", "?page=x", "?page=0", "?q=" + "a" * 5000, "?rayon=%00", "?q=%ff%fe", "?ajout=<script>"]
    for query in odd:
        assert "<script>" not in browser.session.get(browser.base + query, timeout=TIMEOUT_S).text
        assert browser.session.get(browser.base + query, timeout=TIMEOUT_S).status_code == 200
    for path in ("/commande/x", "/commande/" + "A" * 24, "/nothing", "/commande/%00"):
        answer = browser.session.get(browser.base + path, timeout=TIMEOUT_S)
        assert answer.status_code == 404
        assert "Cette page n’existe pas" in answer.text
    for cookie in ("x", "e30", "bnVsbA", "W10", "eyJhIjotMX0", "é".encode().hex(), "A" * 6000):
        answer = requests.get(f"{browser.base}/panier", cookies={"panier": cookie}, timeout=TIMEOUT_S)
        assert "Votre panier est vide" in answer.text
    for form in ({"product_id": "\x00", "quantity": "1"}, {"product_id": HIDDEN, "quantity": "9" * 400}, {}):
        assert requests.post(f"{browser.base}/panier", data=form, timeout=TIMEOUT_S).status_code == 200
    files = {"name": ("x", io.BytesIO(b"x"))}
    assert requests.post(f"{browser.base}/commander", files=files, timeout=TIMEOUT_S).status_code == 422
    away = requests.post(
        f"{browser.base}/panier",
        data={"product_id": BREAD, "quantity": "1", "here": "//elsewhere.example"},
        allow_redirects=False,
        timeout=TIMEOUT_S,
    )
    assert away.headers["location"].startswith(f"/boutiques/{shop.shop_id}?")


def test_pages_take_nothing_from_elsewhere(browser: Browser, shop: AShop) -> None:
    browser.choose(BREAD, 1)
    answer = browser.order()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    for source in re.findall(r'(?:src|href)="([^"#]+)"', answer.text):
        assert source.startswith("/"), source
        local = requests.get(shop.running.url + source, timeout=TIMEOUT_S)
        assert local.status_code == 200, source
        assert not re.search(r"https?://(?!www\.w3\.org/)", local.text), source
    assert 'style="' not in answer.text


def test_another_shops_order_page_is_not_here(browser: Browser, shop: AShop, other_shop: AShop) -> None:
    browser.choose(BREAD, 1)
    token = browser.order().url.rsplit("/", 1)[1]
    url = f"{shop.running.url}/boutiques/{other_shop.shop_id}/commande/{token}"
    assert requests.get(url, timeout=TIMEOUT_S).status_code == 404


def test_a_cart_comes_back_as_it_was_put_down() -> None:
    cart = {"bread": 2, "cheese": 400}
    assert read_cart(write_cart(cart)) == cart


def test_a_customer_changes_an_order_until_it_is_ready(browser: Browser, shop: AShop, till: Till) -> None:
    browser.choose(BREAD, 2)
    browser.choose(WINE, 1)
    page = browser.order("counter")
    address = page.url.removeprefix(browser.base)
    assert "Modifier ma commande" in page.text
    browser.choose(CHEESE, 500)
    form = browser.get(f"{address}/modifier")
    assert re.findall(r'name="product_id" value="([^"]+)"', form) == [BREAD, WINE, CHEESE]
    assert "De votre panier" in form
    wish = {"product_id": [BREAD, WINE, CHEESE], "quantity": ["3", "0", "500"]}
    for _ in range(2):  # a form may be sent twice
        changed = browser.session.post(f"{browser.base}{address}/modifier", data=wish, timeout=TIMEOUT_S)
        assert (changed.status_code, changed.url) == (200, page.url)
    (order,) = [c["data"] for c in till.pages()[0] if c["kind"] == "order"]
    assert [(line["product_id"], line["quantity"]) for line in order["lines"]] == [(BREAD, 3), (CHEESE, 500)]
    assert (order["version"], order["total_minor"]) == (2, 960 + 895)
    assert "Votre panier est vide" in browser.get("/panier")
    too_much = {"product_id": [BREAD], "quantity": ["900"]}
    refused = browser.session.post(f"{browser.base}{address}/modifier", data=too_much, timeout=TIMEOUT_S)
    assert refused.status_code == 422
    assert "Pain de campagne" in refused.text
    till.tell("order_ready", "order:1", {"order_id": order["order_id"], "lines": []})
    assert "Modifier ma commande" not in browser.get(address)
    assert "ne peut plus être modifiée" in browser.get(f"{address}/modifier")
    late = browser.session.post(f"{browser.base}{address}/modifier", data=wish | {"quantity": ["1"]}, timeout=60)
    assert late.status_code == 422
    assert "déjà prête" in unescape(late.text)
    for nonsense in ({}, {"product_id": ["x"]}, {"product_id": ["", "\x00"], "quantity": ["-1", "1e9"]}):
        answer = browser.session.post(f"{browser.base}{address}/modifier", data=nonsense, timeout=TIMEOUT_S)
        assert answer.status_code == 422
    stranger = browser.session.get(f"{browser.base}/commande/{'A' * 24}/modifier", timeout=TIMEOUT_S)
    assert stranger.status_code == 404
