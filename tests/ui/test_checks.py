"""The checks every screen is looked at with, looked at themselves: each sees a fault made for it and lets a good window
be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from babel.messages.catalog import Catalog
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QLineEdit, QTableWidget, QVBoxLayout, QWidget

from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.choice import Choice
from app.ui.components.cover import Cover
from app.ui.components.fields import Field
from app.ui.components.segments import Segments
from app.ui.components.text import NameLabel, label
from app.ui.settings.sheet import check_box
from app.ui.style.look import Look
from tests.ui import checks
from tests.ui.english import EnglishTexts
from tests.ui.fitted import words_without_room
from tests.ui.hidden import hidden
from tests.ui.painted import painted_texts_cut

LONG = "Compter le tiroir avant de voir ce qui devrait s'y trouver"


class Painted(QWidget):
    """Paints its words where it is told."""

    def __init__(self, words: str, place: QRect) -> None:
        super().__init__()
        self._words, self._place = words, place
        self.setMinimumSize(200, 40)

    def paintEvent(self, _event) -> None:  # noqa: N802 # Qt's name
        painter = QPainter(self)
        painter.drawText(self._place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._words)


class Unlit(QLineEdit):
    """A field that looks the same with the focus as without."""

    def paintEvent(self, _event) -> None:  # noqa: N802 # Qt's name
        QPainter(self).fillRect(self.rect(), Qt.GlobalColor.white)


class Ground(QWidget):
    """A window with one thing of each kind, all as it should be."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.words = label("Attendu 12,00 €")
        self.name = NameLabel(LONG)
        self.button = ActionButton(look, "Encaisser", "P")
        self.chip = Chip(look, "Prête")
        self.segments = Segments(look, [("a", "À remettre"), ("b", "Remises")], "Commandes")
        self.tick = check_box(LONG)
        self.field = Field("Nom", "Mme L. Delattre")
        self.choice = Choice([("a", "Réseau"), ("b", LONG)], "Imprimante")
        self.painted = Painted("Attendu", QRect(0, 0, 200, 40))
        self.pane = QWidget()
        inside = QVBoxLayout(self.pane)
        inside.addWidget(self.words)
        self.box = QVBoxLayout(self)
        plain = (self.pane, self.name, self.button, self.chip, self.segments)
        for each in (*plain, self.tick, self.field, self.choice, self.painted):
            self.box.addWidget(each)
        self.resize(700, 600)

    def over(self, widget: QWidget, beneath: QWidget) -> QWidget:
        """Lay one thing over another, in no layout."""
        widget.setParent(self)
        widget.setGeometry(QRect(beneath.mapTo(self, beneath.rect().topLeft()), beneath.size()))
        widget.show()
        widget.raise_()
        return widget


@pytest.fixture
def ground(qtbot, qapp) -> Ground:
    look = Look("light")
    look.apply(qapp)
    made = Ground(look)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def settle() -> None:
    for _turn in range(3):
        QCoreApplication.processEvents()


ALL = (
    checks.texts_cut,
    checks.targets_too_small,
    checks.texts_too_small,
    checks.nameless,
    checks.overlapping,
    checks.unreachable,
    checks.focus_unseen,
    words_without_room,
    painted_texts_cut,
    hidden,
)


@pytest.mark.parametrize("check", ALL, ids=lambda each: each.__name__)
def test_nothing_is_found_on_a_good_window(ground: Ground, check: Callable[[QWidget], list[str]]) -> None:
    assert check(ground) == []


def narrow(widget: QWidget) -> None:
    widget.setFixedWidth(60)


def no_room_for_two_lines(ground: Ground) -> None:
    ground.words.setWordWrap(True)
    ground.words.setText(LONG * 3)
    ground.words.setFixedHeight(20)


def out_of_the_window(ground: Ground) -> None:
    ground.button.move(ground.width() - 20, 0)


def a_table(ground: Ground) -> None:
    table = QTableWidget(1, 1, ground)
    table.setHorizontalHeaderLabels([LONG])
    table.setColumnWidth(0, 40)
    table.setGeometry(0, 0, 300, 100)
    table.show()


def painted(words: str, place: QRect) -> Callable[[Ground], object]:
    return lambda ground: ground.over(Painted(words, place), ground.painted)


