"""The harness itself: papers, faults, drawer, serial line, power cut and the complaints that other tests rely on."""

from __future__ import annotations

import os

import pytest

from tests.emulator.simulator import UNKNOWN_COMMAND, UNSUPPORTED_PAGE, Wanted

FRONT, LINE = Wanted("front"), Wanted("line", line="serial")


@pytest.fixture(scope="module")
def printers(emulated):
    return emulated(FRONT, LINE)


def test_a_paper_comes_out_as_text_and_as_picture(printers):
    before = len(printers.receipts("front"))
    printers.print_raw("front", b"\x1b@\x1bt\x10\xe9t\xe9 \x80\n\x1dV\x00")
    receipt = printers.wait_for_receipts("front", before + 1)[-1]
    assert (receipt.text, receipt.boundary, receipt.picture.width) == ("été €\n", "cut", 576)


def test_what_no_printer_understands_is_told(printers):
    printers.print_raw("front", b"\x1bt\x63", b"\x1b\x99")
    printers.wait_until(lambda: printers.events(UNKNOWN_COMMAND) and printers.events(UNSUPPORTED_PAGE, "front"))
    assert len(printers.complaints()) == 2


def test_the_drawer_opens_and_is_closed(printers):
    printers.print_raw("front", b"\x1bp\x00\x32\x32")
    assert printers.drawer_is_open("front")
    printers.close_drawer("front")
    assert not printers.drawer_is_open("front")


def test_a_fault_holds_the_paper_back_until_it_is_mended(printers):
    before = len(printers.receipts("line"))
    printers.fault("line", "paper-out")
    handle = os.open(printers.device("line"), os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(handle, b"\x1b@on paper\n\x10\x04\x04")
        assert os.read(handle, 1)[0] & 0b0110_0000, "it says that paper is out"
        assert len(printers.receipts("line")) == before
        printers.mend("line", "paper-out")
        os.write(handle, b"\x1dV\x00")
        assert printers.wait_for_receipts("line", before + 1)[-1].text == "on paper\n"
    finally:
        os.close(handle)


def test_after_a_power_cut_it_listens_on_the_same_port(emulated):
    printer = emulated(FRONT)
    printer.kill()
    with pytest.raises(ConnectionRefusedError):
        printer.print_raw("front", b"lost\n")
    printer.start_again()
    printer.print_raw("front", b"here\n\x1dV\x00")
    assert [receipt.text for receipt in printer.wait_for_receipts("front", 1)] == ["here\n"]
