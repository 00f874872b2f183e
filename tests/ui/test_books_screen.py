"""The records page with real keys and touches: closures, check, archive, exports, invoices, attestation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.cash import CashCount
from app.domain.closure import Closure, ClosureKind, chain_head_text
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.ledger_check import Finding, FindingKind
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.domain.operators import Operator, Role
from app.domain.receipt import PrintKind
from app.i18n import set_language
from app.ui.books.desk import Section
from app.ui.books.files import Span, days_of
from app.ui.components.pin_sheet import PinSheet
from app.ui.screen import PLACES, How, PlaceName
from app.ui.style.tokens import Shape
from app.ui.task_runner import Lane
from app.usecases.archive_ports import FileNotWritten
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day
from app.usecases.export_archive import ArchiveDone, ArchiveRefusal, ArchiveRefused
from app.usecases.export_books import ExportDone, ExportKind, ExportRefusal, ExportRefused
from app.usecases.manage_operators import Team
from app.usecases.verify_ledger import LedgerReport
from tests.fakes.invoices import A_MERCHANT
from tests.fakes.pins import PlainPinHasher
from tests.fakes.tills_day import sell
from tests.ui import checks
from tests.ui.till import SOUND, Till, open_till

SIZES = [(1024, 600), (1366, 768), (1920, 1080)]


@pytest.fixture
def till(qtbot, look, tmp_path):
    with open_till(qtbot, look, PlaceName.STOCK) as opened:
        opened.papers = tmp_path
        yield opened


def close(till: Till, amount_minor: int = 12_00) -> Closure:
    """A day with one ticket, counted, closed."""
    sell(till, amount_minor)
    expected = till.store.queries.cash_session().expected
    done = close_day(till.counter, CloseDayRequest("Léa", CashCount.of_amount(expected), print_z=False))
    assert isinstance(done, DayClosed)
    return done.closures[0]


def open_books(till: Till, section: Section = Section.CLOSURES) -> None:
    till.window.go_to(PlaceName.BOOKS)
    till.books.choose(section)


def place_of(till: Till) -> PlaceName:
    return till.window.here


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# --- closures


def test_the_newest_closure_is_shown_with_its_figures(till):
    close(till)
    till.clock.go_on(days=1)
    newest = close(till, 30_00)
    open_books(till)
    state = till.books.closures.presenter.state
    assert [closure.number for closure in state.closures] == [2, 1]
    assert state.closure == newest
    titles = [section.title for section in till.books.closures.figures.sections]
    assert titles[:3] == ["Ventes et retours", "TVA", "Règlements"]


def test_a_z_printed_from_the_list_is_a_duplicate_from_the_second_on(till):
    close(till)
    open_books(till)
    till.click("closure-z-again")
    till.click("closure-z-again")
    assert "duplicata" in till.books.closures.notice.text
    jobs = [till.store.queries.print_job(row.job_id) for row in till.store.queries.print_jobs()]
    assert sorted(job.document.copy_no for job in jobs if job.kind is PrintKind.Z_REPORT) == [0, 1]


def test_a_scanned_z_leads_to_its_closure(till):
    first = close(till)
    till.clock.go_on(days=1)
    close(till)
    open_books(till, Section.CHECK)
    assert till.window.take_input(chain_head_text("A", first.number, bytes(32)), How.SCAN)
    assert till.books.closures.presenter.state.closure == first
    assert till.books.sections.current_key == Section.CLOSURES
    assert not till.books.take_input("3760123456784", How.SCAN)


def test_a_miscount_found_later_is_a_correction_beside_the_first_figure(till):
    first = close(till, 20_00)
    open_books(till)
    till.click("correct-count")
    grid = till.books.closures.grid
    next(field for field in grid.fields if field.value_minor == 1000).setText("3")
    till.click("record-correction")
    assert "motif" in till.books.closures.notice.text
    till.enter()
    till.books.closures.reason.edit.setFocus()
    till.press("Un billet sous le plateau")
    till.enter()
    assert "compté 20,00 €, il fallait 30,00 €" in till.text("count-corrections")
    assert till.store.queries.closure(first.closure_id).cash.counted == Money(20_00)
    assert not till.books.closures.presenter.state.correcting


def test_escape_leaves_the_correction(till):
    close(till)
    open_books(till)
    till.click("correct-count")
    till.press(Qt.Key.Key_Escape)
    assert not till.books.closures.presenter.state.correcting


def test_a_month_has_no_count_to_correct(till):
    close(till)
    till.clock.go_on(days=20)
    close(till)
    open_books(till)
    state = till.books.closures.presenter.state
    month = next(closure for closure in state.closures if closure.kind is ClosureKind.MONTH)
    till.books.closures.presenter.choose(month.closure_id)
    assert not till.books.closures.correct.isEnabled()


# --- check


def test_r14_the_check_is_made_in_its_own_lane_and_told_in_sentences(till):
    open_books(till, Section.CHECK)
    till.runner.lanes.clear()
    till.click("check-ledger")
    assert till.runner.lanes == [Lane.BOOKS]
    banner = till.books.check.banner
    assert (banner.shape, banner.word) == (Shape.TICK, "Le registre est intact")
    events = [row.kind for row in till.store.tables.ledger.values()]
    assert "verified" in events
    till.verify = lambda *_asked: replace(SOUND, findings=(Finding(FindingKind.CONTENT_CHANGED, "A", "sales", 42),))
    till.click("check-ledger")
    assert banner.shape is Shape.OCTAGON
    assert "A-000042" in till.books.check.found.item(0).text()
    till.click("print-check")
    assert till.store.queries.print_jobs()[0].kind is PrintKind.VERIFICATION_REPORT


def test_the_check_shows_how_far_it_is_and_stops_when_asked(till):
    seen: list[bool] = []
    told: list[str] = []

    def verify(_every, work):
        work.note(500, 2000)
        till.books.check.work.look_now()
        told.append(plain(till.text("check-progress")))
        seen.append(work.stopped)
        till.click("stop-check")
        seen.append(work.stopped)
        return replace(SOUND, complete=False)

    till.verify = verify
    open_books(till, Section.CHECK)
    till.click("check-ledger")
    assert seen == [False, True]
    assert till.books.check.banner.word == "Arrêtée"
    assert told == ["500 lignes sur 2 000"]


def test_closing_the_window_stops_the_check(till):
    open_books(till, Section.CHECK)
    seen: list[bool] = []

    def verify(_every, work):
        till.window.close()
        seen.append(work.stopped)
        return replace(SOUND, complete=False)

    till.verify = verify
    till.click("check-ledger")
    assert seen == [True]


def test_every_signature_is_asked_for(till):
    asked: list[bool] = []

    def verify(every: bool, *_rest: object) -> LedgerReport:
        asked.append(every)
        return SOUND

    till.verify = verify
    open_books(till, Section.CHECK)
    till.click("check-ledger")
    till.books.check.every.setChecked(True)
    till.click("check-ledger")
    assert asked == [False, True]


# --- archive and exports


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Span.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 21)),
        (Span.LAST_YEAR, date(2025, 4, 1), date(2026, 3, 31)),
        (Span.THIS_YEAR, date(2026, 4, 1), date(2026, 11, 21)),
    ],
)
def test_periods_by_name(span, first, last):
    assert days_of(span, date(2026, 11, 21), Merchant(fiscal_year_start_month=4)) == (first, last)


def test_the_archive_of_last_month_is_two_touches(till):
    open_books(till, Section.ARCHIVE)
    till.next_file = lambda: ArchiveDone(str(till.papers / "a.zip"), "ab", 1, 60, 48, 0)
    till.click("make-archive")
    ((kind, period, operator),) = till.files_asked
    assert (kind, period.first_day, period.last_day) == (None, date(2026, 10, 1), date(2026, 10, 31))
    assert (period.folder, operator) == (till.papers, "Léa")
    assert "48 tickets" in till.books.archive.notice.text
    till.click("archive-open")
    assert till.opened_pages == [till.papers]


def test_a_wrong_day_and_a_refusal_are_said(till):
    open_books(till, Section.ARCHIVE)
    till.books.archive.first.edit.setFocus()
    till.books.archive.first.edit.selectAll()
    till.press("31/02/2026")
    till.click("make-archive")
    assert "Tapez les deux jours" in till.books.archive.notice.text
    assert not till.files_asked
    till.books.archive.first.edit.setText("01/11/2026")
    till.click("make-archive")
    assert "avant le premier" in till.books.archive.notice.text
    assert not till.files_asked
    till.books.archive.span.choose(Span.THIS_YEAR, tell=True)
    assert till.books.archive.first.text == "01/01/2026"
    till.next_file = lambda: ArchiveRefused(ArchiveRefusal.NOTHING_TO_ARCHIVE)
    till.click("make-archive")
    assert "Rien" in till.books.archive.notice.text


def test_a_folder_that_may_not_be_written_is_said(till):
    def fail():
        raise FileNotWritten("denied")

    till.next_file = fail
    open_books(till, Section.ARCHIVE)
    till.click("make-archive")
    assert "dossier" in till.books.archive.notice.text
    assert not till.books.archive.presenter.state.busy


def test_each_export_with_its_days(till):
    open_books(till, Section.EXPORTS)
    for kind in ExportKind:
        till.books.exports.kind.choose(kind.value, tell=True)
        till.next_file = lambda: ExportDone((str(till.papers / "x.csv"),), 48, (date(2026, 10, 31),))
        till.click("make-export")
        assert "48 lignes" in till.books.exports.notice.text
    assert [kind for kind, _, _ in till.files_asked] == list(ExportKind)
    assert "31/10/2026" in till.books.exports.notice.text
    till.next_file = lambda: ExportRefused(ExportRefusal.NO_CLOSED_DAY)
    till.click("make-export")
    assert "Clôturez" in till.books.exports.notice.text


def test_a_closure_that_is_not_the_sum_of_its_tickets_leads_to_the_check(till):
    def fail():
        raise MoneyDoesNotAddUp("Z 1")

    till.next_file = fail
    open_books(till, Section.EXPORTS)
    till.click("make-export")
    assert "Vérifiez le registre" in till.books.exports.notice.text


# --- invoices and attestation


def test_r25_an_invoice_is_made_from_a_ticket_and_given_again(till):
    with till.counter.unit_of_work() as uow:
        uow.set_merchant(A_MERCHANT)
        uow.commit()
    sale = sell(till, 120_00)
    open_books(till, Section.INVOICES)
    sheet = till.books.invoices
    typed = ((sheet.ticket, sale.display_number), (sheet.siren, "732829320"), (sheet.name, "Brasserie du Nord"))
    for field, text in (*typed, (sheet.street, "1 rue Haute"), (sheet.town, "59000 Lille")):
        field.edit.setFocus()
        till.press(text)
    till.enter()
    (invoice,) = till.store.queries.invoices()
    assert invoice.sale_id == sale.sale_id
    assert (till.papers / f"{invoice.display_number}.pdf").is_file()
    assert sheet.ticket.text == ""
    till.click("open-invoice")
    sheet.list.step(1)
    till.click("invoice-again")
    assert len(till.opened_pages) == 2
    sheet.ticket.edit.setFocus()
    till.press("A-009999")
    till.enter()
    assert "Aucun ticket" in sheet.notice.text


def test_r18_the_attestation_is_made_and_opened_here(till):
    open_books(till, Section.ATTESTATION)
    till.click("books-attest")
    assert till.books.attestation.notice.text
    assert not till.opened_pages
    with till.counter.unit_of_work() as uow:
        uow.set_merchant(A_MERCHANT)
        uow.commit()
    till.click("books-attest")
    till.click("books-attestation-open")
    (page,) = till.opened_pages
    assert isinstance(page, Path)
    assert A_MERCHANT.siret in page.read_text(encoding="utf-8").replace(" ", "")


# --- who sees what


def accountant(till: Till) -> Operator:
    team = Team(till.counter, till.store.queries, PlainPinHasher())
    team.add("Claire", Role.MANAGER, "2580", "Léa")
    team.add("Nadia", Role.ACCOUNTANT, "7391", "Claire")
    till.on_duty.use_team(till.store.queries.operators())
    return next(person for person in till.store.queries.operators() if person.name == "Nadia")


def test_an_accountant_sees_the_records_alone(till):
    till.window.allow_places({PlaceName.BOOKS})
    assert place_of(till) is PlaceName.BOOKS
    shown = [place.name for place in PLACES if till.window.findChild(object, f"rail-{place.name}").isVisible()]
    assert shown == [PlaceName.BOOKS]
    till.press(Qt.Key.Key_F4)
    assert place_of(till) is PlaceName.BOOKS
    till.window.allow_places(set(PlaceName))
    till.press(Qt.Key.Key_F4)
    assert place_of(till) is PlaceName.STOCK


def test_an_accountant_checks_and_exports_without_asking_anybody(till):
    till.on_duty.sign_in(accountant(till))
    open_books(till, Section.CHECK)
    till.click("check-ledger")
    assert till.books.check.presenter.state.report is SOUND


def test_a_cashier_asks_a_manager_before_an_export(till):
    accountant(till)
    Team(till.counter, till.store.queries, PlainPinHasher()).add("Sami", Role.CASHIER, "6602", "Claire")
    till.on_duty.use_team(till.store.queries.operators())
    till.on_duty.sign_in(next(person for person in till.store.queries.operators() if person.name == "Sami"))
    open_books(till, Section.EXPORTS)
    till.next_file = lambda: ExportDone((str(till.papers / "x.csv"),), 48, ())
    till.click("make-export")
    assert not till.files_asked
    (sheet,) = [sheet for sheet in till.window.findChildren(PinSheet) if sheet.isVisible()]
    QTest.keyClicks(sheet, "2580")
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert len(till.files_asked) == 1


# --- how it looks


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_cut_or_too_small_on_any_sheet(qtbot, look, size, language):
    set_language(language)
    with open_till(qtbot, look, PlaceName.STOCK, size) as till:
        close(till, 123_45)
        till.verify = lambda *_asked: replace(SOUND, findings=(Finding(FindingKind.CONTENT_CHANGED, "A", "sales", 42),))
        for section in Section:
            open_books(till, section)
            look_at(till, section)
        open_books(till, Section.CHECK)
        till.click("check-ledger")
        look_at(till, Section.CHECK)
        open_books(till)
        till.click("correct-count")
        look_at(till, Section.CLOSURES)


def look_at(till: Till, section: Section) -> None:
    QTest.qWait(0)
    assert checks.texts_cut(till.window) == [], section
    assert checks.targets_too_small(till.window) == [], section
    assert checks.texts_too_small(till.window) == [], section
    assert checks.nameless(till.window) == [], section
