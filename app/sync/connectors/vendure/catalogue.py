"""Owns what a product variant of Vendure means on a till. Pure: asks nobody. Never knows what French rules add to an
article: of that the till's word stays.
"""

from __future__ import annotations

from app.domain.barcodes import normalise_code
from app.domain.catalogue import Product
from app.domain.money import MAX_AMOUNT_MINOR, Money
from app.sync.connectors.vendure.orders import order_id_of, rate_bp
from app.sync.connectors.vendure.wire import WireLevel, WireVariant
from app.sync.wire_values import clean, require

TOLD = frozenset({"name", "price", "vat_rate_bp", "unit", "stock_tracked", "published", "active"})
"""Fields of `Product` that Vendure knows; it sells pieces and nothing else. Not the codes: it has none but the article
number, with which an article begins here; the shop adds those on the packages."""
_LONGEST_NAME = 1000


def product_of(variant: WireVariant, *, tracked_by_default: bool) -> Product:
    """Raises BrokenRuleError: no till can make sense of it."""
    require(variant.currency_code == "EUR", f"in {variant.currency_code[:10]}, not in euros")
    require(0 <= variant.price_with_tax <= MAX_AMOUNT_MINOR, "a price out of this world")
    code = normalise_code(clean(variant.sku))[:100]
    return Product(
        product_id=order_id_of(variant.id),
        name=clean(variant.name)[:_LONGEST_NAME],
        price=Money(variant.price_with_tax),
        vat_rate_bp=rate_bp(variant.tax_rate_applied.value),
        codes=(code,) if code else (),
        stock_tracked=is_tracked(variant.track_inventory, by_default=tracked_by_default),
        published=variant.enabled and variant.product.enabled,
    )


def is_tracked(track_inventory: str, *, by_default: bool) -> bool:
    """Args: track_inventory: TRUE, FALSE or INHERIT."""
    return by_default if track_inventory == "INHERIT" else track_inventory == "TRUE"


def on_hand(levels: list[WireLevel], location_id: str) -> int:
    """At the shop's own stock location; nought where it has no level yet."""
    return sum(level.stock_on_hand for level in levels if level.stock_location_id == location_id)
