"""Owns the list of what the gallery shows: each shared widget in each of its states. A widget without a place here
fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionViewItem, QWidget

from app.ui.components.banner import VerdictBanner
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.chips import Chip
from app.ui.components.choice import Choice
from app.ui.components.fields import EntryLine, Field
from app.ui.components.figures import FiguresPane
from app.ui.components.fitting import FarLabel
from app.ui.components.layouts import Pages, Shares, card, column, pane, row, rule
from app.ui.components.lists import RowDelegate, RowList, RowModel
from app.ui.components.long_work import LongWorkBox
from app.ui.components.notice import NoticeBar
from app.ui.components.pin_sheet import PinSheet
from app.ui.components.qr_picture import QrPicture
from app.ui.components.segments import Segments
from app.ui.components.states import EmptyState, Skeleton
from app.ui.components.text import NameLabel, label
from app.ui.components.training_banner import TrainingBanner
from app.ui.components.work_bar import WorkBar
from app.ui.gallery import samples
from app.ui.gallery.shown_states import with_focus
from app.ui.style.look import Look
from app.ui.style.tokens import MEANINGS, ROW_PX, Role, Shape, Space, Type
from app.usecases.long_work import LongWork

_Kind = TypeVar("_Kind", bound=QWidget)


class State(StrEnum):
    """What a widget can be in."""

    NORMAL = "normal"
    FOCUS = "focus"
    PRESSED = "pressed"
    DISABLED = "disabled"
    ERROR = "error"
    LOADING = "loading"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One widget in one state.

    Attributes:
        about: tells apart what has the same state.
        wide: it gets a line for itself.
        then: done once it has its place: what shows itself must not do so before.
    """

    kind: type[QWidget]
    state: State
    build: Callable[[Look], QWidget]
    about: str = ""
    wide: bool = False
    then: Callable[[Any], object] = bool


def all_exhibits() -> Iterator[Exhibit]:
    """In the order they are shown in."""
    yield from _buttons()
    yield from _choices()
    yield from _fields()
    yield from _chips_and_texts()
    yield from _notices()
    yield from _verdicts()
    yield from _lists()
    yield from _work()
    yield from _sheets()


def _buttons() -> Iterator[Exhibit]:
    for kind in Kind:

        def button(look: Look, kind: Kind = kind) -> ActionButton:
            return ActionButton(look, samples.verb(kind), samples.key(kind), kind, icon=samples.icon(kind))

        def focused(look: Look, kind: Kind = kind) -> ActionButton:
            return with_focus(ActionButton, look, samples.verb(kind), samples.key(kind), kind, icon=samples.icon(kind))

        yield Exhibit(ActionButton, State.NORMAL, button, kind)
        yield Exhibit(ActionButton, State.FOCUS, focused, kind)
        yield Exhibit(ActionButton, State.PRESSED, lambda look, button=button: _pressed(button(look)), kind)
        yield Exhibit(ActionButton, State.DISABLED, lambda look, button=button: _disabled(button(look)), kind)


def _choices() -> Iterator[Exhibit]:
    def segments(look: Look) -> Segments:
        made = Segments(look, samples.choices(), samples.name())
        made.set_count("ready", 12)
        return made

    def barred(look: Look) -> Segments:
        made = segments(look)
        made.bar(["today"])
        return made

    yield Exhibit(Segments, State.NORMAL, segments)
    yield Exhibit(Segments, State.FOCUS, lambda look: with_focus(Segments, look, samples.choices(), samples.name()))
    yield Exhibit(Segments, State.DISABLED, lambda look: _disabled(segments(look)))
    yield Exhibit(Segments, State.DISABLED, barred, samples.one_of_them())
    yield Exhibit(Choice, State.NORMAL, lambda _look: Choice(samples.choices(), samples.name()))
    yield Exhibit(Choice, State.FOCUS, lambda _look: with_focus(Choice, samples.choices(), samples.name()))
    yield Exhibit(Choice, State.DISABLED, lambda _look: _disabled(Choice(samples.choices(), samples.name())))
    for state, ticked in ((State.NORMAL, False), (State.PRESSED, True)):
        yield Exhibit(QCheckBox, state, lambda _look, ticked=ticked: _box(QCheckBox(samples.choice()), ticked))
    yield Exhibit(QCheckBox, State.FOCUS, lambda _look: _box(with_focus(QCheckBox, samples.choice()), True))
    yield Exhibit(QCheckBox, State.DISABLED, lambda _look: _disabled(_box(QCheckBox(samples.choice()), False)))


