"""The set-up of a till that was never set up, on its own database, against a marketplace on loopback, by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.bootstrap.core import opened_core
from app.bootstrap.leaving import EXAMPLE_SHOP_ASKED, WayOut
from app.bootstrap.practice_door import LEFT_EARLY, PracticeDoor, PracticeStart
from app.bootstrap.set_up import SetUp, join_set_up, last_number
from app.bootstrap.window import Assembly, Places
from app.demo.demo_shop import DemoHome, DemoMarketplace, link_till
from app.demo.hands import Hands
from app.demo.shop_window import lead_through_example
from app.domain.fiscal import Series
from app.domain.pairing_text import PairingText, write_pairing_text
from app.settings import Settings, load, save
from app.ui.checkout.state import Step as SaleStep
from app.ui.checkout.view import SaleScreen
from app.ui.first_run.presenter import Page, Said, Step
from app.ui.first_run.view import FirstRun
from app.ui.screen import PlaceName
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small

FIELDS_AT_MOST = 6


def focused_in(window: QWidget) -> QWidget:
    found: Any = window.focusWidget()
    return found if isinstance(found, QWidget) else window


class NewTill:
    """A window whose till was never set up, with hands that count."""

    def __init__(self, places: Places, look) -> None:
        self.way_out = WayOut()
        self.keys = 0
        self.fields: set[QWidget] = set()
        self.assembly = Assembly(places, look, attached=lambda shown: join_set_up(shown, self.way_out), may_be_new=True)
        self.window = self.assembly.window
        self.hands = Hands(self.window)
        self.assembly.show()

    def until(self, done: Callable[[], object], what: str) -> None:
        self.hands.wait_until(done, what, 60.0)

    @property
    def set_up(self) -> SetUp:
        assert self.assembly.set_up is not None
        return self.assembly.set_up

    @property
    def sheet(self) -> FirstRun:
        assert self.set_up.sheet is not None
        return self.set_up.sheet

    def on(self, page: Page) -> bool:
        set_up = self.assembly.set_up
        return set_up is not None and set_up.sheet is not None and set_up.sheet.presenter.state.page is page

    def press(self, *keys: Qt.Key | str) -> None:
        for key in keys:
            target = focused_in(self.window)
            if isinstance(key, str):
                self.keys += len(key)
                if isinstance(target, QLineEdit) and target is not self.window.box:
                    self.fields.add(target)
                QTest.keyClicks(target, key)
            else:
                self.keys += 1
                QTest.keyClick(target, key)

    def sell(self, typed: str) -> None:
        """An open price, paid in cash: waits for what the screen shows as a person does."""
        sale = self.window.screen(PlaceName.SALE)
        assert isinstance(sale, SaleScreen)
        self.press(typed, Qt.Key.Key_Return)
        self.until(lambda: sale.presenter.state.step is SaleStep.RATE, "the question for the VAT rate")
        self.press(Qt.Key.Key_Return)
        self.until(lambda: sale.presenter.state.basket.lines, "the line")
        self.press(Qt.Key.Key_F12)
        self.until(lambda: sale.presenter.state.step is SaleStep.PAY, "the payment")
        self.press(Qt.Key.Key_Return)

    def documents(self, series: Series) -> int:
        core = self.assembly.core
        assert core is not None
        return last_number(core, series)

    def text(self, name: str) -> str:
        found = self.window.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found.text()

    def close(self) -> None:
        self.window.close()
        self.assembly.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def home(tmp_path: Path) -> DemoHome:
    made = DemoHome(tmp_path / "shop")
    made.folder.mkdir()
    save(made.places.settings, Settings(theme="light"))
    return made


@pytest.fixture
def marketplace(home: DemoHome) -> Iterator[DemoMarketplace]:
    running = DemoMarketplace(home)
    yield running
    running.switch_off()


@pytest.fixture
def till(home: DemoHome, look, qtbot) -> Iterator[NewTill]:
    made = NewTill(home.places, look)
    qtbot.addWidget(made.window)
    made.until(lambda: made.on(Page.DOORS), "the three doors")
    yield made
    made.close()


def _checked(till: NewTill) -> None:
    QCoreApplication.processEvents()
    assert texts_cut(till.window) == []
    assert targets_too_small(till.window) == []
    assert texts_too_small(till.window) == []
    assert nameless(till.window) == []


def test_linked_by_keys_to_the_first_real_sale(marketplace: DemoMarketplace, till: NewTill, home: DemoHome) -> None:
    _checked(till)
    till.press("2")
    assert till.on(Page.LINK)
    _checked(till)
    till.press(marketplace.url, Qt.Key.Key_Tab)
    till.press(marketplace.shop.pairing_code, Qt.Key.Key_Return)
    till.until(lambda: till.on(Page.TRADE), "the trades")
    _checked(till)
    till.press("1")
    assert till.on(Page.STEPS)
    _checked(till)
    sheet = till.set_up.sheet
    assert sheet is not None
    till.until(lambda: sheet.presenter.state.articles > 0, "articles")
    assert str(sheet.presenter.state.articles)[-3:] in till.text("first-run-articles")
    till.press(Qt.Key.Key_Return)
    assert not till.window.covered
    till.press(Qt.Key.Key_F3)
    till.sell("2,50")
    till.until(lambda: till.documents(Series.SALES) == 1, "the first real sale")
    link_keys = len(marketplace.url) + len(marketplace.shop.pairing_code)
    assert till.keys - link_keys <= 14, "beside address and code"
    assert len(till.fields) <= FIELDS_AT_MOST
    kept = load(home.places.settings)
    assert (kept.trade, kept.first_run.state) == ("food", "finished")
    assert kept.marketplace_url == marketplace.url


def test_a_scanned_pairing_leaves_nothing_to_type(marketplace: DemoMarketplace, till: NewTill) -> None:
    text = write_pairing_text(PairingText(marketplace.shop.pairing_code, marketplace.url))
    till.window.take_scan(text)
    assert till.on(Page.LINK), "shown before it is used: an address from a picture is anybody's"
    till.press(Qt.Key.Key_Return)
    till.until(lambda: till.on(Page.TRADE), "the trades")
    assert till.keys == 1
    assert not till.fields
    second = till.assembly._second
    assert second is not None
    till.until(lambda: second.shop == marketplace.shop.name, "the shop's name on the customer's screen")


def test_the_set_up_is_gone_through_with_the_focus_on_nothing(marketplace: DemoMarketplace, till: NewTill) -> None:
    """As after the thing with the focus was hidden or switched off: no key is pressed in vain, none twice."""

    def press_out_of_focus(key: Qt.Key | str) -> None:
        focused: Any = till.window.focusWidget()
        if isinstance(focused, QWidget):
            focused.clearFocus()
        assert focused_in(till.window) is till.window
        till.press(key)

    press_out_of_focus("2")
    assert till.on(Page.LINK)
    press_out_of_focus("h")
    assert till.sheet.address.text == "h", "typed where the next key is wanted"
    till.window.take_scan(write_pairing_text(PairingText(marketplace.shop.pairing_code, marketplace.url)))
    press_out_of_focus(Qt.Key.Key_Return)
    till.until(lambda: till.on(Page.TRADE), "the trades")
    press_out_of_focus("1")
    assert till.on(Page.STEPS)
    press_out_of_focus(Qt.Key.Key_Return)
    assert not till.window.covered
    assert till.keys == 5


def test_the_sheets_own_keys_are_one_press_each(marketplace: DemoMarketplace, till: NewTill) -> None:
    """What neither a field nor a button took comes to the sheet."""
    sheet = till.sheet
    QTest.keyClick(sheet, Qt.Key.Key_2)
    assert till.on(Page.LINK)
    till.window.take_scan(write_pairing_text(PairingText(marketplace.shop.pairing_code, marketplace.url)))
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    till.until(lambda: till.on(Page.TRADE), "the trades")
    QTest.keyClick(sheet, Qt.Key.Key_1)
    assert till.on(Page.STEPS)
    QTest.keyClick(sheet, Qt.Key.Key_Enter)
    assert not till.window.covered


def test_a_step_is_done_in_the_settings_and_a_key_leads_back(till: NewTill) -> None:
    till.window.screen(PlaceName.SETTINGS)
    till.sheet.presenter._change(page=Page.STEPS)
    till.press("3")
    assert not till.window.covered
    assert till.window.here is PlaceName.SETTINGS
    QTest.keyClick(till.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert till.on(Page.STEPS)


class PracticeBeside:
    """Stands in for the practice shop's process: ends when told to."""

    def __init__(self) -> None:
        self.starts: list[PracticeStart] = []
        self.code: int | None = None

    def begin(self, start: PracticeStart) -> PracticeBeside:
        self.starts.append(start)
        self.code = None
        return self

    def poll(self) -> int | None:
        return self.code


