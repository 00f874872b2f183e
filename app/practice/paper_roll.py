"""Owns the roll of paper of the practice shop's printer, which runs out when the plan says so. Lays nothing out."""

from __future__ import annotations

from app.domain.receipt import Printable
from app.printing.printer import Printer, PrinterState, PrinterStatus
from app.usecases.ports import PrinterUnavailable


class PaperRoll:
    """Set from the main thread, read on the printer's.

    Attributes:
        out: there is no paper left.
        refused: papers that did not come out since it ran out.
        printed: papers that came out since it ran out.
    """

    def __init__(self) -> None:
        self.out = False
        self.refused = 0
        self.printed = 0

    def run_out(self) -> None:
        self.refused = self.printed = 0
        self.out = True

    def put_in(self) -> None:
        self.out = False


class PracticePrinter:
    """Any printer, with that roll in it."""

    def __init__(self, printer: Printer, roll: PaperRoll) -> None:
        self._printer = printer
        self._roll = roll

    @property
    def live(self) -> bool:
        return self._printer.live

    def print_document(self, document: Printable, *, open_drawer: bool = False) -> None:
        if self._roll.out:
            self._roll.refused += 1
            raise PrinterUnavailable("paper_out")
        self._printer.print_document(document, open_drawer=open_drawer)
        self._roll.printed += 1

    def open_drawer(self) -> None:
        self._printer.open_drawer()

    def status(self) -> PrinterStatus:
        return PrinterStatus(PrinterState.PAPER_OUT) if self._roll.out else self._printer.status()

    def abort(self) -> None:
        self._printer.abort()
