"""What may be given instead of an order's line."""

from __future__ import annotations

from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.ui.pickup.state import replacements_for
from app.usecases.queries import ProductRow
from tests.fakes.samples import COFFEE, an_order_line


def _row(name: str, vat_rate_bp: int = COFFEE.vat_rate_bp, age_limit: int = 0, unit: Unit = Unit.PIECE) -> ProductRow:
    product = Product(f"p-{name}", name, Money(700), vat_rate_bp, unit, age_limit=age_limit)
    return ProductRow(product, physical=10, promised=0)


def test_only_articles_of_the_same_unit_rate_and_age_are_offered_and_the_typed_words_last() -> None:
    rows = [_row("tea"), _row("wine", age_limit=18), _row("toy", vat_rate_bp=2100), _row("loose", unit=Unit.KG)]
    line = an_order_line(1, COFFEE, 1)
    assert [offer.label for offer in replacements_for(line, "something", rows)] == ["tea", "something"]
    assert replacements_for(line, "something", rows)[-1].price == line.total