@pytest.fixture
def beside(till: NewTill) -> PracticeBeside:
    made = PracticeBeside()
    till.assembly._practice_door = PracticeDoor(till.assembly, made.begin)
    return made


def test_practice_is_done_once_it_was_done_in_the_practice_shop(till: NewTill, beside: PracticeBeside) -> None:
    till.sheet.presenter._change(page=Page.STEPS)
    till.press("7")
    [start] = beside.starts
    assert start.lesson == "short"
    assert start.folder == till.assembly.places.database.parent / "practice"
    assert till.on(Page.STEPS), "this till stays as it is"
    till.press("7")
    assert len(beside.starts) == 1, "one at a time"
    beside.code = LEFT_EARLY
    till.until(lambda: till.sheet.presenter.state.said is Said.PRACTICE_LEFT, "the practice left early")
    assert Step.PRACTICE not in till.sheet.presenter.state.done
    till.press("7")
    beside.code = 0
    till.until(lambda: Step.PRACTICE in till.sheet.presenter.state.done, "the practice ticked off")
    assert (till.documents(Series.TRAINING), till.documents(Series.SALES)) == (0, 0)


def test_practice_done_after_the_set_up_was_left_is_kept_too(till: NewTill, beside: PracticeBeside) -> None:
    till.sheet.presenter._change(page=Page.STEPS)
    till.press("7", Qt.Key.Key_Return)
    assert not till.window.covered
    beside.code = 0
    till.until(lambda: "practice" in till.assembly.settings.first_run.done, "the practice ticked off")


