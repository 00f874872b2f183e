"""The drawer opened without a paper: over a real socket, and not where none is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.printing.layout import as_given
from app.printing.printer import build_printer
from app.settings import PrinterProfile
from app.usecases.ports import PrinterUnavailable
from tests.fakes.socket_printer import read_job, socket_printer


def open_drawer(profile: PrinterProfile) -> None:
    build_printer(profile, "fr", as_given, lambda lines, profile: None).open_drawer()


@pytest.mark.parametrize("allowed", [True, False])
def test_the_drawer_is_kicked_if_one_is_set_up(allowed):
    with socket_printer() as printer:
        profile = PrinterProfile(transport="network", host="127.0.0.1", port=printer.port, open_drawer=allowed)
        open_drawer(profile)
        jobs = printer.wait_for_jobs(1) if allowed else []
    assert [read_job(job, {16: "cp1252"}).drawer_kicks for job in jobs] == [1] * allowed


def test_a_printer_that_is_off_is_told(tmp_path: Path):
    with socket_printer() as printer:
        port = printer.port
    with pytest.raises(PrinterUnavailable):
        open_drawer(PrinterProfile(transport="network", host="127.0.0.1", port=port, open_drawer=True))
    paper = tmp_path / "paper.bin"
    with pytest.raises(PrinterUnavailable, match="not_live"):
        open_drawer(PrinterProfile(transport="file", path=str(paper), open_drawer=True))
    open_drawer(PrinterProfile(transport="screen", open_drawer=True))
    assert not paper.exists(), "what is kept in a file opens no drawer now"
