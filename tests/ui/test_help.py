"""F1: the chapter and the keys of what is in view, beside it; keys stay in it, scans do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.bootstrap import help as help_joined
from app.i18n import set_language, tr
from app.paths import guide_dir
from app.ui.help.view import FIRST_DAY_LINK, HelpSheet
from app.ui.screen import KeyHint, PlaceName, Screen
from app.ui.style.tokens import SMALLEST_WINDOW, WIDE_WINDOW_PX, ThemeName
from app.ui.task_runner import TaskRunner
from tests.ui.checks import nameless, targets_too_small, texts_cut
from tests.ui.shop import Shop


@dataclass
class Helped:
    """A shop whose window has the help."""

    shop: Shop
    sheet: HelpSheet
    saved: list[Path] = field(default_factory=list)

    @property
    def words(self) -> str:
        return self.sheet.pages.document().toPlainText()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.shop.window.focusWidget(), key, modifier)

    def type(self, text: str) -> None:
        for letter in text:
            QTest.keyClicks(self.shop.window.focusWidget(), letter)


@pytest.fixture
def runner(qapp) -> Iterator[TaskRunner]:
    made = TaskRunner()
    yield made
    made.close()


@pytest.fixture
def helped(shop: Shop, look, runner) -> Helped:
    saved: list[Path] = []
    window = shop.window
    sheet = HelpSheet(look, window, runner, guide_dir(), saved.append)
    window.add_sheet(sheet)
    window.help_toggled.connect(sheet.toggle)
    window.hints_told.connect(sheet.follow)
    QTest.qWaitForWindowActive(window)
    return Helped(shop, sheet, saved)


def test_f1_shows_the_chapter_and_the_keys_of_the_screen_and_esc_gives_the_focus_back(helped):
    before = helped.shop.window.focusWidget()
    helped.press(Qt.Key.Key_F1)
    assert helped.sheet.isVisible()
    assert helped.sheet.chapter.file.stem == "retraits"
    for hint in helped.shop.window.hints():
        assert hint.does in helped.words
    assert helped.shop.window.focusWidget() is helped.sheet.pages
    helped.press(Qt.Key.Key_Escape)
    assert helped.sheet.isHidden()
    assert helped.shop.window.focusWidget() is before


def test_f1_shows_the_whole_map_of_the_place_with_the_keys_in_force(helped):
    window = helped.shop.window
    window.keys.use({"everywhere.paper": "Ctrl+U", "pickup.card.slip": "Z"})
    helped.press(Qt.Key.Key_F1)
    for action in window.keys.table:
        if any(part.place in (None, PlaceName.PICKUP) and not part.fixed for part in action.parts):
            assert f"{window.keys.key_of(action)} {tr(action.words)}" in helped.words, action.name
    assert tr("This till has keys of its own; the text below names those it was delivered with.") in helped.words


def test_f1_again_hides_it(helped):
    helped.press(Qt.Key.Key_F1)
    helped.press(Qt.Key.Key_F1)
    assert helped.sheet.isHidden()


def test_the_chip_at_the_foot_does_the_same(helped):
    helped.shop.window.foot.help.pressed.emit()
    assert helped.sheet.isVisible()


class PlainScreen(Screen):
    """A screen with one key."""

    def __init__(self) -> None:
        self.key, self.chapter, self._widget = "F12", "", QWidget()

    def widget(self) -> QWidget:
        return self._widget

    def hints(self) -> Sequence[KeyHint]:
        return [KeyHint(self.key, f"do {self.key}")]

    def topic(self) -> str:
        return self.chapter


def test_another_screen_or_a_part_of_it_turns_to_its_chapter_and_other_keys_are_told(helped):
    screen = PlainScreen()
    helped.shop.window._factories[PlaceName.SALE] = lambda: screen
    helped.press(Qt.Key.Key_F1)
    helped.press(Qt.Key.Key_F3)
    assert helped.sheet.chapter.file.stem == "vente"
    assert "do F12" in helped.words
    screen.key = "F5"
    helped.shop.window.hints_changed()
    assert "do F5" in helped.words
    assert "do F12" not in helped.words
    screen.chapter = "retours"
    helped.shop.window.hints_changed()
    assert helped.sheet.chapter.file.stem == "retours"


def test_a_page_turned_by_hand_stays_while_the_keys_change(helped):
    helped.press(Qt.Key.Key_F1)
    helped.press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    helped.shop.window.hints_changed()
    assert helped.sheet.chapter.file.stem == "vente"


def test_a_letter_begins_a_search_that_the_screen_behind_does_not_hear(helped):
    helped.press(Qt.Key.Key_F1)
    helped.type("cloturer")
    assert helped.sheet.search.text() == "cloturer"
    assert helped.shop.window.box.text() == ""
    assert "cloturer" in helped.words.partition("\n")[0]
    helped.press(Qt.Key.Key_Return)
    assert helped.sheet.chapter.file.stem == "cloture"


def test_words_that_are_nowhere_say_what_to_do(helped):
    helped.press(Qt.Key.Key_F1)
    helped.type("zzzz")
    assert tr("Nothing. Try a shorter word, or the beginning of one.") in helped.words


def test_the_next_chapter_and_back(helped):
    helped.press(Qt.Key.Key_F1)
    here = helped.sheet.chapter
    helped.press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert helped.sheet.chapter.file.stem == "vente"
    helped.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert helped.sheet.chapter is here


def test_links_lead_to_chapters_and_no_further(helped):
    helped.press(Qt.Key.Key_F1)
    helped.sheet.pages.anchorClicked.emit(QUrl("stock.md"))
    assert helped.sheet.chapter.file.stem == "stock"
    helped.sheet.pages.anchorClicked.emit(QUrl("../sync.md"))
    assert helped.sheet.chapter.file.stem == "stock"
    helped.sheet.pages.anchorClicked.emit(QUrl("https://example.org/"))
    assert helped.sheet.chapter.file.stem == "stock"
    assert helped.shop.window.notice.isVisible()  # it asks before anything is opened


def test_found_chapters_are_links(helped):
    helped.press(Qt.Key.Key_F1)
    helped.type("comptage")
    chapter = helped.sheet._read().search("comptage")[0].chapter
    helped.sheet.pages.anchorClicked.emit(QUrl(chapter.file.as_uri()))
    assert helped.sheet.chapter is chapter


def test_a_scan_goes_to_the_screen_and_the_help_makes_room(helped):
    helped.press(Qt.Key.Key_F1)
    helped.shop.window.resize(*SMALLEST_WINDOW)
    helped.shop.window.take_scan("1042")
    assert helped.sheet.isHidden()


def test_on_a_wide_window_it_stands_beside_the_screen(helped):
    helped.shop.window.resize(WIDE_WINDOW_PX + 100, 900)
    helped.press(Qt.Key.Key_F1)
    stack = helped.shop.window.stack
    QApplication.processEvents()
    assert stack.mapTo(helped.shop.window, stack.rect().topRight()).x() < helped.sheet.x()
    helped.press(Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert stack.mapTo(helped.shop.window, stack.rect().topRight()).x() > helped.sheet.x()


def test_the_sheet_of_the_first_day_is_saved_where_the_person_says(helped, monkeypatch, tmp_path):
    file = tmp_path / "sheet.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    helped.press(Qt.Key.Key_F1)
    helped.sheet.contents.click()
    helped.sheet.pages.anchorClicked.emit(QUrl(FIRST_DAY_LINK))
    assert helped.saved == [file]
    assert helped.shop.window.notice.isVisible()


def test_a_guide_that_is_not_there_leaves_the_keys(shop, look, runner, tmp_path):
    sheet = HelpSheet(look, shop.window, runner, tmp_path, lambda _file: None)
    shop.window.add_sheet(sheet)
    sheet.toggle()
    assert tr("The guide is not there: install Comptoir again. The keys below are right.") in (
        sheet.pages.document().toPlainText()
    )
    assert shop.window.hints()[0].does in sheet.pages.document().toPlainText()


def test_every_picture_of_the_guide_appears_and_no_page_is_wider_than_the_sheet(helped, qtbot):
    helped.press(Qt.Key.Key_F1)
    for chapter in helped.sheet._read().chapters:
        helped.sheet.show_chapter(chapter)
        pages = helped.sheet.pages
        assert pages.document().size().width() <= pages.viewport().width(), chapter.file.name
        for name in _pictures(chapter.text):
            qtbot.waitUntil(
                lambda name=name: _is_painted(helped.sheet.pages.loadResource(2, QUrl(name))), timeout=20000
            )


def _is_painted(image: QImage) -> bool:
    return not image.isNull() and image.pixelColor(image.width() // 2, 5).alpha() == 255


def _pictures(text: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split("](")[1:] if part.partition(")")[0].endswith(".png")]


@pytest.mark.parametrize("theme", ThemeName)
@pytest.mark.parametrize("spoken", ["fr", "en"])
def test_nothing_of_it_is_cut_in_the_smallest_window(shop, look, runner, theme, spoken):
    set_language(spoken)
    try:
        look.use(theme)
        shop.window.resize(*SMALLEST_WINDOW)
        sheet = HelpSheet(look, shop.window, runner, guide_dir(), lambda _file: None)
        shop.window.add_sheet(sheet)
        sheet.toggle()
        QApplication.processEvents()
        assert texts_cut(sheet) == []
        assert targets_too_small(sheet) == []
        assert nameless(sheet) == []
    finally:
        set_language("fr")


def test_it_is_made_when_first_asked_for(shop, look, runner):
    help_joined.join_help(shop.window, look, runner)
    assert shop.window.findChildren(HelpSheet) == []
    shop.window.help_toggled.emit()
    (sheet,) = shop.window.findChildren(HelpSheet)
    assert sheet.isVisible()


def test_the_paper_and_the_help_take_turns(helped, look, runner):
    paper = HelpSheet(look, helped.shop.window, runner, guide_dir(), lambda _file: None)
    helped.shop.window.add_sheet(paper)
    helped.press(Qt.Key.Key_F1)
    paper.show()
    assert helped.sheet.isHidden()
    assert paper.isVisible()
