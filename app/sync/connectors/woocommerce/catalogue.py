"""Owns what a product or a variation of WooCommerce means on a till. Pure: asks nobody. Never knows what French rules
add to an article: of that the till's word stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.barcodes import normalise_code
from app.domain.catalogue import Product
from app.domain.money import MAX_AMOUNT_MINOR, Money
from app.sync.connectors.woocommerce.orders import PREFIX, rate_bp
from app.sync.connectors.woocommerce.wire import WireProduct, WireTaxRate, cents
from app.sync.wire_values import BrokenRuleError, clean, require

TOLD = frozenset({"name", "price", "vat_rate_bp", "unit", "stock_tracked", "published", "active"})
"""Fields of `Product` that WooCommerce knows. Not the codes: it has none but the article number, with which an article
begins here; the shop adds those on the packages."""
VARIABLE = "variable"
SOLD_AS_THEY_ARE = frozenset({"simple", "variation"})
_LONGEST_NAME = 1000
_STANDARD, _FRANCE = "standard", ("FR", "")


@dataclass(frozen=True, slots=True)
class Taxes:
    """How prices are meant. Attributes: included: they contain VAT; rates_bp: by tax class."""

    included: bool = True
    rates_bp: Mapping[str, int] = field(default_factory=dict)


def taxes_of(rates: Sequence[WireTaxRate], *, included: bool) -> Taxes:
    """The rates of goods sold in France. One that France does not have is left out: articles of its class are senseless
    then, the others pass."""
    found: dict[str, int] = {}
    for country in reversed(_FRANCE):  # what is said of France itself comes before what is said of everywhere
        for rate in sorted(rates, key=lambda each: -each.priority):
            if rate.country.upper() == country:
                try:
                    found[rate.class_ or _STANDARD] = rate_bp(cents(rate.rate) / 100)
                except BrokenRuleError:
                    found.pop(rate.class_ or _STANDARD, None)
    return Taxes(included, found)


def product_id(product: WireProduct, parent: WireProduct | None) -> str:
    return f"{PREFIX}{parent.id}-{product.id}" if parent is not None else f"{PREFIX}{product.id}"


def product_of(product: WireProduct, parent: WireProduct | None, taxes: Taxes) -> Product:
    """Args: parent: the product that this is a variation of.

    Raises BrokenRuleError: no till can make sense of it."""
    rate = _rate_bp(product, parent, taxes)
    price = cents(product.price)
    if not taxes.included:
        price = (price * (10_000 + rate) + 5_000) // 10_000
    require(0 <= price <= MAX_AMOUNT_MINOR, "a price out of this world")
    code = normalise_code(clean(product.sku))[:100]
    return Product(
        product_id=product_id(product, parent),
        name=clean(_name(product, parent))[:_LONGEST_NAME],
        price=Money(price),
        vat_rate_bp=rate,
        codes=(code,) if code else (),
        stock_tracked=is_tracked(product),
        published=product.status == "publish"
        and bool(product.price)
        and (parent is None or parent.status == "publish"),
    )


def _name(product: WireProduct, parent: WireProduct | None) -> str:
    """Variations are called by what makes them different, or by the whole name."""
    if parent is None:
        return product.name
    own = product.name.removeprefix(parent.name).strip(" -,")
    return f"{parent.name} - {own}" if own else parent.name


def _rate_bp(product: WireProduct, parent: WireProduct | None, taxes: Taxes) -> int:
    taxed = product if parent is None or product.tax_status != "parent" else parent
    if taxed.tax_status == "none":
        return 0
    wanted = product.tax_class
    if parent is not None and wanted in ("", "parent"):
        wanted = parent.tax_class
    rate = taxes.rates_bp.get(wanted or _STANDARD)
    require(rate is not None, f"no VAT rate of France for the tax class {wanted or _STANDARD}")
    return rate or 0


def is_tracked(product: WireProduct) -> bool:
    """Whether the site keeps a stock of this very article; a variation's may be kept together at its product."""
    return product.manage_stock is True and product.stock_quantity is not None
