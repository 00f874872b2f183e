"""Owns a customer with a browser: fills the shop front's own forms over HTTP and reads its pages. Knows no API.

What it gives back is what a person sees: number, spoken code, the QR's drawing, how far the order is.
"""

from __future__ import annotations

import html
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order's page. `qr_svg` is "" once there is nothing to collect."""

    url: str
    number: str
    headline: str
    spoken_code: str
    qr_svg: str


class PageNotAsExpected(Exception):
    """The shop front showed something else; the text says what was looked for."""


class WebCustomer:
    """One browser with its own cookies."""

    def __init__(self, shop_url: str) -> None:
        self._shop_url = shop_url
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def order(self, basket: dict[str, int], name: str, *, prepaid: bool) -> OrderPage:
        """Put articles (product id: base units) into the cart, give a name, order; returns the order's page."""
        for product_id, quantity in basket.items():
            self._post("/panier", product_id=product_id, quantity=str(quantity), here="")
        _url, cart = self._get(self._shop_url + "/panier")
        form = _one(r'name="form" value="([^"]+)"', cart)
        payment = "now" if prepaid else "counter"
        url, page = self._post("/commander", name=name, payment=payment, note="", form=form)
        return _order_page(url, page)

    def change(self, page: OrderPage, basket: dict[str, int]) -> OrderPage:
        """Order other quantities of these articles; returns the order's page."""
        fields = [
            pair for item in basket.items() for pair in zip(("product_id", "quantity"), map(str, item), strict=True)
        ]
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{page.url}/modifier", body)  # noqa: S310  # our own server on loopback
        return _order_page(*self._open(request))

    def look_again(self, page: OrderPage) -> OrderPage:
        """Reload the order's page."""
        return _order_page(*self._get(page.url))

    def _get(self, url: str) -> tuple[str, str]:
        return self._open(urllib.request.Request(url))  # noqa: S310  # our own server on loopback

    def _post(self, path: str, **fields: str) -> tuple[str, str]:
        body = urllib.parse.urlencode(fields).encode()
        return self._open(urllib.request.Request(self._shop_url + path, body))  # noqa: S310  # the same

    def _open(self, request: urllib.request.Request) -> tuple[str, str]:
        with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
            return str(answer.url), answer.read().decode("utf-8")


def _order_page(url: str, page: str) -> OrderPage:
    svg = re.search(r"<svg class=\"qr\".*?</svg>", page, re.DOTALL)
    spoken = re.search(r'class="spoken"[^>]*><span>(\w+)</span><span>(\w+)</span>', page)
    return OrderPage(
        url,
        _one(r"Commande n° <strong>([^<]+)</strong>", page),
        html.unescape(_one(r"<h1[^>]*>([^<]+)</h1>", page)),
        spoken.group(1) + spoken.group(2) if spoken else "",
        svg.group(0) if svg else "",
    )


def _one(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise PageNotAsExpected(pattern)
    return match.group(1)
