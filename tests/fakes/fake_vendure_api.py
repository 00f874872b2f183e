"""The Admin API of `FakeVendure`, as far as tills use it: told apart by the operation's name, without a look at which
fields are asked for. Errors in HTTP 200, sessions in a header, the `Date` of each answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TypeVar

from tests.fakes.fake_vendure import ErrorResult, FakeVendure, Fulfilment, GraphQlError, Order, Payment, Variant

Data = Mapping[str, Any]
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class FakeAdminApi:
    """Answers requests, one at a time. `asked`: names of the operations, oldest first; `declines`: codes by name of
    those that are not answered."""

    def __init__(self, vendure: FakeVendure) -> None:
        self._vendure = vendure
        self._lock = threading.Lock()
        self.asked: list[str] = []
        self.declines: dict[str, str] = {}
        self._after: dict[str, Callable[[], object]] = {}
        self._operations: Mapping[str, Callable[[Data], Any]] = {
            "ComptoirOrders": self._orders,
            "ComptoirNewestOrder": self._orders,
            "ComptoirLetters": self._orders,
            "ComptoirVariants": self._variants,
            "ComptoirStock": self._variants,
            "ComptoirStockJournal": self._journals,
            "ComptoirSetStock": self._set_stock,
            "ComptoirFulfil": self._fulfil,
            "ComptoirTransition": self._transition,
            "ComptoirSettlePayment": self._settle,
            "ComptoirCancelLines": self._cancel_lines,
            "ComptoirPayAtCounter": self._pay_at_counter,
            "ComptoirMoveOrder": self._move_order,
            "ComptoirAddNote": self._add_note,
            "ComptoirNotes": self._notes,
            "ComptoirMoves": self._moves,
            "ComptoirStates": self._states,
            "ComptoirSettings": lambda _: {"globalSettings": {"trackInventory": True}},
            "ComptoirLink": self._link,
        }

    def on_first(self, name: str, then: Callable[[], object]) -> None:
        """What happens there once an operation of that name was answered, once."""
        self._after[name] = then

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        with self._lock:
            return self._answer(path, {name.lower(): value for name, value in headers.items()}, body)

    def _answer(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        if path != "/admin-api":
            return self._html(404)
        try:
            asked = json.loads(body)
            name, variables = asked["operationName"], asked["variables"]
        except (ValueError, KeyError):
            return self._html(400)
        self.asked.append(name)
        try:
            if name == "ComptoirLogin":
                return self._log_in(variables)
            self._let_in(headers)
            if name in self.declines:
                raise GraphQlError(self.declines[name])
            if name not in self._operations:
                raise GraphQlError("GRAPHQL_VALIDATION_FAILED", 400)
            told = self._json({"data": self._operations[name](variables)})
            self._after.pop(name, lambda: None)()
            return told
        except GraphQlError as error:
            wrong = {"message": error.code.lower(), "extensions": {"code": error.code}}
            return self._json({"errors": [wrong], "data": None}, status=error.status)

    def _let_in(self, headers: Mapping[str, str]) -> None:
        if headers.get("vendure-token", "") != self._vendure.channel_token:
            raise GraphQlError("CHANNEL_NOT_FOUND")
        by_key = self._vendure.takes_api_keys and headers.get("vendure-api-key") == self._vendure.api_key
        session = headers.get("authorization", "").removeprefix("Bearer ")
        if not by_key and session not in self._vendure.sessions:
            raise GraphQlError("FORBIDDEN")

    def _log_in(self, variables: Data) -> HttpAnswer:
        if (variables["username"], variables["password"]) != (self._vendure.user, self._vendure.password):
            refusal = {"__typename": "InvalidCredentialsError", "errorCode": "INVALID_CREDENTIALS_ERROR", "message": ""}
            return self._json({"data": {"login": refusal}})
        session = f"session-{len(self.asked)}"
        self._vendure.sessions.add(session)
        shop = self._vendure
        channel = {"code": shop.channel_code, "token": shop.channel_token, "permissions": shop.permissions.split()}
        user = {"__typename": "CurrentUser", "channels": [channel]}
        return self._json({"data": {"login": user}}, {"vendure-auth-token": session})

    # --- reading ---

    def _orders(self, variables: Data) -> Data:
        options = variables["options"]
        found = [order for order in self._vendure.orders.values() if _matches(order, options.get("filter", {}))]
        some = _page(found, options, {"orderPlacedAt": lambda one: one.placed_at, "id": lambda one: int(one.order_id)})
        if self._vendure.lists_twice:
            some = [order for order in some for _ in range(2)]
        return {"orders": {"totalItems": len(found), "items": [order_json(order) for order in some]}}

    def _variants(self, variables: Data) -> Data:
        options = variables["options"]
        wanted = options.get("filter", {})
        after = _moment(wanted.get("updatedAt", {}).get("after"))
        ids = wanted.get("id", {}).get("in")
        found = [
            one
            for one in self._vendure.variants.values()
            if (ids is None or one.variant_id in ids) and (after is None or one.updated_at > after)
        ]
        some = _page(found, options, {"updatedAt": lambda one: one.updated_at, "id": lambda one: int(one.variant_id)})
        since = variables.get("since", {})
        items = [self._variant_json(one, since) for one in some]
        return {"productVariants": {"totalItems": len(found), "items": items}}

    def _journals(self, variables: Data) -> Data:
        numbers = range(sum(name.startswith("id") for name in variables))
        return {
            f"v{number}": self._variant_json(one, variables[f"since{number}"]) if one is not None else None
            for number in numbers
            for one in [self._vendure.variants.get(variables[f"id{number}"])]
        }

    def _variant_json(self, one: Variant, since: Data) -> Data:
        skip = since.get("skip", 0)
        journal = one.journal[skip : skip + since.get("take", 100)]
        levels = {**one.elsewhere, self._vendure.location: one.on_hand}
        return {
            "id": one.variant_id,
            "sku": one.sku,
            "name": one.name,
            "enabled": one.enabled,
            "updatedAt": _text(one.updated_at),
            "priceWithTax": one.price,
            "currencyCode": "EUR",
            "taxRateApplied": {"value": one.rate},
            "trackInventory": one.track,
            "stockLevels": [
                {"stockLocationId": place, "stockOnHand": level, "stockAllocated": one.allocated}
                for place, level in levels.items()
                if place == self._vendure.location  # others' locations are theirs alone
            ],
            "stockMovements": {
                "totalItems": len(one.journal),
                "items": [{"type": kind, "quantity": quantity} for kind, quantity in journal],
            },
            "product": {"id": f"p{one.variant_id}", "enabled": True},
        }

    def _notes(self, variables: Data) -> Data:
        order = self._vendure.orders.get(variables["id"])
        notes = [] if order is None else [{"data": {"note": note}} for note in order.notes]
        return {"order": None if order is None else {"history": {"items": notes}}}

    def _moves(self, variables: Data) -> Data:
        order = self._vendure.orders.get(variables["id"])
        told = [] if order is None else reversed(order.moves)
        moves = [{"data": {"fulfillmentId": int(one), "from": before, "to": after}} for one, before, after in told]
        return {"order": None if order is None else {"history": {"items": moves}}}

    def _states(self, variables: Data) -> Data:
        order = self._vendure.orders.get(variables["id"])
        told = [] if order is None else reversed(order.states_left)
        steps = [{"createdAt": _text(at), "data": {"from": before, "to": after}} for at, before, after in told]
        return {"order": None if order is None else {"history": {"items": steps}}}

    def _link(self, _: Data) -> Data:
        shop = self._vendure
        return {
            "activeChannel": {"code": shop.channel_code, "defaultCurrencyCode": "EUR"},
            "stockLocations": {"items": [{"id": shop.location, "name": "Boutique"}]},
            "shippingMethods": {"items": [{"code": code, "name": name} for code, name in shop.methods.items()]},
            "paymentMethods": {"items": [{"code": code, "name": name} for code, name in shop.payment_methods.items()]},
        }

    # --- writing ---

    def _set_stock(self, variables: Data) -> Data:
        """All or nothing."""
        if any(change["id"] not in self._vendure.variants for change in variables["input"]):
            raise GraphQlError("ENTITY_NOT_FOUND")
        for change in variables["input"]:
            for level in change["stockLevels"]:
                self._vendure.set_level(change["id"], level["stockOnHand"], level["stockLocationId"])
        return {"updateProductVariants": [{"id": change["id"]} for change in variables["input"]]}

    def _fulfil(self, variables: Data) -> Data:
        wish = variables["input"]
        said = {one["name"]: one["value"] for one in wish["handler"]["arguments"]}
        lines = {line["orderLineId"]: line["quantity"] for line in wish["lines"]}
        return {
            "addFulfillmentToOrder": _outcome(
                "Fulfillment", lambda: self._vendure.fulfil(lines, said["method"], said["trackingCode"])
            )
        }

    def _transition(self, variables: Data) -> Data:
        move = lambda: self._vendure.move_fulfilment(variables["id"], variables["state"])  # noqa: E731  # said once
        return {"transitionFulfillmentToState": _outcome("Fulfillment", move)}

    def _settle(self, variables: Data) -> Data:
        return {"settlePayment": _outcome("Payment", lambda: self._vendure.settle(variables["id"]))}

    def _pay_at_counter(self, variables: Data) -> Data:
        wish = variables["input"]
        pay = lambda: self._vendure.pay_edit(wish["orderId"], wish["transactionId"])  # noqa: E731  # said once
        return {"addManualPaymentToOrder": _outcome("Order", pay)}

    def _move_order(self, variables: Data) -> Data:
        move = lambda: self._vendure.move_order(variables["id"], variables["state"])  # noqa: E731  # said once
        return {"transitionOrderToState": _outcome("Order", move)}

    def _cancel_lines(self, variables: Data) -> Data:
        wish = variables["input"]
        units = {line["orderLineId"]: line["quantity"] for line in wish["lines"]}
        return {"cancelOrder": _outcome("Order", lambda: self._vendure.cancel(wish["orderId"], units))}

    def _add_note(self, variables: Data) -> Data:
        wish = variables["input"]
        self._vendure.orders[wish["id"]].notes.append(wish["note"])
        return {"addNoteToOrder": {"id": wish["id"]}}

    # --- answers ---

    def _json(self, told: Data, headers: Mapping[str, str] | None = None, status: int = 200) -> HttpAnswer:
        return self._told(status, "application/json; charset=utf-8", json.dumps(told).encode(), headers or {})

    def _html(self, status: int) -> HttpAnswer:
        return self._told(status, "text/html", b"<html>Cannot POST</html>", {})

    def _told(self, status: int, kind: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        date = format_datetime(self._vendure.now().astimezone(UTC), usegmt=True)
        return HttpAnswer(status, {"Content-Type": kind, "Date": date, **headers}, body)


def order_json(order: Order) -> Data:
    order.reads += 1
    first, last = order.customer
    return {
        "id": order.order_id,
        "code": order.code,
        "type": order.kind,
        "state": order.state,
        "updatedAt": _text(order.updated_at),
        "orderPlacedAt": None if order.placed_at is None else _text(order.placed_at),
        "currencyCode": "EUR",
        "totalWithTax": "a lot" if order.broken else order.total,
        "shipping": 0,
        "shippingWithTax": 0,
        "aggregateOrderId": order.aggregate_id,
        "customer": {"firstName": first, "lastName": last, "emailAddress": "c@example.test", "phoneNumber": None},
        "shippingLines": [{"shippingMethod": {"code": order.method}}],
        "payments": [_payment_json(payment) for payment in _as_they_come(order, order.payments)],
        "lines": [
            {
                "id": line.line_id,
                "quantity": line.quantity,
                "orderPlacedQuantity": line.placed_quantity,
                "proratedUnitPriceWithTax": line.price,
                "proratedLinePriceWithTax": line.price * line.quantity,
                "taxRate": line.variant.rate,
                "productVariant": {"id": line.variant.variant_id, "name": line.variant.name, "sku": line.variant.sku},
            }
            for line in _as_they_come(order, order.lines)
        ],
        "surcharges": [],
        "fulfillments": [_fulfilment_json(one) for one in _as_they_come(order, order.fulfilments)],
        "modifications": [
            {"createdAt": _text(at), "priceChange": change}
            for at, change in zip(order.modified_at, order.dearer_by, strict=True)
        ],
    }


def _as_they_come(order: Order, rows: Sequence[_Row]) -> Sequence[_Row]:
    """In another order each time the order is read, as PostgreSQL gives rows that were changed."""
    return rows[::-1] if order.reads % 2 else rows


def _payment_json(payment: Payment) -> Data:
    refunds = [{"state": state, "total": total} for state, total in payment.refunds]
    return {
        "id": payment.payment_id,
        "method": payment.method,
        "state": payment.state,
        "amount": payment.amount,
        "transactionId": payment.transaction_id,
        "refunds": refunds,
    }


def _fulfilment_json(one: Fulfilment) -> Data:
    return {
        "id": one.fulfilment_id,
        "state": one.state,
        "method": one.method,
        "trackingCode": one.tracking_code,
        "createdAt": _text(one.created_at),
        "updatedAt": _text(one.updated_at),
        "lines": [{"orderLineId": line_id, "quantity": units} for line_id, units in one.lines.items()],
    }


def _outcome(typename: str, act: Callable[[], Fulfilment | Payment | Order | None]) -> Data:
    try:
        made = act()
    except ErrorResult as error:
        return {"__typename": error.typename, "errorCode": error.code, "message": error.code.lower(), **error.more}
    state = made.state if made is not None else ""
    return {"__typename": typename, "id": _id_of(made), "state": state}


def _id_of(made: Fulfilment | Payment | Order | None) -> str:
    if isinstance(made, Fulfilment):
        return made.fulfilment_id
    if isinstance(made, Payment):
        return made.payment_id
    return made.order_id if made is not None else ""


def _matches(order: Order, wanted: Data) -> bool:
    after = _moment(wanted.get("orderPlacedAt", {}).get("after"))
    return (
        order.order_id in wanted.get("id", {}).get("in", [order.order_id])
        and order.state in wanted.get("state", {}).get("in", [order.state])
        and order.active == wanted.get("active", {}).get("eq", order.active)
        and (after is None or (order.placed_at is not None and _to_the_millisecond(order.placed_at) > after))
    )


def _page(found: Sequence[Any], options: Data, keys: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    if options.get("take", 100) > 1000:
        raise GraphQlError("USER_INPUT_ERROR")
    some = list(found)
    for name, direction in reversed(list(options.get("sort", {}).items())):
        some.sort(key=keys[name], reverse=direction == "DESC")
    skip = options.get("skip", 0)
    return some[skip : skip + options.get("take", 100)]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _to_the_millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
