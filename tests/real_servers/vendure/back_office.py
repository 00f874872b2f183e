"""Owns the shop's people at the web site's own screens, and how an order and a level stand there, read by none of the
program's code. Never does what a till does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.real_servers.vendure.graphql import ErrorResult
from tests.real_servers.vendure.seed import Seller

_REFUSAL = "... on ErrorResult{errorCode message}"
_ORDER = (
    "query($i:ID!){order(id:$i){id type state totalWithTax"
    " lines{id quantity orderPlacedQuantity productVariant{id}}"
    " payments{id state amount refunds{state total}}"
    " fulfillments{id state trackingCode lines{orderLineId quantity}}}}"
)
_OPEN = (
    "{orders(options:{take:1000}){items{id type state"
    " lines{id productVariant{id}} fulfillments{state lines{orderLineId quantity}}}}}"
)
_LEVELS = "query($i:ID!){productVariant(id:$i){stockLevels{stockLocationId stockOnHand stockAllocated}}}"
_MOVE_ORDER = (
    "mutation($i:ID!,$s:String!){transitionOrderToState(id:$i,state:$s){__typename ... on Order{id}"
    f" {_REFUSAL} ... on OrderStateTransitionError{{transitionError}}}}}}"
)
_MOVE_FULFILMENT = (
    "mutation($i:ID!,$s:String!){transitionFulfillmentToState(id:$i,state:$s){__typename ... on Fulfillment{id}"
    f" {_REFUSAL} ... on FulfillmentStateTransitionError{{transitionError}}}}}}"
)
_WAITING = ("Pending", "Shipped")


@dataclass(frozen=True)
class LineSeen:
    """Pieces of one line: ordered now, standing ready in fulfilments, collected."""

    ordered: int
    ready: int
    collected: int


@dataclass(frozen=True)
class OrderSeen:
    """`lines`: by variant id, those taken out left out; `tracking_codes`: of the fulfilments that stand."""

    state: str
    paid_minor: int
    lines: Mapping[str, LineSeen]
    tracking_codes: tuple[str, ...]


class BackOffice:
    """One seller's people, with every right in their channel."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller
        self._ask = seller.owner()

    # --- what they see ---

    def order(self, order_id: str) -> OrderSeen:
        order = self._order(order_id)
        ready, collected = _pieces(order, _WAITING), _pieces(order, ("Delivered",))
        lines = {
            line["productVariant"]["id"]: LineSeen(line["quantity"], ready[line["id"]], collected[line["id"]])
            for line in order["lines"]
            if line["quantity"]
        }
        codes = (each["trackingCode"] for each in order["fulfillments"] or () if each["state"] != "Cancelled")
        return OrderSeen(order["state"], _paid_minor(order), lines, tuple(codes))

    def level(self, variant_id: str) -> int:
        """Pieces in the shop: what the site has on hand, and what it has let go but nobody has collected yet."""
        return self._on_hand(variant_id) + self._in_bags(variant_id)

    def allocated(self, variant_id: str) -> int:
        """Promised to orders and in no fulfilment yet."""
        return int(self._level_here(variant_id)["stockAllocated"])

    # --- what they do ---

    def cancel(self, order_id: str) -> None:
        """Raises ErrorResult if the site will not."""
        self._ask.act(
            f"mutation($i:CancelOrderInput!){{cancelOrder(input:$i){{__typename ... on Order{{id}} {_REFUSAL}}}}}",
            i={"orderId": order_id, "reason": "kit", "cancelShipping": True},
        )

    def refund(self, order_id: str) -> None:
        """All that was paid. Raises ErrorResult."""
        nothing_else = {"lines": [], "shipping": 0, "adjustment": 0}  # out of date, and still asked for by its database
        for payment in self._order(order_id)["payments"]:
            self._ask.act(
                f"mutation($i:RefundOrderInput!){{refundOrder(input:$i){{__typename ... on Refund{{id}} {_REFUSAL}}}}}",
                i={"paymentId": payment["id"], "amount": payment["amount"], "reason": "kit", **nothing_else},
            )

    def settle(self, order_id: str) -> None:
        """Cash what was only authorised. Raises ErrorResult."""
        for payment in self._order(order_id)["payments"]:
            self._ask.act(
                f"mutation($i:ID!){{settlePayment(id:$i){{__typename ... on Payment{{id}} {_REFUSAL}}}}}",
                i=payment["id"],
            )

    def edit(self, order_id: str, wanted: Mapping[str, int]) -> None:
        """Make it `wanted`, pieces by variant id. What it costs less goes back to the customer at once; what it costs
        more is asked for at the counter. Raises ErrorResult."""
        order = self._order(order_id)
        self._ask.act(_MOVE_ORDER, i=order_id, s="Modifying")
        known = {line["productVariant"]["id"]: line for line in order["lines"] if line["quantity"]}
        change: dict[str, Any] = {
            "orderId": order_id,
            "adjustOrderLines": [
                {"orderLineId": line["id"], "quantity": wanted.get(variant_id, 0)}
                for variant_id, line in known.items()
                if wanted.get(variant_id, 0) != line["quantity"]
            ],
            "addItems": [
                {"productVariantId": variant_id, "quantity": pieces}
                for variant_id, pieces in wanted.items()
                if variant_id not in known
            ],
        }
        try:
            dearer_by = self._modify({**change, "dryRun": True}) - order["totalWithTax"]
            if dearer_by < 0 and order["payments"]:
                change["refunds"] = [{"paymentId": order["payments"][0]["id"], "amount": -dearer_by, "reason": "kit"}]
            self._modify({**change, "dryRun": False})
        except ErrorResult:
            self._ask.act(_MOVE_ORDER, i=order_id, s=order["state"])
            raise
        self._ask.act(_MOVE_ORDER, i=order_id, s="ArrangingAdditionalPayment" if dearer_by > 0 else order["state"])

    def collected(self, order_id: str) -> None:
        """Somebody says on the site that the whole order was collected. Raises ErrorResult."""
        order = self._order(order_id)
        for fulfilment in order["fulfillments"] or ():
            if fulfilment["state"] in _WAITING:
                self._ask.act(_MOVE_FULFILMENT, i=fulfilment["id"], s="Delivered")
        covered = _pieces(order, (*_WAITING, "Delivered"))
        rest = [
            {"orderLineId": line["id"], "quantity": line["quantity"] - covered[line["id"]]}
            for line in order["lines"]
            if line["quantity"] > covered[line["id"]]
        ]
        if rest:
            made = self._ask.act(
                f"mutation($i:FulfillOrderInput!){{addFulfillmentToOrder(input:$i){{"
                f"__typename ... on Fulfillment{{id}} {_REFUSAL}}}}}",
                i={
                    "lines": rest,
                    "handler": {
                        "code": "manual-fulfillment",
                        "arguments": [
                            {"name": "method", "value": "au comptoir"},
                            {"name": "trackingCode", "value": ""},
                        ],
                    },
                },
            )
            self._ask.act(_MOVE_FULFILMENT, i=made["id"], s="Delivered")

    def count(self, variant_id: str, pieces: int) -> None:
        """Somebody counted so many in the shop, bags that wait included."""
        at = {
            "stockLocationId": self._seller.stock_location_id,
            "stockOnHand": pieces - self._in_bags(variant_id),
        }
        self._change_variant(variant_id, stockLevels=[at])

    def set_price(self, variant_id: str, price_minor: int) -> None:
        self._change_variant(variant_id, price=price_minor)

    # --- inside ---

    def _order(self, order_id: str) -> dict[str, Any]:
        order: dict[str, Any] = self._ask(_ORDER, i=order_id)["order"]
        return order

    def _modify(self, change: dict[str, Any]) -> int:
        """The order's total after it, or after it would have been."""
        modified = self._ask.act(
            f"mutation($i:ModifyOrderInput!){{modifyOrder(input:$i){{"
            f"__typename ... on Order{{totalWithTax}} {_REFUSAL}}}}}",
            i=change,
        )
        return int(modified["totalWithTax"])

    def _change_variant(self, variant_id: str, **change: Any) -> None:
        self._ask.act(
            "mutation($i:[UpdateProductVariantInput!]!){updateProductVariants(input:$i){id}}",
            i=[{"id": variant_id, **change}],
        )

    def _level_here(self, variant_id: str) -> dict[str, Any]:
        levels = self._ask(_LEVELS, i=variant_id)["productVariant"]["stockLevels"]
        (here,) = (each for each in levels if each["stockLocationId"] == self._seller.stock_location_id)
        found: dict[str, Any] = here
        return found

    def _on_hand(self, variant_id: str) -> int:
        return int(self._level_here(variant_id)["stockOnHand"])

    def _in_bags(self, variant_id: str) -> int:
        """In fulfilments that wait. A part of a shared cart moves no stock, and a cancelled order gave it back."""
        waiting = 0
        for order in self._ask(_OPEN)["orders"]["items"]:
            if order["type"] == "Seller" or order["state"] == "Cancelled":
                continue
            ready = _pieces(order, _WAITING)
            waiting += sum(ready[line["id"]] for line in order["lines"] if line["productVariant"]["id"] == variant_id)
        return waiting


def _pieces(order: dict[str, Any], states: tuple[str, ...]) -> Counter[str]:
    """By line id, in fulfilments of these states."""
    pieces: Counter[str] = Counter()
    for fulfilment in order["fulfillments"] or ():
        if fulfilment["state"] in states:
            for line in fulfilment["lines"]:
                pieces[line["orderLineId"]] += line["quantity"]
    return pieces


def _paid_minor(order: dict[str, Any]) -> int:
    payments = order["payments"] or ()
    came: int = sum(payment["amount"] for payment in payments if payment["state"] == "Settled")
    gone: int = sum(refund["total"] for payment in payments for refund in payment["refunds"])
    return came - gone


def is_possible(act: Callable[[], None]) -> bool:
    """Do it, and whether the site let it."""
    try:
        act()
    except ErrorResult:
        return False
    return True
