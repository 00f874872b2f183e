"""The price for a kilogram or litre, and what a name says of a package."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.domain.price_display import NetContent, UnitPrice, net_content, unit_price


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Bière ambrée 75 cl", NetContent(750, Unit.LITRE)),
        ("Bière ambrée 75cl", NetContent(750, Unit.LITRE)),
        ("Huile d'olive, bidon de 5 litres, récolte 2026", NetContent(5000, Unit.LITRE)),
        ("Confiture de mûres 0,35 kg", NetContent(350, Unit.KG)),
        ("Sucre 1.5 KG", NetContent(1500, Unit.KG)),
        ("Eau 6 x 1,5 L", NetContent(9000, Unit.LITRE)),
        ("Yaourts 4×125 g", NetContent(500, Unit.KG)),
        ("Lot de 6 x 33 cl", NetContent(1980, Unit.LITRE)),
        ("Sirop 70 Cl", NetContent(700, Unit.LITRE)),
        ("Safran 0,5 g", None),  # half a gram: no whole base unit, and nothing is rounded
        ("Coffret de bières, douze bouteilles de 33 cl et deux verres", None),
        ("Lot de 6 bouteilles 33 cl", None),
        ("Panier: 500 g de pommes, 1 kg de poires", None),
        ("Confiture de mûres", None),
        ("Baguette de tradition", None),
        ("Ampoule 10 W", None),
        ("Téléphone 5G", None),
        ("FARINE 500G", NetContent(500, Unit.KG)),
        ("Jus 0 cl", None),
        ("Réf. A12g", None),
        ("Livre 1984 glacé", None),
        ("", None),
    ],
)
def test_what_a_name_says_of_the_content(name, content):
    assert net_content(name) == content


@pytest.mark.parametrize(
    ("product", "shown"),
    [
        (Product("p", "Maroilles", Money(1890), 550, Unit.KG), UnitPrice(Money(1890), Unit.KG)),
        (Product("p", "Cours", Money(3000), 2000, Unit.HOUR), UnitPrice(Money(3000), Unit.HOUR)),
        (Product("p", "Bière 75 cl", Money(590), 2000), UnitPrice(Money(787), Unit.LITRE)),
        (Product("p", "Miel 250 g", Money(650), 550), UnitPrice(Money(2600), Unit.KG)),
        (Product("p", "Chewing-gum", Money(90), 550), None),
    ],
)
def test_the_price_for_a_kilogram_or_litre(product, shown):
    assert unit_price(product) == shown


@given(st.text(max_size=80))
def test_no_name_is_too_strange(name):
    content = net_content(name)
    assert content is None or 0 < content.quantity <= 1_000_000


@given(st.integers(1, 100_000), st.integers(1, 99_999))
def test_what_a_package_costs_is_what_its_content_costs(price, grams):
    shown = unit_price(Product("p", f"Farine {grams} g", Money(price), 550))
    assert shown is not None
    assert abs(shown.price.minor * grams - price * 1000) <= grams / 2
