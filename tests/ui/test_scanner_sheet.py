"""The scanner's sheet: a code is shown and scanned, what was learned is saved and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.printing.bars import bars_of
from app.printing.qr import qr_modules
from app.scanning.calibrator import BAR_TEXTS, QR_TEXT, Finding, joined, read_lesson
from app.settings import ScannerSettings
from app.ui.screen import PlaceName
from app.ui.settings.presenter import Section
from app.ui.settings.scanner import ScannerSurroundings
from app.ui.settings.scanner_sheet import ScannerSheet
from app.ui.settings.scanner_words import finding_words, lesson_role
from app.ui.style.tokens import Role
from tests.ui.till import open_till
from tests.unit.scanning.keyboard import scanned

GERMAN = str.maketrans("yzYZ-", "zyZYß")


class Hands:
    """The keys that the sheet asked for, and what it is given."""

    def __init__(self) -> None:
        self.on_keys: Callable[[Sequence[Any] | None], None] | None = None

    def capture(self, on_keys: Callable[[Sequence[Any] | None], None] | None) -> None:
        self.on_keys = on_keys

    def scan(self, text: str, **how: Any) -> None:
        assert self.on_keys is not None
        self.on_keys(scanned(text, **how))


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        yield opened


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def sheet(qtbot, till, look, hands):
    """A sheet of its own upon the settings of the till."""
    around = ScannerSurroundings(
        hands.capture,
        read_lesson,
        joined,
        QR_TEXT,
        BAR_TEXTS,
        qr_modules,
        bars_of,
        lambda told: told([("/dev/ttyACM0", "Scanner"), ("COM3", "COM3")]),
    )
    made = ScannerSheet(look, till.set_up.presenter, around)
    qtbot.addWidget(made)
    till.set_up.presenter.choose_section(Section.SCANNER)
    made.resize(900, 700)
    made.show()
    made.show_state(till.set_up.presenter.state)
    return made


def _text(sheet: QWidget, name: str) -> str:
    found = sheet.findChild(QLabel, name)
    assert found is not None, name
    return found.text().replace("\u00a0", " ").replace("\u202f", " ") if found.isVisible() else ""


def press(sheet: QWidget, name: str) -> None:
    QTest.mouseClick(part(sheet, name), Qt.MouseButton.LeftButton)


def part(sheet: QWidget, name: str) -> QWidget:
    found = sheet.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_a_code_teaches_that_the_scanner_is_set_to_another_keyboard_and_can_be_taken_back(till, sheet, hands):
    assert not sheet.picture.isVisible()
    press(sheet, "scanner-learn")
    assert sheet.picture.isVisible()
    hands.scan(QR_TEXT, french=True)
    assert till.settings.scanner.reading == "keys"
    assert _text(sheet, "scanner-found") == finding_words("read_by_keys")
    assert hands.on_keys is None, "keys are keys again"
    assert not sheet.picture.isVisible()
    press(sheet, "scanner-undo")
    assert till.settings.scanner == ScannerSettings()
    assert not part(sheet, "scanner-undo").isVisible()


def test_one_that_is_fine_changes_nothing(till, sheet, hands):
    press(sheet, "scanner-learn")
    hands.scan(QR_TEXT)
    assert till.settings.scanner == ScannerSettings()
    assert _text(sheet, "scanner-found") == finding_words("fine")
    assert not part(sheet, "scanner-undo").isVisible()


def test_what_cannot_be_used_is_said_and_the_sheet_waits_on(till, sheet, hands):
    press(sheet, "scanner-learn")
    hands.scan("3760123456784")
    assert _text(sheet, "scanner-found") == finding_words("other_code")
    assert till.settings.scanner == ScannerSettings()
    hands.scan(QR_TEXT, end="\t")
    assert till.settings.scanner.suffix == "\t"


def test_three_bar_codes_teach_an_unknown_keyboard(till, sheet, hands):
    sheet.presenter.use_bars(True)
    press(sheet, "scanner-learn")
    for number, sent in enumerate(BAR_TEXTS, 1):
        assert f"{number}" in _text(sheet, "scanner-step")
        assert hands.on_keys is not None
        keys = [type(key)(key.text.translate(GERMAN), 0, key.shift, key.timestamp_ms) for key in scanned(sent)]
        hands.on_keys(keys)
    scanner = till.settings.scanner
    assert (scanner.reading, dict(zip(scanner.learned_from, scanner.learned_to, strict=True))) == (
        "learned",
        {"Z": "Y", "Y": "Z"},
    )


def test_leaving_the_sheet_gives_the_keys_back(till, sheet, hands):
    press(sheet, "scanner-learn")
    assert hands.on_keys is not None
    sheet.hide()
    assert hands.on_keys is None
    sheet.show()
    press(sheet, "scanner-learn")
    till.set_up.presenter.choose_section(Section.DISPLAY)
    sheet.show_state(till.set_up.presenter.state)
    assert hands.on_keys is None


def test_escape_ends_the_lesson(sheet, hands):
    press(sheet, "scanner-learn")
    assert hands.on_keys is not None
    hands.on_keys(None)
    assert hands.on_keys is None
    assert not sheet.presenter.state.waiting


def test_a_serial_port_is_chosen_among_those_there_are(till, sheet):
    assert [sheet.port.itemData(at) for at in range(sheet.port.count())] == ["", "/dev/ttyACM0", "COM3"]
    sheet.port.choose("/dev/ttyACM0")
    press(sheet, "save-scanner")
    assert till.settings.scanner.serial_port == "/dev/ttyACM0"


def test_a_suffix_of_its_own_is_kept_when_the_fields_are_saved(till, sheet, hands):
    press(sheet, "scanner-learn")
    hands.scan(QR_TEXT + "#", end="")
    assert till.settings.scanner.suffix == "#"
    sheet.show_state(till.set_up.presenter.state)
    press(sheet, "save-scanner")
    assert till.settings.scanner.suffix == "#"


def test_every_finding_has_words_of_its_own():
    told = {finding_words(str(finding)) for finding in Finding}
    assert len(told) == len(Finding)
    assert finding_words("never heard of") not in told


def test_what_cannot_be_mended_is_never_green():
    assert lesson_role(["lost"]) is Role.DANGER
    assert lesson_role(["caps_lock", "read_by_keys"]) is Role.WARNING
    assert lesson_role(["read_by_keys"]) is Role.SUCCESS
