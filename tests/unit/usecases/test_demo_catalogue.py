"""The demo shop's catalogue is one that a shop could import: no row refused, and its flags are sensible."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.catalogue import LineNature, Product, Unit, contradiction_in, usual_nature
from app.domain.money import Money
from app.paths import resources_dir
from app.usecases.import_catalogue import import_catalogue
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock


@pytest.fixture(scope="module")
def products() -> list[Product]:
    store = MemoryStore()
    shop = Shop(store, HandSetClock())
    with store.unit_of_work() as uow:
        before = set(uow.catalogue.get_all([*store.tables.products]))
    report = import_catalogue(shop.counter, (resources_dir() / "demo" / "catalogue.csv").read_bytes(), "Léa")
    assert report.refused == ()
    return [product for key, product in store.tables.products.items() if key not in before]


def test_every_nature_a_shop_sells_is_there(products: list[Product]) -> None:
    count = Counter(product.nature for product in products)
    assert count[LineNature.GOODS] > 1700
    assert {LineNature.SERVICE, LineNature.CONTAINER, LineNature.VOUCHER} < set(count)


def test_r27_no_alcohol_and_no_sweets_for_meal_vouchers(products: list[Product]) -> None:
    eligible = [product for product in products if product.meal_voucher]
    assert len(eligible) > 1000
    assert not [product for product in eligible if product.age_limit or product.category in ("Cave", "Confiserie")]
    assert not [product for product in eligible if product.nature is not LineNature.GOODS]


def test_r22_r23_toys_are_guaranteed_and_loose_meat_has_its_slip(products: list[Product]) -> None:
    toys = [product for product in products if product.category == "Jeux et jouets"]
    assert toys
    assert all(product.legal_guarantee for product in toys)
    meat = [p for p in products if p.category == "Boucherie et charcuterie" and p.unit is Unit.KG]
    assert meat
    assert all(product.weigh_slip for product in meat)


def test_r29_what_stands_outside_turnover_bears_no_vat(products: list[Product]) -> None:
    outside = [product for product in products if not product.nature.in_turnover]
    assert outside
    assert all(product.vat_rate_bp == 0 for product in outside)
    jar = Product("p-jar", "Consigne", Money(100), 0, nature=LineNature.CONTAINER)
    assert contradiction_in(jar) == ""
    taxed = Product("p-jar", "Consigne", Money(100), 2000, nature=LineNature.CONTAINER)
    assert contradiction_in(taxed) == "vat_outside_turnover"


def test_what_is_sold_by_the_hour_is_a_service() -> None:
    assert [usual_nature(unit) for unit in Unit] == [*[LineNature.GOODS] * 3, LineNature.SERVICE]
