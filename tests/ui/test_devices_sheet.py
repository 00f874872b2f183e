"""The page of devices and the sheet of display and scale: live, with the remedy, by keys alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.i18n import set_language
from app.serial_line import SerialPort
from app.settings import CustomerDisplaySettings, ScaleSettings, Settings
from app.ui.screen import PlaceName
from app.ui.settings.counter_sheet import CounterSheet
from app.ui.settings.devices import DevicesSurroundings
from app.ui.settings.devices_sheet import DevicesSheet
from app.ui.settings.presenter import Section, SettingsPresenter, SettingsState
from app.ui.style.look import Look
from app.usecases.counter_devices import ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceBook
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.surroundings import NOON, HandSetClock
from tests.ui.till import open_till
from tests.unit.ui.test_sale_beside import HandScale


class SettingsHands(SettingsPresenter):
    """Stands in for the presenter of the settings: remembers where one was led and what was saved."""

    def __init__(self, settings: Settings) -> None:  # nothing behind it
        self.state = SettingsState(settings)
        self.led_to: list[Section] = []
        self.saved: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def choose_section(self, section: Section) -> None:
        self.led_to.append(section)

    def set_beside(self, display: Mapping[str, Any], scale: Mapping[str, Any]) -> None:
        self.saved.append((dict(display), dict(scale)))


class Desk:
    """A book, a scale and what was tried."""

    def __init__(self) -> None:
        self.book = DeviceBook(HandSetClock(NOON))
        self.tried: list[Device] = []
        self.reading = ScaleReading(ScaleState.STABLE, 456)
        self.ports = [SerialPort("/dev/ttyUSB0", "CH340", "1a86:7523"), SerialPort("/dev/ttyUSB1", "n/a")]
        self.runner = InlineRunner()

    def around(self) -> DevicesSurroundings:
        able = (Device.PRINTER, Device.DRAWER, Device.CUSTOMER_DISPLAY)
        tries = {device: (lambda device=device: self.tried.append(device)) for device in able}
        return DevicesSurroundings(self.runner, self.book.reports, tries, lambda: self.ports, lambda: self.reading)


@pytest.fixture
def till(qtbot, look):
    set_language("en")
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


@pytest.fixture
def desk() -> Desk:
    set_language("en")
    return Desk()


@pytest.fixture
def look(qapp) -> Look:
    made = Look("light")
    made.apply(qapp)
    return made


def shown(qtbot, sheet: Any) -> Any:
    qtbot.addWidget(sheet)
    sheet.resize(700, 900)
    sheet.show()
    qtbot.waitExposed(sheet)
    return sheet


@pytest.fixture
def page(qtbot, look, desk):
    return shown(qtbot, DevicesSheet(look, SettingsHands(Settings()), desk.around()))


def test_a_device_that_fails_is_shown_with_its_remedy_and_by_itself(qtbot, desk, page) -> None:
    card = page.cards[Device.PRINTER]
    assert card.chip.text == "None set up"
    desk.book.set_up(Device.PRINTER, "Epson")
    desk.book.failed(Device.PRINTER, "paper_out")
    qtbot.waitUntil(lambda: card.trouble.text() == "No paper left.", timeout=60_000)
    assert "new roll" in card.remedy.text()
    assert card.button.text() == "Try again now"
    card.button.click()
    assert desk.tried == [Device.PRINTER]
    desk.tried.clear()
    desk.book.works(Device.PRINTER)
    qtbot.waitUntil(lambda: card.chip.text == "Works", timeout=60_000)
    assert not card.trouble.isVisible()
    assert not card.remedy.isVisible(), "it was asked again: no page is on its way"
    assert card.button.text() == "Print a test page"
    card.button.click()
    assert "on its way" in card.remedy.text()
    assert desk.tried == [Device.PRINTER]


def test_what_to_see_to_before_it_fails_is_said(desk, page) -> None:
    desk.book.set_up(Device.PRINTER, "Epson")
    desk.book.works(Device.PRINTER, paper_low="yes")
    desk.book.set_up(Device.DRAWER, "Epson")
    desk.book.works(Device.DRAWER, open="yes")
    page.presenter.look()
    assert "runs low" in page.cards[Device.PRINTER].remedy.text()
    assert "close it" in page.cards[Device.DRAWER].remedy.text()
    desk.book.works(Device.DRAWER, open="no")
    page.presenter.look()
    assert not page.cards[Device.DRAWER].remedy.isVisible()


def test_one_button_tries_or_leads_to_the_settings_by_keys(qtbot, desk, page) -> None:
    desk.book.set_up(Device.DRAWER, "Epson")
    desk.book.set_up(Device.SERIAL_SCANNER, "COM3")
    page.presenter.look()
    for device in (Device.DRAWER, Device.SERIAL_SCANNER, Device.SCALE):
        button = page.cards[device].button
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert desk.tried == [Device.DRAWER]
    assert page._settings.led_to == [Section.SCANNER, Section.COUNTER]


@pytest.mark.parametrize(("state", "words"), [(ScaleState.EMPTY, "it says 0"), (ScaleState.ABSENT, "does not answer")])
def test_weighing_says_what_came_of_it(desk, page, state, words) -> None:
    desk.book.set_up(Device.SCALE, "COM4")
    desk.book.works(Device.SCALE)
    page.presenter.look()
    page.cards[Device.SCALE].button.click()
    assert "0.456" in page.cards[Device.SCALE].remedy.text()
    desk.reading = ScaleReading(state)
    page.cards[Device.SCALE].button.click()
    assert words in page.cards[Device.SCALE].remedy.text()


def test_every_device_leads_somewhere(desk, page) -> None:
    for device in Device:
        page.cards[device].button.click()
    assert len(page._settings.led_to) == len(Device)


@pytest.fixture
def counter(qtbot, look, desk):
    hands = SettingsHands(Settings(scale=ScaleSettings("serial", "COM9", 2400, "toledo_8217")))
    sheet = shown(qtbot, CounterSheet(look, hands, desk.around()))
    sheet.show_state(hands.state)
    return sheet


def test_ports_of_this_computer_are_offered_and_what_is_chosen_is_saved(counter) -> None:
    assert [counter.display_port.itemData(at) for at in range(counter.display_port.count())] == [
        "/dev/ttyUSB0",
        "/dev/ttyUSB1",
    ]
    assert counter.scale_port.current == "COM9"
    assert not counter.display_port.isVisible()
    counter.display.choose("cd5220", tell=True)
    assert counter.display_port.isVisible()
    counter.display_port.choose("/dev/ttyUSB1")
    counter.save.click()
    [(display, scale)] = counter._settings.saved
    assert CustomerDisplaySettings(**display) == CustomerDisplaySettings("serial", "/dev/ttyUSB1", protocol="cd5220")
    assert ScaleSettings(**scale) == ScaleSettings("serial", "COM9", 2400, "toledo_8217")


def test_none_takes_it_away(counter) -> None:
    counter.scale.choose("none", tell=True)
    counter.save.click()
    assert counter._settings.saved == [({"kind": "none"}, {"kind": "none"})]


def test_a_computer_without_ports_is_told_what_to_do(qtbot, look, desk) -> None:
    desk.ports = []
    hands = SettingsHands(Settings())
    sheet = shown(qtbot, CounterSheet(look, hands, desk.around()))
    sheet.show_state(hands.state)
    assert not sheet._no_ports.isVisible()
    sheet.display.choose("esc_pos", tell=True)
    assert sheet._no_ports.isVisible()
    sheet.save.click()
    assert hands.saved[0][0]["serial_port"] == ""


def test_the_scale_is_tried_where_it_is_set_up(counter, desk) -> None:
    counter.weigh.click()
    assert "0.456" in counter._weighed.text()


def test_a_display_chosen_in_the_real_settings_is_kept(till) -> None:
    till.window.go_to(PlaceName.SETTINGS)
    settings = till.set_up.presenter
    settings.choose_section(Section.COUNTER)
    settings.set_beside({"kind": "serial", "serial_port": ""}, {"kind": "none"})
    assert settings.state.wrong_field == "serial_port"
    assert till.settings.customer_display == CustomerDisplaySettings()
    settings.set_beside({"kind": "serial", "serial_port": "COM3"}, {"kind": "serial", "serial_port": "COM4"})
    assert till.settings.customer_display == CustomerDisplaySettings("serial", "COM3")
    assert till.settings.scale == ScaleSettings("serial", "COM4")


def test_each_sheet_stands_where_its_section_is(till) -> None:
    till.window.go_to(PlaceName.SETTINGS)
    kinds = {Section.COUNTER: CounterSheet, Section.DEVICES: DevicesSheet}
    for section, kind in kinds.items():
        assert isinstance(till.set_up.sheets[list(Section).index(section)], kind)


def test_the_scales_weight_is_taken_by_key_and_confirmed_by_enter(till) -> None:
    scale = HandScale()
    flow = till.sale.presenter.flow
    flow.around = replace(flow.around, scale=scale)
    till.window.go_to(PlaceName.SALE)
    till.press("tomate")
    till.enter()
    scale.says(ScaleReading(ScaleState.STABLE, 456))
    till.press("p")
    assert till.window.box.text() == "0.456"
    assert not till.sale.presenter.state.basket.lines
    till.enter()
    assert [line.quantity for line in till.sale.presenter.state.basket.lines] == [456]


def test_a_touch_takes_the_weight_too(till) -> None:
    scale = HandScale()
    flow = till.sale.presenter.flow
    flow.around = replace(flow.around, scale=scale)
    till.window.go_to(PlaceName.SALE)
    till.press("tomate")
    till.enter()
    scale.says(ScaleReading(ScaleState.STABLE, 1234))
    till.click("take-weight")
    assert till.window.box.text() == "1.234"
    till.enter()
    assert [line.quantity for line in till.sale.presenter.state.basket.lines] == [1234]
