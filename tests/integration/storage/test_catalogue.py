"""Products and their codes: an older copy never wins, a code has one owner, the tiles show what has no code first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.catalogue import LineNature, Product
from app.domain.money import Money
from app.storage.store import Store
from app.usecases.marketplace_port import BrokenChange
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.surroundings import NOON
from tests.integration.storage.seller import Seller


def test_a_product_comes_back_as_it_was_kept(store: Store) -> None:
    every_field = Product(
        "p-1", "Œuf", Money(42), 210, codes=("b", "a"), category="c", stock_tracked=False, shelf="s", published=True,
        withdrawal_right=False, age_limit=18, active=False, nature=LineNature.SERVICE, meal_voucher=True,
        legal_guarantee=True, weigh_slip=True,
    )  # fmt: skip
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([every_field, COFFEE])
        assert uow.catalogue.get("p-1") == every_field
        assert uow.catalogue.by_code("a") == every_field
        assert uow.catalogue.by_code(COFFEE.codes[0]) == COFFEE
        assert uow.catalogue.by_code("none") is uow.catalogue.get("none") is None
        assert uow.catalogue.owners_of_codes(["a", "none"]) == {"a": "p-1"}


@pytest.mark.parametrize("flag", ["meal_voucher", "legal_guarantee", "weigh_slip"])
def test_each_flag_comes_back_as_itself(store: Store, flag: str) -> None:
    flagged = replace(COFFEE, **{flag: True})  # type: ignore[arg-type]  # all three are bool
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([flagged])
        assert uow.catalogue.get(COFFEE.product_id) == flagged


def test_an_older_copy_never_replaces_a_newer_one(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE], {"p-coffee": 5})
        uow.catalogue.save_all([replace(COFFEE, name="older")], {"p-coffee": 4})
        assert uow.catalogue.get("p-coffee") == COFFEE
        uow.catalogue.save_all([replace(COFFEE, name="changed here")])
        uow.catalogue.save_all([replace(COFFEE, name="older still")], {"p-coffee": 4})
        changed = uow.catalogue.get("p-coffee")
        assert changed is not None
        assert changed.name == "changed here"
        uow.catalogue.save_all([replace(COFFEE, name="newer")], {"p-coffee": 6})
        newer = uow.catalogue.get("p-coffee")
        assert newer is not None
        assert newer.name == "newer"


def test_a_code_belongs_to_whoever_named_it_last(store: Store) -> None:
    code = COFFEE.codes[0]
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE])
        uow.catalogue.save_all([replace(WINE, codes=(code, "W"))])
        assert uow.catalogue.get("p-coffee") == replace(COFFEE, codes=())
        third = Product("p-3", "Troisième", Money(1), 2000, codes=("W", "X"))
        uow.catalogue.save_all([third, replace(TOMATO, codes=("X",))])  # in one go, too
        assert uow.catalogue.get("p-wine") == replace(WINE, codes=(code,))
        assert uow.catalogue.get("p-3") == replace(third, codes=("W",))
        assert uow.catalogue.owners_of_codes([code, "W", "X"]) == {code: "p-wine", "W": "p-3", "X": "p-tomato"}


def test_tiles_show_what_cannot_be_scanned_then_what_sells(store: Store) -> None:
    seller = Seller(store)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([HEMMING, Product("p-0", "Abricots", Money(1), 550)])
        uow.commit()
    seller.sell()
    names = [row.product.name for row in store.queries.favourite_products(4)]
    assert names[:3] == [TOMATO.name, "Abricots", HEMMING.name]
    assert names[3] in {COFFEE.name, WINE.name}


def test_a_record_leaves_quarantine_when_a_good_copy_comes(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.pulled.quarantine(BrokenChange("product", "p-coffee", "{", "no name"), NOON)
        uow.pulled.quarantine(BrokenChange("product", "p-wine", "{", "no name"), NOON)
        uow.commit()
    assert {row.record_id for row in store.queries.quarantined()} == {"p-coffee", "p-wine"}
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE], {"p-coffee": 1})
        uow.commit()
    assert {row.record_id for row in store.queries.quarantined()} == {"p-wine"}
