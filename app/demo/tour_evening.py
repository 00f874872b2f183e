"""Owns the evening of the guided tour: goods come back, the drawer is counted, the day closed, the ledger checked,
archived, and the archive verified by a stranger. Works the window as a person does and notes what it saw.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt

from app.bootstrap.window import Assembly
from app.demo import audit
from app.demo.demo_shop import DemoHome
from app.demo.hands import Hands
from app.demo.summary import Proof
from app.domain.archive_tables import LEDGER_FILE
from app.domain.cash import DENOMINATIONS_MINOR
from app.domain.money import ZERO, Money
from app.domain.sale import DocumentKind
from app.ui.books.desk import Section
from app.ui.books.view import BooksScreen
from app.ui.checkout.state import Step as SaleStep
from app.ui.checkout.view import SaleScreen
from app.ui.closing.state import Step
from app.ui.closing.view import ClosingScreen
from app.ui.returns.state import Page
from app.ui.screen import PlaceName
from app.usecases.export_archive import ArchiveDone
from app.usecases.queries import Queries

VERIFIER = "verifier.py"
VERIFIER_LIMIT_S = 120


class Evening:
    """What happens once the shop has sold."""

    def __init__(self, proof: Proof, assembly: Assembly, hands: Hands, home: DemoHome) -> None:
        self._proof = proof
        self._assembly = assembly
        self._hands = hands
        self._home = home

    def steps(self) -> Sequence[Callable[[], None]]:
        """The evening, in order."""
        return (
            self.an_article_comes_back,
            self.the_day_is_closed,
            self.the_ledger_is_checked,
            self.the_day_is_archived,
        )

    # --- the day ---

    def an_article_comes_back(self) -> None:
        """an article comes back against its ticket, for cash, in a document of its own"""
        tickets = self._queries().sales()
        self._hands.press(Qt.Key.Key_F3)
        self._hands.press(Qt.Key.Key_Escape)
        self._hands.press(Qt.Key.Key_F11)
        self._hands.wait_until(lambda: self._sale.returns.state.page is Page.LIST, "the list of tickets")
        self._hands.wait_until(lambda: self._sale.returns.state.rows, "the tickets of today")
        self._picture("tickets-of-today")
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.returns.state.page is Page.TICKET, "the ticket")
        self._hands.type("1")
        self._hands.wait_until(lambda: self._sale.returns.state.chosen, "the line is chosen")
        self._picture("an-article-comes-back")
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.presenter.state.basket.total < ZERO, "it is in the basket")
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.presenter.state.step is SaleStep.PAY, "the refund")
        self._hands.enter()
        self._hands.wait_until(lambda: self._sale.presenter.state.step is SaleStep.PAID, "the refund is done")
        self._picture("refunded")
        done = self._sale.presenter.state.done
        assert done is not None  # noqa: S101  # PAID has it
        self._proof.check(
            "the return is a document of its own that names its ticket",
            done.sale.kind is DocumentKind.RETURN and done.sale.lines[0].corrects_sale_id != "",
            f"{done.sale.display_number}: {done.sale.total}, after {len(tickets)} tickets",
        )
        self._hands.press(Qt.Key.Key_Escape)

    def the_day_is_closed(self) -> None:
        """the drawer is counted and the day closed, with a Z on paper"""
        expected = self._queries().cash_session().expected
        turnover = audit.turnover_minor(self._home.places.database)
        self._hands.press(Qt.Key.Key_F10)
        self._hands.wait_until(lambda: self._closing.presenter.state.picture.session is not None, "the drawer's page")
        self._picture("counting-the-drawer")
        self._count(expected)
        self._hands.enter()
        self._hands.wait_until(lambda: self._closing.presenter.state.step is Step.CHECK, "the count held against it")
        self._picture("the-count-is-right")
        papers = len(self._proof.receipts)
        self._hands.enter()
        self._hands.wait_until(lambda: self._closing.presenter.state.step is Step.DONE, "the day is closed")
        self._hands.wait_until(lambda: len(self._proof.receipts) >= papers + 2, "the Z and the count are on paper")
        self._picture("the-day-is-closed")
        closure = self._queries().closures()[0]
        self._proof.check(
            "the Z is the sum of the day's documents",
            closure.totals.turnover.minor == turnover,
            f"{closure.display_number}: {closure.totals.turnover}",
        )
        self._proof.check("the drawer holds what it should", not closure.cash.difference, str(closure.cash.counted))
        self._hands.press(Qt.Key.Key_Escape)

    def _count(self, amount: Money) -> None:
        """As few notes and coins as make up the amount, from the biggest down."""
        left = amount.minor
        pieces = {}
        for value in sorted(DENOMINATIONS_MINOR, reverse=True):
            pieces[value], left = divmod(left, value)
        fields = self._closing.grid.fields
        for field in fields:
            if pieces.get(field.value_minor):
                self._hands.type(str(pieces[field.value_minor]))
            if field is not fields[-1]:
                self._hands.press(Qt.Key.Key_Tab)

    # --- the books ---

    def the_ledger_is_checked(self) -> None:
        """the ledger is checked from its first row to its last"""
        self._hands.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        self._hands.wait_until(lambda: self._books.closures.presenter.state.closures, "the closures are listed")
        self._picture("closures")
        sheet = self._books.check
        self._show_section(Section.CHECK)
        self._hands.click("check-ledger")
        self._hands.wait_until(lambda: sheet.presenter.state.report is not None, "the ledger is read", 60)
        report = sheet.presenter.state.report
        assert report is not None  # noqa: S101  # waited for
        self._picture("the-ledger-is-sound")
        self._proof.check(
            "every row of the ledger holds", report.is_sound, f"{report.row_count} rows, {len(report.faults)} faults"
        )

    def the_day_is_archived(self) -> None:
        """the day is archived, and a stranger verifies the archive with nothing but Python"""
        sheet = self._books.archive
        self._show_section(Section.ARCHIVE)
        today = self._queries().closures()[0].last_day
        sheet.presenter.choose_folder(self._proof.folder)
        sheet.first.set_text(today.strftime("%d/%m/%Y"))
        sheet.last.set_text(today.strftime("%d/%m/%Y"))
        self._hands.click("make-archive")
        self._hands.wait_until(lambda: isinstance(sheet.presenter.state.outcome, ArchiveDone), "the archive", 60)
        self._picture("archived")
        done = sheet.presenter.state.outcome
        assert isinstance(done, ArchiveDone)  # noqa: S101  # waited for
        archive = Path(done.path)
        self._proof.keep_archive(archive)
        said = _verified_by_a_stranger(archive)
        self._proof.check("a stranger verifies the archive", said.returncode == 0, said.stdout.strip()[-300:])
        damaged = _with_a_byte_changed(archive, self._home.folder / "damaged.zip")
        refused = _verified_by_a_stranger(damaged)
        self._proof.check("an archive with one byte changed is refused", refused.returncode == 1)

    def _show_section(self, section: Section) -> None:
        self._books.choose(section)

    # --- what is on the screen ---

    @property
    def _sale(self) -> SaleScreen:
        screen = self._assembly.window.screen(PlaceName.SALE)
        assert isinstance(screen, SaleScreen)  # noqa: S101  # the window has no other there
        return screen

    @property
    def _closing(self) -> ClosingScreen:
        screen = self._assembly.window.screen(PlaceName.CLOSING)
        assert isinstance(screen, ClosingScreen)  # noqa: S101  # the window has no other there
        return screen

    @property
    def _books(self) -> BooksScreen:
        screen = self._assembly.window.screen(PlaceName.BOOKS)
        assert isinstance(screen, BooksScreen)  # noqa: S101  # the same
        return screen

    def _queries(self) -> Queries:
        assert self._assembly.core is not None  # noqa: S101  # the morning waited for it
        return self._assembly.core.store.queries

    def _picture(self, name: str) -> None:
        self._hands.picture(self._proof.next_screenshot(name))


def _verified_by_a_stranger(archive: Path) -> subprocess.CompletedProcess[str]:
    """The verifier that is in the archive, by a Python without any of our packages."""
    with zipfile.ZipFile(archive) as opened:
        verifier = archive.with_name(f"{archive.stem}-{VERIFIER}")
        name = next(name for name in opened.namelist() if name.rsplit("/", 1)[-1] == VERIFIER)
        verifier.write_bytes(opened.read(name))
    try:
        return subprocess.run(  # noqa: S603  # our own file, just written
            [sys.executable, "-I", "-S", str(verifier), str(archive)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=VERIFIER_LIMIT_S,
            check=False,
        )
    finally:
        verifier.unlink()


def _with_a_byte_changed(archive: Path, target: Path) -> Path:
    """A copy in which one letter of one ticket's sealed text is another, well packed again."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name.rsplit("/", 1)[-1] == LEDGER_FILE:
                content = content.replace("Léa".encode(), b"Lea ", 1)
            copy.writestr(name, content)
    return target
