"""Typing finds: the fixed list of F4 on real names, then any real name by any of its words."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import Product, fold_text
from app.domain.money import Money
from app.storage.store import Store, open_store
from tests.fakes.surroundings import HandSetClock

NAMES = Path(__file__).parents[2] / "data" / "product_names.csv"
INVENTED = [
    Product("i-1", "Hauptstraße Bier 33 cl", Money(250), 2000),
    Product("i-2", "ŒUFS DE CAILLE x12", Money(450), 550),
    Product("i-3", "1664 blonde", Money(210), 2000, codes=("1664",)),
    Product("i-4", "Vieille boîte", Money(1), 2000, codes=("3760000000000",), active=False),
]


def real_products() -> list[Product]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Product(f"r-{row['gtin']}", row["name"], Money(199), 550, codes=(row["gtin"],)) for row in rows]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("search") / "till.sqlite3", clock=HandSetClock())
    with store.unit_of_work() as uow:
        uow.catalogue.save_all(real_products() + INVENTED)
        uow.commit()
    yield store
    store.close()


def found(shop: Store, text: str, limit: int = 50) -> list[str]:
    return [row.product.name for row in shop.queries.search_products(text, limit)]


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("cafe", "Café Des Productrices Ouganda Pur Arabica Bio Et équitable"),
        ("CAFÉ ETHIOP", "café éthiopie"),
        ("oeuf moy", "Œufs moyens élevés en plein air"),
        ("œufs bonneterre", "6 Gros oeufs frais bio Bonneterre"),
        ("oeufs caille", "ŒUFS DE CAILLE x12"),
        ("boeuf bourg", "Bœuf Bourguignon"),
        ("hauptstrasse", "Hauptstraße Bier 33 cl"),
        ("weisse", "Weiße Bohnen"),
        ("creme brulee", "Crème brûlée"),
        ("brulee creme", "Crème brûlée"),
        ("brûlée nougat", "Barre De Nougat Crème Brûlée"),
        ("ourguign", "Bœuf Bourguignon"),
        ("ourguign boeuf", "Bœuf Bourguignon"),
        ("329292003", ""),
        ("1664", "1664 blonde"),
        ("166", "1664 blonde"),
        ("3 17029", ""),
    ],
)
def test_the_fixed_list(shop: Store, typed: str, among: str) -> None:
    names = found(shop, typed)
    assert among in names if among else names == []


def test_the_beginning_of_a_bar_code_finds_it(shop: Store) -> None:
    for product in real_products()[::20]:
        code = product.codes[0]
        assert product.name in found(shop, code[:10])
        assert found(shop, code)[0] == product.name


def test_a_name_that_begins_so_comes_first(shop: Store) -> None:
    names = found(shop, "creme")
    begins = [fold_text(name).startswith("creme") for name in names]
    assert begins == sorted(begins, reverse=True)
    assert any(not begun for begun in begins)


def test_what_was_withdrawn_is_not_offered_but_its_code_still_says_what_it_was(shop: Store) -> None:
    assert "Vieille boîte" not in found(shop, "vieille boite")
    assert "Vieille boîte" not in found(shop, "3760000000000")
    row = shop.queries.product_by_code("3760000000000")
    assert row is not None
    assert not row.product.active


@pytest.mark.parametrize(
    "typed", ["", " ", "'", '"', "*", "a* OR b", "NEAR(", "-", "^a", "%", "_", "\x00", "½", "🥖", "a" * 5000, '"a" b"']
)
def test_anything_may_be_typed(shop: Store, typed: str) -> None:
    found(shop, typed)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=30))
def test_any_text_may_be_typed(shop: Store, text: str) -> None:
    assert len(shop.queries.search_products(text, 5)) <= 5


@settings(max_examples=80, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_any_name_is_found_by_its_words_in_any_order(shop: Store, chance: object) -> None:
    product = chance.choice(real_products())  # type: ignore[attr-defined]  # a random.Random
    words = fold_text(product.name).split()[:8]
    if not words:
        return
    chance.shuffle(words)  # type: ignore[attr-defined]  # a random.Random
    assert product.name in found(shop, " ".join(words).upper(), 400)


def test_a_new_name_is_found_and_the_old_one_is_not(store: Store) -> None:
    first = Product("p-1", "Confiture de fraises", Money(300), 550, codes=("3174064174667",))
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([first])
        uow.catalogue.save_all([replace(first, name="Gelée de groseilles", codes=())])
        uow.commit()
    assert [row.product.name for row in store.queries.search_products("groseil")] == ["Gelée de groseilles"]
    assert store.queries.search_products("fraise") == []
    assert store.queries.search_products("raises") == []
    assert store.queries.product_by_code("3174064174667") is None
    with store.unit_of_work() as uow:
        for name in ("product_words", "product_parts"):
            uow.session.execute_text(f"INSERT INTO {name} ({name}) VALUES ('integrity-check')")  # type: ignore[attr-defined]  # noqa: S608  # raises if it disagrees