def _fields() -> Iterator[Exhibit]:
    def field(text: str = "", edit: EntryLine | None = None) -> Field:
        made = Field(samples.field_title(), samples.placeholder(), samples.hint(), edit)
        made.set_text(text)
        return made

    def refused(_look: Look) -> Field:
        made = field("abc")
        made.refuse(samples.refusal())
        return made

    yield Exhibit(Field, State.NORMAL, lambda _look: field(samples.typed()))
    yield Exhibit(Field, State.FOCUS, lambda _look: field(samples.typed(), with_focus(EntryLine)))
    yield Exhibit(Field, State.DISABLED, lambda _look: _disabled(field(samples.typed())))
    yield Exhibit(Field, State.ERROR, refused)
    yield Exhibit(Field, State.EMPTY, lambda _look: field())


def _chips_and_texts() -> Iterator[Exhibit]:
    for role in (Role.MUTED, *MEANINGS):
        yield Exhibit(Chip, State.NORMAL, lambda look, role=role: Chip(look, samples.chip(role), role, "clock"), role)
    yield Exhibit(
        Chip, State.NORMAL, lambda look: Chip(look, samples.chip(Role.WARNING), Role.WARNING, low=True), samples.low()
    )
    yield Exhibit(
        Chip, State.FOCUS, lambda look: with_focus(Chip, look, samples.chip(Role.INFO), Role.INFO, "clock", True)
    )
    for size in Type:
        text = samples.amount() if size >= Type.AMOUNT else samples.name()
        yield Exhibit(
            NameLabel,
            State.NORMAL,
            lambda _look, text=text, size=size: _in_width(NameLabel(text, size), 8 * size + 120),
            f"{int(size)}",
        )

    for role in (Role.TEXT, Role.DANGER):
        yield Exhibit(FarLabel, State.NORMAL, lambda look, role=role: _far(look, role), role)


def _notices() -> Iterator[Exhibit]:
    for role in (Role.INFO, Role.SUCCESS, Role.WARNING, Role.DANGER, Role.OFFLINE):
        yield Exhibit(NoticeBar, State.NORMAL, NoticeBar, role, True, lambda bar, role=role: _tell(bar, role))
    yield Exhibit(TrainingBanner, State.NORMAL, TrainingBanner, "", True, lambda band: band.show_for("Léa"))
    yield Exhibit(
        EmptyState,
        State.EMPTY,
        lambda look: EmptyState(look, "package-check", samples.empty_title(), samples.empty_how()),
        wide=True,
    )


def _verdicts() -> Iterator[Exhibit]:
    looks = (
        (Shape.TICK, Role.SUCCESS),
        (Shape.DOUBLE_BAR, Role.DANGER),
        (Shape.HOURGLASS, Role.WARNING),
        (Shape.OCTAGON, Role.DANGER),
        (Shape.QUESTION, Role.OFFLINE),
    )
    for shape, role in looks:
        yield Exhibit(
            VerdictBanner, State.NORMAL, lambda look, shape=shape, role=role: _verdict(look, shape, role), shape, True
        )


def _lists() -> Iterator[Exhibit]:
    yield Exhibit(RowList, State.NORMAL, lambda look: _list(_SampleDelegate(look)), wide=True)
    yield Exhibit(RowList, State.FOCUS, lambda look: _list(_FocusedDelegate(look)), wide=True)
    yield Exhibit(Skeleton, State.LOADING, _skeleton, wide=True)
    yield Exhibit(FiguresPane, State.NORMAL, _figures, wide=True)


def _work() -> Iterator[Exhibit]:
    def bar(look: Look, done: int, total: int) -> WorkBar:
        made = WorkBar(look, samples.work())
        made.show_part(done, total)
        return made

    yield Exhibit(WorkBar, State.NORMAL, lambda look: bar(look, 60, 100))
    yield Exhibit(WorkBar, State.LOADING, lambda look: bar(look, 0, 0), samples.unknown())
    yield Exhibit(LongWorkBox, State.LOADING, _long_work, "", True, lambda box: box.watch(_half_done()))


