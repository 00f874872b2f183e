from __future__ import annotations

from datetime import UTC, datetime

from app.domain.receipt import PrintKind, SelfTest, ShopIdentity
from app.i18n import set_language
from app.printing.layout import lay_out
from app.storage.documents import document_text, printable_of
from app.ui.device_words import device_lines
from app.usecases.device_book import Device, DeviceReport, DeviceState

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
REPORTS = (
    DeviceReport(Device.PRINTER, DeviceState.WORKING, "Epson"),
    DeviceReport(Device.SCALE, DeviceState.FAILED, "COM4", reason="absent"),
    DeviceReport(Device.CAMERA),
)


def test_the_self_test_says_how_the_devices_do_and_leaves_out_what_is_not_there() -> None:
    set_language("fr")
    test = SelfTest(ShopIdentity("Chez Léa"), NOON, "", tuple(device_lines(REPORTS)))
    kept = printable_of(PrintKind.SELF_TEST, document_text(test))
    assert kept == test
    text = "\n".join(getattr(line, "text", "") for line in lay_out(kept, 48))
    assert "Imprimante à tickets - Fonctionne" in text
    assert "Balance - Son port n" in text
    assert "Caméra" not in text


def test_a_self_test_kept_by_an_older_release_is_read() -> None:
    old = SelfTest(ShopIdentity("Chez Léa"), NOON, "P1")
    text = document_text(old).replace(',"devices":[]', "")
    assert "devices" not in text
    assert printable_of(PrintKind.SELF_TEST, text) == old