def a_small_label(ground: Ground) -> None:
    ground.words.setStyleSheet("font-size: 11px")


def a_low_button(ground: Ground) -> None:
    ground.button.setFixedHeight(30)


def a_sibling(ground: Ground) -> None:
    other = QLabel("Ici", ground.pane)
    other.setGeometry(ground.words.geometry())
    other.show()


FAULTS: list[tuple[Callable[[QWidget], list[str]], Callable[[Ground], object]]] = [
    (checks.texts_cut, lambda ground: narrow(ground.words)),
    (checks.texts_cut, lambda ground: narrow(ground.button)),
    (checks.texts_cut, lambda ground: ground.chip.setFixedWidth(20)),
    (checks.texts_cut, lambda ground: narrow(ground.segments)),
    (checks.texts_cut, no_room_for_two_lines),
    (checks.texts_cut, out_of_the_window),
    (checks.targets_too_small, a_low_button),
    (checks.texts_too_small, a_small_label),
    (checks.nameless, lambda ground: ground.field.edit.setAccessibleName("")),
    (checks.overlapping, a_sibling),
    (checks.focus_unseen, lambda ground: ground.box.addWidget(Unlit())),
    (words_without_room, lambda ground: narrow(ground.tick)),
    (words_without_room, lambda ground: narrow(ground.field)),
    (words_without_room, lambda ground: narrow(ground.choice)),
    (words_without_room, a_table),
    (painted_texts_cut, lambda ground: narrow(ground.button)),
    (painted_texts_cut, painted(LONG, QRect(0, 0, 60, 40))),
    (painted_texts_cut, painted("Attendu", QRect(0, 0, 200, 6))),
    (painted_texts_cut, painted("Attendu", QRect(-20, 0, 200, 40))),
    (hidden, lambda ground: ground.over(QLabel("Ici"), ground.words)),
    (hidden, lambda ground: ground.over(QWidget(), ground.field)),
    (hidden, lambda ground: ground.over(QWidget(), ground.choice).setFixedWidth(30)),
]


@pytest.mark.parametrize(("check", "make"), FAULTS)
def test_a_fault_made_for_it_is_seen(
    ground: Ground, check: Callable[[QWidget], list[str]], make: Callable[[Ground], object]
) -> None:
    make(ground)
    settle()
    assert check(ground)


def test_what_a_sheet_covers_is_not_hidden_by_mistake(ground: Ground) -> None:
    ground.over(Cover(), ground.field)
    assert hidden(ground) == []


def test_a_tab_that_never_leads_on_is_seen(ground: Ground) -> None:
    class Trap(QLineEdit):
        def event(self, event) -> bool:
            return True if event.type() == event.Type.KeyPress else super().event(event)

    trap = Trap()
    trap.setAccessibleName("Piège")
    ground.box.addWidget(trap)
    ground.box.addWidget(ActionButton(ground.look, "Fermer"))
    settle()
    trap.setFocus()
    assert checks.unreachable(ground)


def test_english_is_seen_where_french_was_wanted(ground: Ground) -> None:
    ground.words.setText("Pay")
    ground.field.edit.setPlaceholderText("Search")
    assert checks.untranslated(ground, {"Pay": "Encaisser", "Search": "Chercher", "Stay": "Rester"}) == [
        "Pay",
        "Search",
    ]
    assert checks.untranslated(ground, {"Stay": "Rester"}) == []


def test_english_with_names_in_it_is_seen_too() -> None:
    catalogue = Catalog(locale="fr")
    catalogue.add("Pay", "Encaisser")
    catalogue.add("Expected {amount}", "Attendu {amount}")
    catalogue.add(("{n} bag", "{n} bags"), ("{n} sac", "{n} sacs"))
    catalogue.add("Ticket {number}", "Ticket n° {number}")
    english = EnglishTexts(catalogue)
    assert english.get("Pay") == "Encaisser"
    assert english.get("Expected 12,00 €") == "Attendu {amount}"
    assert english.get("3 bags") == "{n} sacs"
    for good in ("Attendu 12,00 €", "3 sacs", "Ticket n° 12", "Encaisser"):
        assert english.get(good, good) == good
