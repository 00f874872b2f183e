"""The REST API v3 in front of `FakeWooCommerce`, as a transport adapter of requests: who may, lists and their pages,
errors as they were seen. Faults are the kit's (`Wire`).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.server
import io
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

from tests.fakes.fake_woocommerce import STATUSES, FakeOrder, FakeProduct, FakeWooCommerce, WooError, gmt_text

_API = "/wp-json/wc/v3"
_CLOCK_MAY_BE_OFF = timedelta(minutes=15)
_MOST_A_PAGE, _MOST_A_BATCH = 100, 100
_HTML = b"<html><title>Not found</title></html>"


class FakeWooAdapter(BaseAdapter):
    """Carries requests to the fake in this process. Attributes: asked: method and path with its query, oldest first."""

    def __init__(self, shop: FakeWooCommerce) -> None:
        super().__init__()
        self._shop = shop
        self._nonces: set[str] = set()
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        method, path = request.method or "GET", parts.path
        self.asked.append(f"{method} {path}?{parts.query}")
        headers = [("Content-Type", "application/json"), ("Date", format_datetime(self._shop.now(), usegmt=True))]
        _, found_api, below = path.partition("/wp-json/")
        if not found_api:
            return _response(request, 404, [("Content-Type", "text/html")], _HTML)
        try:
            self._let_in(request, parts.scheme, f"{parts.scheme}://{parts.netloc}{path}", query)
            body = json.loads(request.body) if request.body else {}
            found, more = self._answer(method, f"/wp-json/{below}", query, body, request.url or "")
            return _response(request, 200, [*headers, *more], json.dumps(found).encode())
        except WooError as error:
            told = {"code": error.code, "message": error.message, "data": {"status": error.status}}
            return _response(request, error.status, headers, json.dumps(told).encode())

    def close(self) -> None:
        pass

    # --- who may ---

    def _let_in(self, request: requests.PreparedRequest, scheme: str, url: str, query: Mapping[str, str]) -> None:
        if scheme == "https":
            told = base64.b64encode(f"{self._shop.key}:{self._shop.secret}".encode()).decode()
            if request.headers.get("Authorization") != f"Basic {told}":
                raise WooError(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
        else:
            self._check_signature(request.method or "GET", url, query)
        if request.method != "GET" and not self._shop.may_write:
            raise WooError(401, "woocommerce_rest_authentication_error", "The key does not have write permissions.")

    def _check_signature(self, method: str, url: str, query: Mapping[str, str]) -> None:
        if "oauth_signature" not in query:
            raise WooError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if query.get("oauth_consumer_key") != self._shop.key:
            raise WooError(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
        pairs = sorted((_enc(key), _enc(value)) for key, value in query.items() if key != "oauth_signature")
        base = "&".join((method, _enc(url), _enc("&".join(f"{key}={value}" for key, value in pairs))))
        digest = hmac.new(f"{self._shop.secret}&".encode(), base.encode(), hashlib.sha256).digest()
        if query["oauth_signature"] != base64.b64encode(digest).decode():
            raise WooError(401, "woocommerce_rest_authentication_error", "Invalid signature - provided does not match.")
        signed_at = datetime.fromtimestamp(int(query["oauth_timestamp"]), UTC)
        if abs(signed_at - self._shop.now()) > _CLOCK_MAY_BE_OFF:
            raise WooError(401, "woocommerce_rest_authentication_error", "Invalid timestamp.")
        if query["oauth_nonce"] in self._nonces:
            raise WooError(401, "woocommerce_rest_authentication_error", "Invalid nonce - nonce has already been used.")
        self._nonces.add(query["oauth_nonce"])

    # --- what is asked ---

    def _answer(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any], url: str
    ) -> tuple[Any, list[tuple[str, str]]]:
        if path == "/wp-json/":
            return {"name": "La Boutique de Lyon"}, []
        rest = path.removeprefix(_API)
        for pattern, call in _ROUTES.items():
            verb, _, shape = pattern.partition(" ")
            found = re.fullmatch(shape, rest)
            if found and verb == method:
                answer = call(self, [int(one) for one in found.groups()], query, body)
                if isinstance(answer, _Listed):
                    return self._page(answer.records, query, url)
                return _with_fields(answer, query), []
        raise WooError(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _page(
        self, records: Sequence[Mapping[str, Any]], query: Mapping[str, str], url: str
    ) -> tuple[Any, list[tuple[str, str]]]:
        size, number = int(query.get("per_page", "10")), int(query.get("page", "1"))
        if not 1 <= size <= _MOST_A_PAGE:
            raise WooError(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        pages = -(-len(records) // size)
        headers = [("X-WP-Total", str(len(records))), ("X-WP-TotalPages", str(pages))]
        if number < pages:
            headers.append(("Link", f'<{url}&page={number + 1}>; rel="next"'))
        return [_with_fields(one, query) for one in records[(number - 1) * size : number * size]], headers

    # --- orders ---

    def orders(self, _ids: list[int], query: Mapping[str, str], _body: Mapping[str, Any]) -> _Listed:
        wanted = query.get("status", "any").split(",")
        for status in wanted:
            if status not in (*STATUSES, "any", "trash", "checkout-draft"):
                raise WooError(400, "rest_invalid_param", "Invalid parameter(s): status[0]")
        found = [order for order in self._shop.orders.values() if _is_listed(order, wanted)]
        found = [order for order in found if self._is_after(order.modified, query)]
        found = [order for order in found if _is_included(order.order_id, query)]
        shown = [self._shop.order_shown(order) for order in _sorted(found, query)]
        return _Listed([one for one in shown for _ in range(2)] if self._shop.lists_twice else shown)

    def _is_after(self, modified: datetime, query: Mapping[str, str]) -> bool:
        """Strictly; local time of the shop unless it is told otherwise."""
        after = query.get("modified_after")
        if after is None:
            return True
        is_gmt = query.get("dates_are_gmt") == "true" or after.endswith("Z")
        return (gmt_text(modified) if is_gmt else self._shop.local_text(modified)) > after.removesuffix("Z")

    def _order(self, order_id: int) -> FakeOrder:
        order = self._shop.orders.get(order_id)
        if order is None:
            raise WooError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return order

    def order(self, ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return self._shop.order_shown(self._order(ids[0]))

    def change_order(self, ids: list[int], _query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        self._order(ids[0])
        return self._shop.order_shown(self._shop.change_order(ids[0], body))

    def notes(self, ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return [
            {"id": note_id, "note": text, "customer_note": to_customer}
            for note_id, text, to_customer in reversed(self._order(ids[0]).notes)
        ]

    def add_note(self, ids: list[int], _query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        self._order(ids[0])
        to_customer = bool(body.get("customer_note"))
        note_id = self._shop.add_note(ids[0], str(body["note"]), to_customer=to_customer)
        return {"id": note_id, "note": body["note"], "customer_note": to_customer}

    def refunds(self, ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> _Listed:
        order = self._order(ids[0])
        return _Listed([self._shop.refund_shown(order, refund) for refund in order.refunds])

    # --- articles ---

    def products(self, ids: list[int], query: Mapping[str, str], _body: Mapping[str, Any]) -> _Listed:
        parent = ids[0] if ids else 0
        found = [one for one in self._shop.products.values() if one.parent == parent]
        found = [one for one in found if self._is_after(one.modified, query) and _is_included(one.product_id, query)]
        return _Listed([self._shop.product_shown(one) for one in _sorted(found, query)])

    def _product(self, ids: list[int]) -> FakeProduct:
        product = self._shop.products.get(ids[-1])
        if product is None or product.parent != (ids[0] if len(ids) == 2 else 0):
            raise WooError(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return product

    def product(self, ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return self._shop.product_shown(self._product(ids))

    def change_product(self, ids: list[int], _query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        product = self._product(ids)
        return self._shop.product_shown(self._shop.change_product(product.product_id, body))

    def batch(self, _ids: list[int], _query: Mapping[str, str], body: Mapping[str, Any]) -> Any:
        """Each item by itself: some may fail, the others are done."""
        items = body.get("update", [])
        if len(items) > _MOST_A_BATCH:
            raise WooError(413, "woocommerce_rest_request_entity_too_large", "Unable to accept more than 100 items.")
        told = []
        for item in items:
            try:
                told.append(self.change_product([int(item["id"])], {}, item))
            except WooError as error:
                told.append({"id": item["id"], "error": {"code": error.code, "message": error.message}})
        return {"update": told} if told else {}

    # --- the shop ---

    def taxes(self, _ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> _Listed:
        return _Listed(self._shop.rates_shown())

    def prices_include_tax(self, _ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return {"id": "woocommerce_prices_include_tax", "value": "yes" if self._shop.prices_include_tax else "no"}

    def system_status(self, _ids: list[int], _query: Mapping[str, str], _body: Mapping[str, Any]) -> Any:
        return {"environment": {"version": "10.0.2"}, "settings": {"currency": self._shop.currency}, "theme": {}}


class _Listed:
    """A list that is told in pages."""

    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self.records = records


_ROUTES: Mapping[str, Any] = {
    r"GET /orders": FakeWooAdapter.orders,
    r"GET /orders/(\d+)": FakeWooAdapter.order,
    r"PUT /orders/(\d+)": FakeWooAdapter.change_order,
    r"GET /orders/(\d+)/notes": FakeWooAdapter.notes,
    r"POST /orders/(\d+)/notes": FakeWooAdapter.add_note,
    r"GET /orders/(\d+)/refunds": FakeWooAdapter.refunds,
    r"GET /products": FakeWooAdapter.products,
    r"GET /products/(\d+)": FakeWooAdapter.product,
    r"PUT /products/(\d+)": FakeWooAdapter.change_product,
    r"GET /products/(\d+)/variations": FakeWooAdapter.products,
    r"GET /products/(\d+)/variations/(\d+)": FakeWooAdapter.product,
    r"PUT /products/(\d+)/variations/(\d+)": FakeWooAdapter.change_product,
    r"POST /products/batch": FakeWooAdapter.batch,
    r"GET /taxes": FakeWooAdapter.taxes,
    r"GET /settings/tax/woocommerce_prices_include_tax": FakeWooAdapter.prices_include_tax,
    r"GET /system_status": FakeWooAdapter.system_status,
}


def _is_listed(order: FakeOrder, wanted: Sequence[str]) -> bool:
    if order.in_bin:
        return "trash" in wanted
    return "any" in wanted or order.status in wanted


def _is_included(record_id: int, query: Mapping[str, str]) -> bool:
    return "include" not in query or str(record_id) in query["include"].split(",")


def _sorted(found: Sequence[Any], query: Mapping[str, str]) -> list[Any]:
    by_id = query.get("orderby") == "id"
    return sorted(
        found,
        key=lambda one: _id_of(one) if by_id else (gmt_text(one.modified), _id_of(one)),
        reverse=query.get("order", "desc") == "desc",
    )


def _id_of(one: Any) -> int:
    return int(one.order_id if isinstance(one, FakeOrder) else one.product_id)


def _with_fields(record: Any, query: Mapping[str, str]) -> Any:
    names = query.get("_fields", "").split(",")
    return (
        record
        if names == [""] or not isinstance(record, dict)
        else {key: record[key] for key in names if key in record}
    )


def _enc(text: str) -> str:
    return quote(text, safe="~")


def _response(
    request: requests.PreparedRequest, status: int, headers: Sequence[tuple[str, str]], body: bytes
) -> requests.Response:
    told = HTTPHeaderDict(list(headers))
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(told)
    response.raw = HTTPResponse(
        io.BytesIO(body), headers=told, status=status, preload_content=False, request_method=request.method
    )
    response.request = request
    response.url = request.url or ""
    return response


@contextlib.contextmanager
def on_loopback(shop: FakeWooCommerce) -> Iterator[str]:
    """The address at which the fake answers over real sockets."""
    adapter = FakeWooAdapter(shop)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = requests.PreparedRequest()
            asked.method, asked.url = self.command, f"http://{self.headers['Host']}{self.path}"
            asked.headers = CaseInsensitiveDict(self.headers.items())
            asked.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = adapter.send(asked)
            body = answer.content
            self.send_response_only(answer.status_code)
            for name, value in [*answer.headers.items(), ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_POST = do_GET  # noqa: N815  # names of the standard library

        def log_message(self, *words: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
