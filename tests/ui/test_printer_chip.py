"""What the window says of a printer that does not answer, and that it stops saying it once the paper came out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.printer_chip import printer_chip_for
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.settings import PrinterProfile, Settings, save
from app.ui.style.tokens import Role
from app.usecases.ports import PrintState
from app.usecases.print_document import print_self_test
from app.usecases.queries import PrintJobRow
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
        assembly.use_settings(replace(assembly.settings, printer=PrinterProfile()))
        hands.wait_until(lambda: chip.accessibleName() == "Imprimante", "the paper that came out")
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
