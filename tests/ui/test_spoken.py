"""A screen reader is told of every screen what is there, what it is and how it stands, in the order in which it is
read; and hears at once what must not be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.money import Money
from app.i18n import set_language
from app.ui.components import spoken as mouth
from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton
from app.ui.components.chips import Chip
from app.ui.components.fields import Field
from app.ui.components.segments import Segments
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from app.ui.style.tokens import Role, Shape
from resources.locale.translations import FRENCH, merged
from tests.fakes.samples import COFFEE, pickup_code_of
from tests.ui import checks, spoken
from tests.ui.english import EnglishTexts
from tests.ui.scenes import Scene, scenes_of
from tests.ui.shop import Shop, some_orders
from tests.ui.stages import STAGES, Stage
from tests.ui.till import open_till

Told = QAccessible.Role


@pytest.fixture
def listening(qapp) -> Iterator[None]:
    """A screen reader is there: Qt keeps its tree up to date."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture(scope="module")
def french() -> EnglishTexts:
    """The texts of the source that are different in French."""
    return EnglishTexts(merged(FRENCH))


@pytest.fixture
def said(monkeypatch, listening) -> list[str]:
    """What is read out, those at once with a `!`; a screen reader is there meanwhile."""
    heard: list[str] = []

    def listen(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            at_once = event.politeness() is QAccessible.AnnouncementPoliteness.Assertive
            heard.append(("!" if at_once else "") + event.message().replace("\u202f", " ").replace("\u00a0", " "))

    monkeypatch.setattr(mouth, "_tell", listen)
    return heard


@pytest.fixture
def place(qtbot) -> QWidget:
    mouth.install()
    made = QWidget()
    made.setLayout(QVBoxLayout())
    made.resize(800, 400)
    qtbot.addWidget(made)
    made.show()
    return made


def put(place: QWidget, *widgets: QWidget) -> None:
    layout = place.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
    QCoreApplication.processEvents()


def told_of(widget: QWidget) -> spoken.Said:
    return spoken.heard(widget)[0]


def faults_of(window: QWidget, scenes: Iterator[Scene], english: Mapping[str, str]) -> list[str]:
    found = []
    for name, show in scenes:
        show()
        QCoreApplication.processEvents()
        for check in (spoken.mute, spoken.out_of_order, spoken.rows_mute):
            found += [f"{name}: {check.__name__}: {fault}" for fault in check(window)]
        found += [f"{name}: said in English: {text}" for text in spoken.said_in_english(window, english)]
    return sorted(set(found))


# --- the screens ------------------------------------------------------------------------------------------------------


def test_every_screen_is_told_in_english(qtbot, look, listening) -> None:
    set_language("en")
    try:
        with open_till(qtbot, look, PlaceName.SALE) as till:
            found = faults_of(till.window, scenes_of(till), {})
    finally:
        set_language("fr")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_everything_that_is_ever_shown_is_told(qtbot, look, listening, french, stage: Stage) -> None:
    with stage.open(qtbot, look) as (window, scenes):
        found = faults_of(window, scenes, french)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["sheets", "lock", "set-up", "camera"])
def test_the_focus_is_seen_on_whatever_is_laid_over_the_window(qtbot, look, name: str) -> None:
    (stage,) = (each for each in STAGES if each.name == name)
    found = []
    with stage.open(qtbot, look) as (window, scenes):
        for scene, show in scenes:
            show()
            QCoreApplication.processEvents()
            before = QApplication.focusWidget()
            found += [f"{scene}: {fault}" for fault in checks.focus_unseen(window)]
            if before is not None:
                before.setFocus()
    assert not found, "\n".join(found)


def test_rows_of_a_list_are_told_one_by_one(listening, shop: Shop) -> None:
    shop.window.go_to(PlaceName.PICKUP)
    QCoreApplication.processEvents()
    rows = [each for each in spoken.heard(shop.window) if each.role is Told.ListItem]
    assert any("Camille Dubois" in row.name for row in rows)


# --- what a widget is -------------------------------------------------------------------------------------------------


