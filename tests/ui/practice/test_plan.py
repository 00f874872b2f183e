"""The plan of what goes wrong, as the till meets it; leaving, taking up, stepping back; what is kept; what every paper
and the sheet at the end say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QCoreApplication, Qt

from app.domain.order import HandoverState
from app.practice.exercises import LESSONS, Customer, Exercise, Lesson
from app.practice.home import NoPracticeFolder, PracticeHome, practice_home
from app.practice.opening import prepare
from app.practice.progress import Progress, ProgressFile
from app.practice.words import OrderWords, sheet_text, task
from app.printing.fiscal_words import TRAINING_MARK
from app.printing.lines import TextLine
from app.printing.page_pdf import page_as_pdf
from app.settings import Settings, load
from app.ui.books.invoices import InvoiceEntry
from app.ui.books.view import BooksScreen
from app.ui.components.cover import Cover
from app.ui.first_run.practice_sheet import PracticeSheet
from app.ui.screen import PlaceName
from app.usecases.marketplace_port import LinkState
from tests.ui.checks import nameless, targets_too_small, texts_cut, texts_too_small
from tests.ui.practice.pupil import Pupil
from tests.ui.test_receipt_code import read_off

pytestmark = pytest.mark.timeout(600)

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def home(tmp_path: Path) -> PracticeHome:
    return practice_home({"COMPTOIR_HOME": str(tmp_path / "practice")})


@pytest.fixture
def begin(home: PracticeHome, look, qtbot) -> Iterator[Callable[..., Pupil]]:
    opened: list[Pupil] = []

    def made(lesson: Lesson = Lesson.WHOLE, at: Exercise | None = None) -> Pupil:
        if at is not None:
            prepare(home, lesson, anew=False, dress=lambda settings: settings)
            home.progress.keep(Progress(lesson, LESSONS[lesson].index(at)))
        pupil = Pupil(home, look, lesson)
        opened.append(pupil)
        qtbot.addWidget(pupil.window)
        return pupil

    yield made
    for pupil in opened:
        pupil.close()


def link(pupil: Pupil) -> LinkState | None:
    status = pupil.assembly.link_status()
    return status.state if status is not None else None


def waiting(pupil: Pupil) -> int:
    core = pupil.assembly.core
    assert core is not None
    return core.store.queries.outbox_state().waiting


def handed_over(pupil: Pupil, who: Customer) -> bool:
    order = pupil.lead.troubles.order(who)
    return order is not None and order.handover is HandoverState.HANDED_OVER


def version(pupil: Pupil, who: Customer) -> int:
    order = pupil.lead.troubles.order(who)
    return order.order.version if order is not None else 0


def test_the_network_is_cut_and_an_order_comes_late_and_twice(begin: Callable[..., Pupil]) -> None:
    pupil = begin(at=Exercise.OFF_LINE_SALE)
    pupil.wait_for(Exercise.OFF_LINE_SALE)
    assert link(pupil) is LinkState.OFFLINE
    pupil.sell()
    pupil.wait_for(Exercise.OFF_LINE_HANDOVER)
    assert waiting(pupil) > 0
    assert Customer.LATE in pupil.lead.troubles.orders
    assert pupil.lead.troubles.order(Customer.LATE) is None, "placed, and not here"
    pupil.open_order(pupil.order_number())
    pupil.enter()
    pupil.wait_for(Exercise.BACK_ON_LINE)
    assert handed_over(pupil, Customer.SECOND)
    pupil.press(Qt.Key.Key_F8)
    pupil.wait_for(Exercise.LATE_TWICE)
    assert link(pupil) is LinkState.ONLINE
    assert waiting(pupil) == 0
    late = pupil.lead.troubles.order(Customer.LATE)
    core = pupil.assembly.core
    assert late is not None
    assert core is not None
    pupil.until(lambda: version(pupil, Customer.LATE) > 1, "the order a second time")
    assert len(core.store.queries.find_orders(late.order.number)) == 1
    assert pupil.lead.troubles.refused > 0


def test_left_half_way_all_is_well_again_and_it_is_taken_up_where_it_was(begin: Callable[..., Pupil]) -> None:
    pupil = begin(at=Exercise.OFF_LINE_SALE)
    pupil.wait_for(Exercise.OFF_LINE_SALE)
    pupil.press(Qt.Key.Key_G, modifiers=CONTROL)
    assert pupil.home.progress.read().at == LESSONS[Lesson.WHOLE].index(Exercise.OFF_LINE_SALE)
    pupil.until(lambda: link(pupil) is LinkState.ONLINE, "the network")
    assert pupil.lead.guide.isVisible(), "the mark stays"
    pupil.press(Qt.Key.Key_G, modifiers=CONTROL)
    pupil.wait_for(Exercise.OFF_LINE_SALE)
    pupil.until(lambda: link(pupil) is LinkState.OFFLINE, "the cut")
    pupil.close()
    again = begin()
    again.wait_for(Exercise.OFF_LINE_SALE)


def test_one_step_back_and_one_left_out(begin: Callable[..., Pupil]) -> None:
    pupil = begin(at=Exercise.SHOWN_AGAIN)
    pupil.wait_for(Exercise.SHOWN_AGAIN)
    assert handed_over(pupil, Customer.FIRST), "what lacked, a colleague has done"
    pupil.press(Qt.Key.Key_PageUp, modifiers=ALT)
    pupil.wait_for(Exercise.HAND_OVER)
    assert not handed_over(pupil, Customer.FIRST), "another order of the same customer"
    pupil.press(Qt.Key.Key_PageDown, modifiers=ALT)
    pupil.wait_for(Exercise.SHOWN_AGAIN)
    assert pupil.done == ()


def test_the_short_lesson_ends_a_set_up_and_is_complete_once_both_were_done(begin: Callable[..., Pupil]) -> None:
    pupil = begin(Lesson.SHORT)
    pupil.wait_for(Exercise.SALE)
    assert not pupil.home.progress.read().complete
    pupil.sell()
    pupil.wait_for(Exercise.HAND_OVER)
    pupil.press(Qt.Key.Key_J, modifiers=CONTROL)
    pupil.until(lambda: pupil.pickup.card is not None and not pupil.pickup.card.busy, "the card")
    pupil.enter()
    pupil.until(lambda: pupil.window.covered, "the sheet at the end")
    assert pupil.shop.complete
    sheet = pupil.window.findChild(PracticeSheet)
    assert isinstance(sheet, PracticeSheet)
    shown: list[Path] = []
    sheet._show = shown.append
    pupil.press("p")
    pupil.until(lambda: shown, "the page")
    said = PdfReader(shown[0]).pages[0].extract_text()
    assert TRAINING_MARK in said
    assert texts_cut(pupil.window) == []
    assert targets_too_small(pupil.window) == []
    assert texts_too_small(pupil.window) == []
    assert nameless(pupil.window) == []


def test_each_paper_and_each_screen_says_that_nothing_is_real(begin: Callable[..., Pupil]) -> None:
    pupil = begin()
    pupil.wait_for(Exercise.SALE)
    pupil.sell()
    pupil.until(lambda: pupil.sale.done is not None, "the sale")
    pupil.press("p")
    pupil.until(lambda: pupil.papers, "the ticket")
    said = [line.text.strip() for line in pupil.papers[0] if isinstance(line, TextLine)]
    assert said.count(TRAINING_MARK) >= 2
    assert any("FACTICE - " in text for text in said), "its shop says so too"
    pupil.press("t")
    pupil.until(lambda: read_off(pupil.window), "the ticket for a phone")
    assert TRAINING_MARK in read_off(pupil.window).splitlines(), "by itself, not in the shop's name alone"
    assert pupil.window.watermark.isVisible()
    mark = pupil.lead.guide
    assert mark.isVisible()
    cover = _Sheet()
    pupil.window.cover(cover)
    assert mark.isVisible()
    assert cover.geometry().top() >= mark.height(), "no sheet lies over it"
    pupil.window.uncover()


def test_an_invoice_of_the_practice_shop_says_so_and_is_its_own(begin: Callable[..., Pupil]) -> None:
    pupil = begin()
    pupil.wait_for(Exercise.SALE)
    pupil.sell()
    pupil.until(lambda: pupil.sale.done is not None, "the sale")
    assert pupil.sale.done is not None
    ticket = pupil.sale.done.sale.display_number
    books = pupil.window.screen(PlaceName.BOOKS)
    assert isinstance(books, BooksScreen)
    sheet = books.invoices
    sheet.presenter.make(InvoiceEntry(ticket, "552100554", "Café de la Gare", "12 rue Haute", "59300 Valenciennes", ""))
    pupil.until(lambda: not sheet.presenter.state.busy, "the invoice")
    written = sheet.presenter.state.written
    assert written is not None, sheet.presenter.state.said
    assert written.is_relative_to(pupil.home.folder)
    said = [line.strip() for page in PdfReader(written).pages for line in page.extract_text().splitlines()]
    assert TRAINING_MARK in said, "by itself, not in the shop's name alone"


@pytest.mark.parametrize("size", [(1024, 600), (1366, 768)])
def test_each_sentence_has_its_room_and_every_button_is_whole(begin: Callable[..., Pupil], size, look) -> None:
    pupil = begin()
    pupil.window.resize(*size)
    guide = pupil.lead_when_there().guide
    guide.extra.show()
    for exercise in Exercise:
        guide.extra.set_text("Remettre du papier" if exercise is Exercise.NO_PAPER else "Montrer le code")
        guide.say("10 sur 10  " + task(exercise, OrderWords("1042", "Jean-Pierre Leclercq-Vandenbrouck", "7K3M")))
        QCoreApplication.processEvents()
        assert texts_cut(pupil.window) == [], exercise
        assert guide.height() <= 80, exercise
    assert targets_too_small(pupil.window) == []
    assert nameless(pupil.window) == []


class _Sheet(Cover):
    def refuse_scan(self) -> None:
        """Nothing."""


def test_the_same_seed_has_the_same_people_order(begin: Callable[..., Pupil], tmp_path: Path, look, qtbot) -> None:
    def who(pupil: Pupil) -> list[tuple[str, int]]:
        pupil.wait_for(Exercise.SHOWN_AGAIN)
        order = pupil.lead.troubles.order(Customer.FIRST)
        assert order is not None
        return [(order.order.customer_name, order.order.total.minor)]

    first = who(begin(at=Exercise.SHOWN_AGAIN))
    home = practice_home({"COMPTOIR_HOME": str(tmp_path / "other")})
    home.progress.keep(Progress(Lesson.WHOLE, LESSONS[Lesson.WHOLE].index(Exercise.SHOWN_AGAIN)))
    other = Pupil(home, look)
    qtbot.addWidget(other.window)
    try:
        assert who(other) == first
    finally:
        other.close()


def test_a_folder_with_a_till_that_is_none_of_practice_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "comptoir.sqlite3").write_bytes(b"books")
    with pytest.raises(NoPracticeFolder):
        practice_home({"COMPTOIR_HOME": str(tmp_path)})
    with pytest.raises(NoPracticeFolder):
        practice_home({})


def test_what_is_kept_of_it_and_what_cannot_be_read(tmp_path: Path) -> None:
    file = ProgressFile(tmp_path / "p" / "practice.json")
    assert file.read() == Progress()
    kept = Progress(Lesson.WHOLE, 3, (Exercise.SALE,), 61.5, (("first", "o-1"),))
    file.keep(kept)
    assert file.read() == kept
    (tmp_path / "p" / "practice.json").write_text('{"lesson": "other"}', encoding="utf-8")
    assert file.read() == Progress()


def test_language_colours_and_size_are_the_real_tills(home: PracticeHome) -> None:
    wanted = Settings(language="en", theme="dark", zoom_percent=125)
    prepare(home, Lesson.WHOLE, anew=False, dress=lambda _settings: wanted)
    assert load(home.places.settings) == wanted


@pytest.mark.parametrize("done", [(), tuple(Exercise)])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_fits_on_its_page(done: tuple[Exercise, ...], language: str, home: PracticeHome) -> None:
    prepare(home, Lesson.WHOLE, anew=False, dress=lambda _settings: Settings(language=language))  # type: ignore[arg-type]  # one of the two
    text = sheet_text(Progress(Lesson.WHOLE, 10, done, 614.0), 7, "23/11/2026")
    assert page_as_pdf(text).startswith(b"%PDF")
    assert "10 minutes" in text