@pytest.mark.expected_logs("could not be started")
def test_a_practice_shop_that_cannot_be_opened_is_said(till: NewTill, beside: PracticeBeside) -> None:
    till.press("4")
    assert beside.starts[0].lesson == "whole"
    beside.code = 1
    till.until(lambda: till.sheet.presenter.state.said is Said.NO_PRACTICE, "why there is no practice shop")
    _checked(till)

    def missing(_start: PracticeStart) -> PracticeBeside:
        raise FileNotFoundError

    till.assembly._practice_door = PracticeDoor(till.assembly, missing)
    till.press("4")
    assert till.sheet.presenter.state.said is Said.NO_PRACTICE


def test_from_the_settings_anybody_may_practise(till: NewTill, beside: PracticeBeside) -> None:
    till.window.screen(PlaceName.SETTINGS)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_F9)
    till.until(lambda: till.hands.find("open-practice") is not None, "the settings")
    till.hands.click("open-practice")
    assert [start.lesson for start in beside.starts] == ["whole"]
    beside.code = 0
    till.until(lambda: not till.window.notice.isVisible(), "back at the real till")


def test_the_example_shop_is_asked_for_by_one_key(till: NewTill) -> None:
    till.press("1")
    assert not till.window.isVisible()
    assert till.way_out.code(0) == EXAMPLE_SHOP_ASKED


def test_later_opens_the_till_and_the_settings_say_what_is_left(till: NewTill, home: DemoHome, look) -> None:
    till.press(Qt.Key.Key_Escape)
    assert not till.window.covered
    assert load(home.places.settings).first_run.state == "finished"
    assert till.set_up.to_finish()
    till.set_up.show()
    assert till.on(Page.STEPS)


def test_a_till_that_was_set_up_begins_with_its_screens(till: NewTill, home: DemoHome, look, qtbot) -> None:
    till.press(Qt.Key.Key_Escape)
    till.close()
    again = NewTill(home.places, look)
    qtbot.addWidget(again.window)
    read: list[bool] = []
    again.until(lambda: again.assembly.set_up is not None, "the window with its workers")
    again.set_up.read(lambda _identity, _operators: read.append(again.window.covered))
    again.until(lambda: read, "the till's identity")
    assert read == [False]
    again.close()


@pytest.mark.expected_logs("backup not restored")
def test_a_backup_comes_back_and_what_is_none_is_said(home: DemoHome, look, qtbot, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    with opened_core(home.places.database, home.places.secrets) as core:
        core.store.backup(copy)
    till = NewTill(home.places, look)
    qtbot.addWidget(till.window)
    till.until(lambda: till.on(Page.DOORS), "the three doors")
    till.sheet.presenter.restore(copy)
    assert not till.window.isVisible()
    till.assembly.close()
    assert till.way_out.comes_back(home.places)
    assert till.way_out.restored == copy
    assert list(home.places.database.parent.glob("backups/*before-restore*"))
    till.close()
    copy.write_bytes(b"no database")
    till.way_out.backup = copy
    assert till.way_out.comes_back(home.places)
    assert till.way_out.failure is not None
    assert not till.way_out.comes_back(home.places), "closed as usual: not shown again"


def test_the_first_sale_and_handover_in_the_example_shop(home: DemoHome, marketplace, look, qtbot) -> None:
    customers = marketplace.customers()
    link_till(home, marketplace)
    guides: list[Any] = []
    assembly = Assembly(home.places, look, attached=lambda shown: guides.append(lead_through_example(shown)))
    qtbot.addWidget(assembly.window)
    hands = Hands(assembly.window)
    assembly.show()
    hands.wait_until(lambda: guides and guides[0].isVisible() and assembly.window.here is PlaceName.SALE, "the guide")
    core = assembly.core
    assert core is not None
    sale = assembly.window.screen(PlaceName.SALE)
    assert isinstance(sale, SaleScreen)
    pressed = 1  # the key of the door

    def press(key: Qt.Key) -> None:
        nonlocal pressed
        pressed += 1
        QTest.keyClick(focused_in(assembly.window), key)

    for key in (Qt.Key.Key_2, Qt.Key.Key_Comma, Qt.Key.Key_5, Qt.Key.Key_0, Qt.Key.Key_Return):
        press(key)
    hands.wait_until(lambda: sale.presenter.state.step is SaleStep.RATE, "the question for the VAT rate")
    press(Qt.Key.Key_Return)
    hands.wait_until(lambda: sale.presenter.state.basket.lines, "the line")
    press(Qt.Key.Key_F12)
    hands.wait_until(lambda: sale.presenter.state.step is SaleStep.PAY, "the payment")
    press(Qt.Key.Key_Return)
    hands.wait_until(lambda: last_number(core, Series.SALES) == 1, "the practice sale")
    assert pressed == 9
    hands.wait_until(lambda: assembly.window.here is PlaceName.PICKUP, "the next step")
    assert customers is not None
    assembly.window.close()
    assembly.close()
