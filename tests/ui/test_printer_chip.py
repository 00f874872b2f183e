"""What the window says of a printer that does not answer, and that it stops saying it once the paper came out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.devices import show_device
from app.bootstrap.printer_chip import printer_chip_for
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.settings import PrinterProfile, Settings, save
from app.ui.screen import PlaceName
from app.ui.settings.devices_sheet import DevicesSheet
from app.ui.settings.view import SettingsScreen
from app.ui.style.tokens import Role
from app.usecases.device_book import Device
from app.usecases.ports import PrintState
from app.usecases.print_document import print_self_test
from app.usecases.queries import PrintJobRow
from tests.fakes.socket_printer import read_job, socket_printer
from tests.fakes.surroundings import NOON

NOBODY_THERE = PrinterProfile(name="net", transport="network", host="127.0.0.1", port=9)


def test_the_window_says_that_the_printer_does_not_answer_until_it_does(qapp, look, tmp_path: Path) -> None:
    places = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
    save(places.settings, Settings(printer=NOBODY_THERE))
    assembly = Assembly(places, look)
    hands = Hands(assembly.window)
    chip = assembly.window.foot.printer
    assembly.show()
    try:
        hands.wait_until(lambda: assembly.spooler is not None, "the printing side")
        assert assembly.core is not None
        print_self_test(assembly.core.counter)
        hands.wait_until(lambda: "ne répond pas" in chip.accessibleName(), "the chip")
        assert assembly.window.notice.isVisible()
        chip.pressed.emit()
        hands.wait_until(lambda: page_of(assembly).isVisible(), "the page of devices")
        assert assembly.window.focusWidget() is page_of(assembly).cards[Device.PRINTER].button
        assert page_of(assembly).cards[Device.PRINTER].button.text() == "Réessayer maintenant"
        assembly.use_settings(replace(assembly.settings, printer=PrinterProfile()))
        hands.wait_until(lambda: chip.accessibleName() == "Imprimante", "the paper that came out")
    finally:
        assembly.window.close()
        assembly.close()


def page_of(assembly: Assembly) -> DevicesSheet:
    screen = assembly.window.screen(PlaceName.SETTINGS)
    assert isinstance(screen, SettingsScreen)
    return screen.devices


def test_the_spare_printer_is_tried_where_it_stands(qapp, look, tmp_path: Path) -> None:
    """Not the tickets' printer, which is on screen, although the page is of no kind that the spare one has."""
    with socket_printer() as there:
        places = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
        spare = PrinterProfile(name="Réserve", transport="network", host="127.0.0.1", port=there.port)
        save(places.settings, Settings(fallback_printer=spare))
        shown: list[object] = []
        assembly = Assembly(places, look, on_paper=lambda lines, _columns: shown.append(lines))
        hands = Hands(assembly.window)
        assembly.show()
        try:
            hands.wait_until(lambda: assembly.spooler is not None, "the printing side")
            show_device(assembly.window, Device.FALLBACK_PRINTER)
            hands.wait_until(lambda: page_of(assembly).cards[Device.FALLBACK_PRINTER].report is not None, "its card")
            page_of(assembly).cards[Device.FALLBACK_PRINTER].button.click()
            hands.wait_until(lambda: there.jobs, "the page on the spare printer")
            assert "PAGE D'ESSAI" in read_job(there.jobs[0], {16: "cp1252"}).text
            assert shown == []
        finally:
            assembly.window.close()
            assembly.close()


@pytest.mark.parametrize(
    ("state", "error", "words", "role"),
    [
        (PrintState.FAILED, "paper_out", "Plus de papier", Role.DANGER),
        (PrintState.FAILED, "cover_open", "Imprimante ouverte", Role.DANGER),
        (PrintState.FAILED, "timeout", "L’imprimante ne répond pas", Role.DANGER),
        (PrintState.UNKNOWN, "unknown", "Imprimé ?", Role.WARNING),
    ],
)
def test_each_trouble_has_its_words(state: PrintState, error: str, words: str, role: Role) -> None:
    assert printer_chip_for(PrintJobRow("job", NOON, "Ticket", state, error)) == (words, role)
