"""Owns a customer on the web shop: guest checkout, picked up in the shop, paid on line. The Shop API alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.real_servers.vendure.graphql import Graphql
from tests.real_servers.vendure.seed import COUNTER_METHOD, Seller

_ORDER = "__typename ... on Order{id code state totalWithTax} ... on ErrorResult{errorCode message}"
_PHONE = "+33612345678"


class Paying(Enum):
    """What the customer does about the payment, as metadata to the site's payment method."""

    NOW = "now"
    AUTHORISED = "authorised"
    AUTHORISED_IN_VAIN = "authorised_in_vain"
    """The bank will say no when the shop wants its money."""
    IN_SHOP = "in_shop"
    """Nothing on line: a promise to pay when it is collected."""

    @property
    def method(self) -> str:
        return COUNTER_METHOD if self is Paying.IN_SHOP else "paid-online"

    @property
    def metadata(self) -> dict[str, bool]:
        return {
            "authorizeOnly": self is not Paying.NOW,
            "refuseToSettle": self is Paying.AUTHORISED_IN_VAIN,
        }


@dataclass(frozen=True)
class Placed:
    """The order as the shop shows it to its customer."""

    order_id: str
    code: str
    state: str
    total_minor: int


class Customer:
    """One visit to one channel of the web shop."""

    def __init__(self, base_url: Callable[[], str], channel_token: str, name: str = "Ana Martin") -> None:
        self._shop = Graphql(base_url, "shop-api", channel=channel_token)
        self._first, _, self._last = name.partition(" ")

    def fill_basket(self, wanted: Mapping[str, int]) -> None:
        """`wanted`: pieces by variant id. Raises ErrorResult if the shop has not enough."""
        for variant_id, pieces in wanted.items():
            self._shop.act(
                f"mutation($v:ID!,$q:Int!){{addItemToOrder(productVariantId:$v,quantity:$q){{{_ORDER}}}}}",
                v=variant_id,
                q=pieces,
            )

    def check_out(self, *shipping_method_ids: str) -> Placed:
        """Up to the payment, which is left open."""
        mail = f"{self._first}.{self._last}@example.test".lower().replace(" ", "-")
        self._shop.act(
            f"mutation($i:CreateCustomerInput!){{setCustomerForOrder(input:$i){{{_ORDER}}}}}",
            i={"firstName": self._first, "lastName": self._last, "emailAddress": mail, "phoneNumber": _PHONE},
        )
        self._shop.act(
            f"mutation($i:CreateAddressInput!){{setOrderShippingAddress(input:$i){{{_ORDER}}}}}",
            i={
                "fullName": f"{self._first} {self._last}",
                "streetLine1": "Retrait",
                "city": "Lyon",
                "postalCode": "69001",
                "countryCode": "FR",
            },
        )
        self._shop.act(
            f"mutation($i:[ID!]!){{setOrderShippingMethod(shippingMethodId:$i){{{_ORDER}}}}}",
            i=list(shipping_method_ids),
        )
        return _placed(self._shop.act(f'mutation{{transitionOrderToState(state:"ArrangingPayment"){{{_ORDER}}}}}'))

    def pay(self, how: Paying = Paying.NOW) -> Placed:
        """Raises ErrorResult if the shop will not have it."""
        return _placed(
            self._shop.act(
                f"mutation($i:PaymentInput!){{addPaymentToOrder(input:$i){{{_ORDER}}}}}",
                i={"method": how.method, "metadata": how.metadata},
            )
        )


def _placed(order: dict[str, Any]) -> Placed:
    return Placed(str(order["id"]), str(order["code"]), str(order["state"]), int(order["totalWithTax"]))


def place_order(
    seller: Seller,
    wanted: Mapping[str, int],
    *,
    name: str = "Ana Martin",
    how: Paying = Paying.NOW,
    delivered: bool = False,
) -> Placed:
    """An order of one seller, paid: `wanted` in pieces by the catalogue's sku."""
    customer = Customer(seller.site.base_url, seller.channel_token, name)
    customer.fill_basket({seller.variant_ids[sku]: pieces for sku, pieces in wanted.items()})
    customer.check_out(seller.delivery_method_id if delivered else seller.pickup_method_id)
    return customer.pay(how)