def test_a_choice_says_its_name_what_is_chosen_and_between_what(place, look: Look) -> None:
    made = Segments(look, [("a", "Prêtes"), ("b", "À préparer")], "Listes")
    put(place, made)
    made.choose("b")
    told = QAccessible.queryAccessibleInterface(made)
    assert told.role() is Told.ComboBox
    assert told.text(QAccessible.Text.Name) == "Listes: À préparer"
    assert told.text(QAccessible.Text.Value) == "À préparer"
    assert told.text(QAccessible.Text.Description) == "Prêtes, À préparer"


def test_a_chip_that_can_be_pressed_is_a_button_and_can_be_pressed(qtbot, place, look: Look) -> None:
    still, live = Chip(look, "Hors ligne"), Chip(look, "Aide", pressable=True)
    put(place, still, live)
    assert told_of(still).role is Told.StaticText
    assert told_of(live).role is Told.Button
    actions = QAccessible.queryAccessibleInterface(live).actionInterface()
    with qtbot.waitSignal(live.pressed):
        actions.doAction(actions.actionNames()[0])


def test_states_are_told(place, look: Look) -> None:
    off, on = ActionButton(look, "Encaisser"), ActionButton(look, "Ticket")
    on.setCheckable(True)
    on.setChecked(True)
    off.setEnabled(False)
    put(place, off, on)
    assert not told_of(off).enabled
    assert told_of(on).enabled
    assert told_of(on).checked


def test_what_says_nothing_is_found(place, look: Look) -> None:
    class Painted(QWidget):
        __module__ = "app.ui.somewhere"

        def paintEvent(self, _event) -> None: ...  # noqa: N802  # Qt's name

    put(place, Painted(), Chip(look, ""))
    assert len(spoken.mute(place)) == 2


def test_what_is_told_out_of_its_order_is_found(place, look: Look) -> None:
    first, second = Chip(look, "eins"), Chip(look, "zwei")
    put(place, first, second)
    assert spoken.out_of_order(place) == []
    first.raise_()  # now the last in the tree, still the upper one to the eye
    assert len(spoken.out_of_order(place)) == 1


# --- what is read out -------------------------------------------------------------------------------------------------


def test_a_verdict_is_read_out_at_once(said, place, look: Look) -> None:
    banner = VerdictBanner(look)
    banner.say(Shape.TICK, Role.SUCCESS, "Prête", "Remettez la commande.")
    assert said == []  # nobody sees it yet
    put(place, banner)
    banner.say(Shape.DOUBLE_BAR, Role.DANGER, "Déjà remise", "Par Léa.")
    banner.say(Shape.DOUBLE_BAR, Role.DANGER, "Déjà remise", "Par Léa.")
    assert said == ["!Prête. Remettez la commande.", "!Déjà remise. Par Léa."]


def test_a_scan_at_the_counter_is_read_out(said, shop: Shop) -> None:
    shop.window.go_to(PlaceName.PICKUP)
    shop.window.take_scan(pickup_code_of(some_orders()[0]))
    assert any(words.startswith("!Prête à remettre. ") for words in said)


def test_a_notice_is_read_out_once(said, shop: Shop) -> None:
    for _time in range(2):
        shop.window.show_notice("Rien n'est connu sous ce code.", Role.WARNING)
    shop.window.show_notice("Copié.", Role.SUCCESS, "Montrer", lambda: None)
    assert said == ["!Rien n'est connu sous ce code.", "Copié. Montrer"]


def test_a_refused_field_is_read_out(said, place) -> None:
    field = Field("Prix")
    put(place, field)
    field.refuse("Un prix est un nombre, comme 3,50.")
    assert said == ["!Un prix est un nombre, comme 3,50."]
    assert told_of(field.edit).description == "Un prix est un nombre, comme 3,50."


def test_the_change_due_is_read_out_once(said, qtbot, look: Look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.scan(COFFEE.codes[0])
        total = till.sale.presenter.state.basket.total
        till.enter()
        till.press("20")
        till.enter()
        change = Money(2000) - total
        told = [words for words in said if f"{change.minor // 100},{change.minor % 100:02}" in words]
    assert len(told) == 1
    assert told[0].startswith("!")


def test_nothing_is_made_for_nobody(monkeypatch, place) -> None:
    told: list[QAccessibleEvent] = []
    monkeypatch.setattr(mouth, "_tell", told.append)
    QAccessible.setActive(False)
    mouth.announce(place, "Bonjour")
    assert told == []
