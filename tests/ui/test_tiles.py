"""Tiles arranged by keys, by touch and by mouse; pages of them; what of it is kept. Selling goes on as before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.catalogue import Product
from app.domain.money import Money
from app.settings import SettingsNotWritten, TilePageSettings
from app.ui.checkout.state import NoticeKind, Step
from app.ui.checkout.tile_desk import TileState
from app.ui.checkout.tiles import TileButton
from app.ui.screen import How, PlaceName
from tests.fakes.samples import COFFEE
from tests.ui.till import Till, open_till

LONG_MS = 60_000


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def names(till: Till) -> list[str]:
    return [row.product.product_id for row in till.sale.presenter.finder.found.rows]


def tiles(till: Till) -> TileState:
    return till.sale.presenter.tiles.state


def tile(till: Till, product_id: str) -> TileButton:
    found = till.window.findChild(TileButton, f"tile-{product_id}")
    assert isinstance(found, TileButton)
    assert found.isVisible()
    return found


def begin(till: Till) -> list[str]:
    before = names(till)
    till.control("T")
    assert tiles(till).arranging
    assert names(till) == before
    return before


def test_a_tile_is_moved_by_keys_alone_and_stays_there(till):
    before = begin(till)
    till.press(Qt.Key.Key_Right)
    till.enter()
    assert tiles(till).held == before[0]
    till.press(Qt.Key.Key_Right, Qt.Key.Key_Right)
    till.enter()
    assert names(till) == [before[1], before[2], before[0], *before[3:]]
    till.press(Qt.Key.Key_Escape)
    assert not tiles(till).arranging
    assert till.settings.tile_pages[0].product_ids == tuple(names(till))
    till.sale.activate()
    assert names(till)[2] == before[0]


def test_a_tile_is_moved_by_dragging_it(till):
    before = begin(till)
    one, other = tile(till, before[0]), tile(till, before[2])
    start = one.rect().center()
    end = one.mapFromGlobal(other.mapToGlobal(other.rect().center()))
    QTest.mousePress(one, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(one, start + QPoint(40, 0))
    QTest.mouseMove(one, end - QPoint(40, 0))
    here = one.mapFromGlobal(other.mapToGlobal(other.rect().center()))
    QTest.mouseRelease(one, Qt.MouseButton.LeftButton, pos=here)
    assert names(till) == [before[1], before[2], before[0], *before[3:]]
    assert one.geometry() == one.home
    till.click("tiles-done")
    assert till.settings.tile_pages[0].product_ids == tuple(names(till))


def test_a_long_press_arranges_and_sells_nothing(qtbot, till):
    first = tile(till, names(till)[0])
    QTest.mousePress(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tiles(till).arranging, timeout=LONG_MS)
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton)
    assert not till.sale.presenter.state.basket.lines
    assert QApplication.focusWidget() is till.window.box


def test_articles_get_their_tile_by_scan_and_by_name(till):
    begin(till)
    till.control("N")
    till.press("Fromages")
    till.enter()
    assert tiles(till).names == ("Favoris", "Fromages")
    assert names(till) == []
    till.scan(COFFEE.codes[0])
    till.press("savon")
    till.enter()
    assert names(till) == [COFFEE.product_id, "p-soap"]
    assert not till.sale.presenter.state.basket.lines
    till.press(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert not tiles(till).arranging
    assert till.settings.tile_pages[1] == TilePageSettings("Fromages", (COFFEE.product_id, "p-soap"))
    QTest.keyClick(till.window.box, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert COFFEE.product_id not in names(till)
    QTest.keyClick(till.window.box, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    till.click(f"tile-{COFFEE.product_id}")
    assert [line.label for line in till.sale.presenter.state.basket.lines] == [COFFEE.name]


def test_a_lifted_tile_goes_to_the_next_page_and_a_tile_is_taken_out(till):
    before = begin(till)
    till.control("N")
    till.press("Vins")
    till.enter()
    QTest.keyClick(till.window.box, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    till.press(Qt.Key.Key_Right)
    till.enter()
    QTest.keyClick(till.window.box, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert names(till) == [before[0]]
    till.enter()
    till.press(Qt.Key.Key_Delete)
    assert names(till) == []
    till.press(Qt.Key.Key_Escape)
    assert [page.name for page in till.settings.tile_pages] == ["Favoris"]
    assert before[0] not in names(till)


def test_each_change_of_the_tiles_is_taken_back_by_its_key(till):
    before = begin(till)
    till.press(Qt.Key.Key_Right)
    till.press(Qt.Key.Key_Delete)
    till.control("N")
    till.press("Vins")
    till.enter()
    assert tiles(till).names == ("Favoris", "Vins")
    till.control("Z")
    assert (tiles(till).names, names(till)) == (("Favoris",), before[1:])
    till.control("Z")
    assert names(till) == before
    assert till.sale.notice.text == "Dernière modification annulée."
    till.control("Z")
    assert till.sale.notice.text == "Plus rien à annuler."
    assert tiles(till).arranging


def test_a_shop_that_takes_every_tile_out_has_those_sold_most_again(till):
    before = begin(till)
    till.press(Qt.Key.Key_Right, *[Qt.Key.Key_Delete] * len(before), Qt.Key.Key_Escape)
    assert till.settings.tile_pages == ()
    assert names(till) == before


def test_nothing_is_sold_or_paid_while_tiles_are_arranged(till):
    till.scan(COFFEE.codes[0])
    begin(till)
    till.press(Qt.Key.Key_F12, Qt.Key.Key_Plus, Qt.Key.Key_F5)
    till.control("Z")
    state = till.sale.presenter.state
    assert state.step is Step.SELL
    assert [line.quantity for line in state.basket.lines] == [1]
    till.press(Qt.Key.Key_Escape)
    till.enter()
    assert till.sale.presenter.state.step is Step.PAY
    till.control("T")
    assert not tiles(till).arranging


def test_a_full_disk_loses_no_arrangement(till):
    begin(till)

    def full(_pages: object) -> None:
        raise SettingsNotWritten(till.papers, "no room")

    around = till.sale.presenter.flow.around
    object.__setattr__(around, "save_tiles", full)
    till.press(Qt.Key.Key_Escape)
    assert tiles(till).arranging
    notice = till.sale.presenter.state.notice
    assert notice is not None
    assert notice.kind is NoticeKind.STORE_FAILED


@pytest.mark.parametrize("count", [12, 30])
def test_thirty_tiles_fit_the_smallest_window_under_a_finger(qtbot, look, count):
    with open_till(qtbot, look, PlaceName.SALE, (1024, 600)) as till:
        products = [Product(f"p-{at}", f"Article de saison {at}", Money(100 + at), 550) for at in range(count)]
        with till.store.unit_of_work() as uow:
            uow.catalogue.save_all(products)
            uow.commit()
        ids = tuple(product.product_id for product in products)
        till.sale.presenter.flow.around.save_tiles(
            (TilePageSettings("Saison", ids), TilePageSettings("Autres", ids[:1]))
        )
        till.sale.activate()
        QApplication.processEvents()
        shown = [each for each in till.window.findChildren(TileButton) if each.isVisible()]
        assert len(shown) == count
        assert all(each.width() >= 44 and each.height() >= 44 for each in shown)
        grid = shown[0].parentWidget()
        assert grid is not None
        assert all(grid.rect().contains(each.geometry()) for each in shown)


def test_an_article_not_sold_any_more_leaves_no_hole(till):
    till.sale.presenter.flow.around.save_tiles((TilePageSettings("", ("gone", COFFEE.product_id)),))
    till.sale.activate()
    assert names(till) == [COFFEE.product_id]
    till.window.take_input("", How.TYPED)
