"""The sheet about the scale's labels: what is set there is sold so at once."""

from __future__ import annotations

import pytest

from app.domain.barcodes import gtin_check_digit
from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.settings import ScaleLabelSettings
from app.ui.screen import PlaceName
from app.ui.settings.labels import preset, with_row
from app.ui.settings.presenter import Section
from app.usecases.ports import StoreUnavailable
from tests.fakes.samples import COFFEE, an_order, pickup_code_of
from tests.ui import checks
from tests.ui.till import HAM_LABEL_456_G, Till, open_till

BRIE = Product("p-brie", "Brie", Money(1890), 550, Unit.KG, codes=("123",))
SIZES = [(1024, 600), (1366, 768), (1920, 1080)]


def _ean(body: str) -> str:
    return body + str(gtin_check_digit(body))


LABEL = _ean("210012301450")


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        with opened.store.unit_of_work() as uow:
            uow.catalogue.save_all([BRIE])
            uow.commit()
        opened.set_up.presenter.choose_section(Section.LABELS)
        yield opened


def test_a_label_tried_says_what_would_be_sold(till: Till):
    till.scan(HAM_LABEL_456_G)
    assert till.text("label-tried") == "Jambon blanc supérieur tranché : 0,456 kg, 9,07 €"
    assert till.window.here is PlaceName.SETTINGS
    till.scan(COFFEE.codes[0])
    assert "ni poids ni prix" in till.text("label-tried")
    till.scan(LABEL)
    assert "Aucun article" in till.text("label-tried")


def test_what_is_set_is_tried_and_sold_at_once(till: Till):
    till.scan(LABEL)
    sheet = till.set_up.labels
    assert sheet.prefix.current == "21", "the row of the label is in the fields"
    sheet.kind.choose("price", tell=True)
    assert till.settings.scale_labels == (ScaleLabelSettings("21", 5, "price"),)
    till.scan(LABEL)
    assert till.text("label-tried") == "Brie : 14,50 €, environ 0,767 kg"
    sheet.digits.choose("4", tell=True)
    till.scan(LABEL)
    assert "l’article 0012, 301450 centimes" in till.text("label-tried")
    sheet.digits.choose("5", tell=True)
    assert till.text("label-table") == "21 : prix, 5 chiffres pour l’article"
    till.window.go_to(PlaceName.SALE)
    till.scan(LABEL)
    assert till.sale.presenter.state.basket.total == Money(1450)


def test_presets_and_back(till: Till):
    till.click("labels-by-article")
    assert till.settings.scale_labels == preset("by_article")
    assert len(till.settings.scale_labels) == 10
    till.set_up.labels.kind.choose("none", tell=True)
    assert [label.prefix for label in till.settings.scale_labels] == [str(prefix) for prefix in range(21, 30)]
    till.click("labels-none")
    assert till.settings.scale_labels == ()


def test_a_pickup_code_is_no_label(till: Till):
    assert till.set_up.labels.scanned(pickup_code_of(an_order())) is False
    till.scan(LABEL[:-1] + "0")
    assert "mal lue" in till.text("label-tried")


def test_a_store_that_fails_is_said(till: Till, monkeypatch):
    before = till.text("label-tried")

    def fails(_code):
        raise StoreUnavailable("locked")

    monkeypatch.setattr(till.store.queries, "product_by_code", fails)
    till.scan(LABEL)
    assert till.text("label-tried") not in ("", before)
    assert "Scannez une étiquette" not in till.text("label-tried")


def test_the_table_keeps_its_order():
    table = with_row((), "27", "weight", 5)
    table = with_row(table, "21", "price", 6)
    assert table == (ScaleLabelSettings("21", 6, "price"), ScaleLabelSettings("27", 5, "weight"))
    assert with_row(table, "21", "none", 5) == (ScaleLabelSettings("27", 5, "weight"),)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_all_of_it_can_be_read(qtbot, look, size):
    with open_till(qtbot, look, PlaceName.SETTINGS, size) as till:
        till.set_up.presenter.choose_section(Section.LABELS)
        till.set_up.presenter.set_values(scale_labels=preset("by_article"))
        till.scan(LABEL)
        qtbot.waitUntil(lambda: checks.texts_cut(till.window) == [])
        assert checks.nameless(till.window) == []