def _sheets() -> Iterator[Exhibit]:
    def asking(look: Look) -> PinSheet:
        return _sized(
            PinSheet(look, samples.name(), samples.sentence(), scan_refused=samples.refusal(), cancel=True), 440
        )

    def wrong(look: Look) -> PinSheet:
        made = asking(look)
        made.say(samples.refusal())
        return made

    def checking(look: Look) -> PinSheet:
        made = asking(look)
        made.wait(True)
        return made

    yield Exhibit(PinSheet, State.NORMAL, asking, wide=True)
    yield Exhibit(PinSheet, State.ERROR, wrong, wide=True)
    yield Exhibit(PinSheet, State.LOADING, checking, wide=True)
    yield Exhibit(QrPicture, State.NORMAL, _qr)
    yield Exhibit(Pages, State.NORMAL, lambda _look: Pages(card(column(label(samples.name()), rule(), label("…")))))
    yield Exhibit(Shares, State.NORMAL, _shares, wide=True)


# --- how some of them are brought into their state --------------------------------------------------------------------


def _pressed(button: ActionButton) -> ActionButton:
    button.setDown(True)
    return button


def _disabled(widget: _Kind) -> _Kind:
    widget.setEnabled(False)
    return widget


def _far(look: Look, role: Role) -> FarLabel:
    made = FarLabel(look, role=role)
    made.set_name(samples.amount())
    made.setFixedWidth(280)
    return made


def _in_width(made: NameLabel, width: int) -> NameLabel:
    made.setFixedWidth(width)
    return made


def _sized(widget: _Kind, height: int) -> _Kind:
    widget.setFixedHeight(height)
    return widget


def _box(made: QCheckBox, ticked: bool) -> QCheckBox:
    made.setChecked(ticked)
    made.setAccessibleName(made.text())
    return made


def _tell(bar: NoticeBar, role: Role) -> None:
    bar.tell(samples.sentence(), role, samples.verb(Kind.PLAIN), lambda: None)


def _verdict(look: Look, shape: Shape, role: Role) -> VerdictBanner:
    made = VerdictBanner(look)
    made.say(shape, role, samples.verdict(shape), samples.sentence())
    return made


class _SampleDelegate(RowDelegate):
    def paint_row(self, painter: QPainter, rect: QRect, row: str, selected: bool) -> None:
        painter.setFont(self.look.font(Type.BODY, strong=selected))
        painter.setPen(self.look.colour(Role.TEXT))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, row)


class _FocusedDelegate(_SampleDelegate):
    """Paints the row that is chosen as in a list that has the focus."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        option.state |= QStyle.StateFlag.State_HasFocus
        super().paint(painter, option, index)


def _list(delegate: RowDelegate) -> RowList:
    made = RowList(RowModel(str, str), delegate, samples.name())
    rows = samples.rows()
    made.replace_rows(rows)
    made.select_key(rows[1])
    return _sized(made, ROW_PX * len(rows))


def _skeleton(look: Look) -> Skeleton:
    made = Skeleton(look, rows=2)
    made.show_at_once()
    return _sized(made, 2 * (ROW_PX + Space.INSIDE))


def _figures(_look: Look) -> FiguresPane:
    made = FiguresPane()
    made.show_sections(samples.sections())
    return _sized(made, 4 * ROW_PX)


def _long_work(look: Look) -> LongWorkBox:
    return LongWorkBox(look, "gallery", samples.work(), lambda _work: samples.work(), samples.sentence(), lambda: None)


def _half_done() -> LongWork:
    work = LongWork()
    work.note(6_000, 10_000)
    return work


def _qr(_look: Look) -> QrPicture:
    made = QrPicture(samples.name())
    made.show_modules([[(across * down + across) % 3 == 0 for across in range(21)] for down in range(21)])
    return made


def _shares(_look: Look) -> Shares:
    halves = [pane(row(card(column(label(samples.name()))))) for _half in range(2)]
    return _sized(Shares(halves[0], halves[1], 40), 3 * ROW_PX)
