"""What a state means can be seen without colour: drawn with one colour for every meaning, states still differ by a word
or a shape; and as words, no two verdicts or states say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from app.bootstrap.link_chip import chip_for
from app.domain.money import Money
from app.domain.order import HandoverState, HandoverVerdict, LineOutcome, LineResult, Preparation, VerdictKind
from app.ui import messages
from app.ui.camera.frame_source import CameraState
from app.ui.camera.words import chip_words
from app.ui.components.banner import VerdictBanner
from app.ui.components.chips import Chip
from app.ui.components.lists import RowList
from app.ui.components.notice import NoticeBar
from app.ui.components.segments import Segments
from app.ui.pickup.card_words import _LOOKS
from app.ui.pickup.lines import LineView, OrderLines
from app.ui.pickup.order_rows import OrderDelegate, order_model
from app.ui.rail import RailButton
from app.ui.screen import PLACES
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, MEANINGS, Role, Shape, Tone
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.queries import OrderRow
from tests.fakes.samples import COFFEE, an_order_line
from tests.fakes.surroundings import NOON

LEAST_PX = 20
"""Pixels by which two pictures differ when a person can tell them apart."""


class Colourless(Look):
    """Every meaning has the same colours."""

    def colour(self, role: Role, tone: Tone = Tone.INK) -> QColor:
        return super().colour(Role.PRIMARY if role in MEANINGS or role is Role.MUTED else role, tone)

    def pixmap(self, name: str, role: Role = Role.TEXT, size_px: int = ICON_PX, tone: Tone = Tone.INK) -> QPixmap:
        return super().pixmap(name, Role.PRIMARY, size_px, tone)


@pytest.fixture
def colourless(qapp) -> Look:
    made = Colourless("light")
    made.apply(qapp)
    return made


def picture(widget: QWidget, size: QSize = QSize(600, 120)) -> QImage:  # noqa: B008  # never changed
    widget.resize(size)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    widget.render(image)
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def differing(one: QImage, other: QImage) -> int:
    return sum(a != b for a, b in zip(bytes(one.constBits()), bytes(other.constBits()), strict=True))


def alike(drawn: dict[Any, QImage]) -> list[str]:
    """The pairs nobody could tell apart."""
    return [
        f"{one} and {other}" for one, other in combinations(drawn, 2) if differing(drawn[one], drawn[other]) < LEAST_PX
    ]


def draw(kinds: Iterable[Any], made_for: Callable[[Any], QWidget], qtbot) -> dict[Any, QImage]:
    drawn = {}
    for kind in kinds:
        widget = made_for(kind)
        qtbot.addWidget(widget)
        drawn[kind] = picture(widget)
    return drawn


def test_each_verdict_has_words_of_its_own():
    said = {kind: messages.verdict_words(HandoverVerdict(kind, None, NOON, "Léa"), NOON) for kind in VerdictKind}
    assert [f"{one} and {other}" for one, other in combinations(said, 2) if said[one].word == said[other].word] == []


def test_what_may_go_has_a_shape_that_nothing_else_has():
    shapes = {kind: _LOOKS[kind][0] for kind in VerdictKind}
    assert [kind for kind, shape in shapes.items() if shape is Shape.TICK] == [VerdictKind.READY]


def test_verdicts_are_told_apart_without_colour(qtbot, colourless):
    def banner(kind: VerdictKind) -> QWidget:
        made = VerdictBanner(colourless)
        words = messages.verdict_words(HandoverVerdict(kind, None, NOON, "Léa"), NOON)
        made.say(_LOOKS[kind][0], _LOOKS[kind][1], words.word, "")
        return made

    assert alike(draw(VerdictKind, banner, qtbot)) == []


def test_shapes_are_told_apart_without_words(qtbot, colourless):
    def banner(shape: Shape) -> QWidget:
        made = VerdictBanner(colourless)
        made.say(shape, Role.INFO, "", "")
        return made

    assert alike(draw(Shape, banner, qtbot)) == []


def test_rows_of_orders_are_told_apart_without_colour(qtbot, colourless):
    usual = OrderRow(
        "o", "1042", "Léa", Preparation.READY, HandoverState.OPEN, Money(0), None, None, "", 0, 1, NOON, False
    )
    states = {
        "to prepare": replace(usual, preparation=Preparation.TO_PREPARE),
        "in preparation": replace(usual, preparation=Preparation.IN_PREPARATION),
        "ready": usual,
        "to pay": replace(usual, amount_due=Money(1250)),
        "partly": replace(usual, handover=HandoverState.PARTLY),
        "handed over": replace(usual, handover=HandoverState.HANDED_OVER),
        "cancelled": replace(usual, cancelled=True),
        "kept until yesterday": replace(usual, keep_until=NOON - timedelta(days=1)),
    }

    def listed(name: str) -> QWidget:
        model, delegate = order_model(), OrderDelegate(colourless)
        delegate.now = NOON
        made = RowList(model, delegate, "Commandes")
        made.keep = model  # type: ignore[attr-defined]  # a view does not own its model
        model.replace([states[name]])
        return made

    assert alike(draw(states, listed, qtbot)) == []


def test_what_became_of_a_line_is_told_apart_without_colour(qtbot, colourless):
    line = an_order_line(1, COFFEE, 2)

    def lines(outcome: LineOutcome) -> QWidget:
        made = OrderLines(colourless)
        made.show_lines([LineView(line, LineResult(1, outcome, 2, line.total), True, True)], 0)
        return made

    assert alike(draw(LineOutcome, lines, qtbot)) == []


def test_the_line_a_step_is_about_is_told_apart_without_colour(qtbot, colourless):
    line = an_order_line(1, COFFEE, 2)

    def lines(active: int) -> QWidget:
        made = OrderLines(colourless)
        made.show_lines([LineView(line, LineResult(1, LineOutcome.GIVEN, 2, line.total), True, True)], active)
        return made

    assert alike(draw((0, 1), lines, qtbot)) == []


def test_notices_are_told_apart_without_colour(qtbot, colourless):
    """Whether it is well, a warning or a refusal; information and what counts most have the same sign."""

    def notice(role: Role) -> QWidget:
        made = NoticeBar(colourless)
        made.tell("Copié.", role)
        return made

    roles = (Role.INFO, Role.SUCCESS, Role.WARNING, Role.DANGER, Role.OFFLINE)
    assert alike(draw(roles, notice, qtbot)) == []


def test_the_sync_chip_is_told_apart_without_colour(qtbot, colourless):
    def chip(state: LinkState) -> QWidget:
        words, role, icon = chip_for(LinkStatus(state, NOON, 3, NOON, ""), NOON)
        return Chip(colourless, words, role, icon)

    assert alike(draw(LinkState, chip, qtbot)) == []


def test_the_camera_chip_is_told_apart_without_colour(qtbot, colourless):
    states = [state for state in CameraState if state is not CameraState.OFF]
    said = {state: chip_words(state)[0] for state in states}
    well = {said[state] for state in states if not state.is_wrong}
    wrong = {said[state] for state in states if state.is_wrong}
    assert not well & wrong


def test_what_is_chosen_is_told_apart_without_colour(qtbot, colourless):
    def segments(key: str) -> QWidget:
        made = Segments(colourless, [("a", "Un"), ("b", "Un")], "Choix")
        made.choose(key)
        return made

    def place(here: bool) -> QWidget:
        made = RailButton(colourless, PLACES[0])
        made.setChecked(here)
        return made

    assert alike(draw("ab", segments, qtbot)) == []
    assert alike(draw((True, False), place, qtbot)) == []


def test_two_that_look_the_same_are_found(qtbot, colourless):
    def chip(role: Role) -> QWidget:
        return Chip(colourless, "État", role)

    assert alike(draw((Role.SUCCESS, Role.DANGER), chip, qtbot)) == [f"{Role.SUCCESS} and {Role.DANGER}"]
