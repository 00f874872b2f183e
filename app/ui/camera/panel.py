"""Owns what is seen of the camera at the counter: its picture as in a mirror, a guide, one sentence that helps, and the
way round it: typing the code. Decides nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QWidget

from app.i18n import tr
from app.ui.camera.frame_source import CameraState
from app.ui.camera.presenter import CameraScene
from app.ui.camera.words import advice_sentence, state_sentence
from app.ui.components.banner import paint_shape
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import column, row
from app.ui.components.painting import paint_box
from app.ui.components.text import label, set_role
from app.ui.style.look import Look
from app.ui.style.tokens import FOCUS_PX, PAPER, PAPER_INK, RADIUS, Role, Shape, Space, Tone, Type

PICTURE_PX, LOW_PICTURE_PX = (320, 180), (160, 90)
_LOW_WORDS_PX = 220
_GUIDE_SHARE = 0.72
"""Of the picture's height: a phone held so that its code fills this is near enough, whatever it is."""

_MARK_PX = 72


class CameraPicture(QWidget):
    """The picture with its guide; a tick over it for a moment once a code was read."""

    spoken_role = QAccessible.Role.Graphic

    def __init__(self, look: Look, size_px: tuple[int, int] = PICTURE_PX) -> None:
        super().__init__()
        self._look = look
        self._size_px = size_px
        self._image = QImage()
        self._read = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("What the camera sees"))
        self.setObjectName("camera-picture")
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(*self._size_px)

    def set_size(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        self.updateGeometry()

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    def show_picture(self, image: QImage) -> None:
        self._image = image.flipped(Qt.Orientation.Horizontal)
        self.update()

    def clear(self) -> None:
        self._image = QImage()
        self.update()

    def show_read(self, read: bool) -> None:
        if read != self._read:
            self._read = read
            self.update()

    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        paint_box(painter, self.rect(), self._look.colour(Role.SUNKEN))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shown = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect((self.width() - shown.width()) // 2, (self.height() - shown.height()) // 2, 0, 0)
            place.setSize(shown)
            painter.drawImage(place, self._image)
            self._paint_guide(painter)
        if self._read:
            self._paint_tick(painter)

    def _paint_guide(self, painter: QPainter) -> None:
        """A light line on a dark one: seen on any picture."""
        side = self.height() * _GUIDE_SHARE
        guide = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, wide in ((QColor(PAPER_INK), 2 * FOCUS_PX), (QColor(PAPER), FOCUS_PX - 1)):
            painter.setPen(QPen(colour, wide))
            painter.drawRoundedRect(guide, RADIUS, RADIUS)

    def _paint_tick(self, painter: QPainter) -> None:
        ink, ground = self._look.colour(Role.SUCCESS, Tone.FILL), self._look.colour(Role.SUCCESS, Tone.ON)
        painter.setPen(QPen(ink, 2 * FOCUS_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(FOCUS_PX, FOCUS_PX, -FOCUS_PX, -FOCUS_PX))
        left, top = (self.width() - _MARK_PX) / 2, (self.height() - _MARK_PX) / 2
        paint_shape(painter, QRectF(left, top, _MARK_PX, _MARK_PX), Shape.TICK, ink, ground)


class CameraPanel(QFrame):
    """The panel in the corner of the window.

    Signals:
        type_asked: the person wants to type the code instead.
        fold_asked: the person wants the picture out of the way.
    """

    type_asked = Signal()
    fold_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("camera-panel")
        self.setProperty("surface", "card")
        self.picture = CameraPicture(look)
        self.words = label("", Type.LEAD, strong=True, wrap=True)
        self.words.setObjectName("camera-words")
        self.words.setFixedWidth(PICTURE_PX[0])
        self.type = ActionButton(look, tr("Type the code"), kind=Kind.PLAIN)
        self.type.setObjectName("camera-type")
        self.type.clicked.connect(self.type_asked)
        self.hide_it = ActionButton(look, tr("Hide"), kind=Kind.QUIET)
        self.hide_it.setObjectName("camera-hide")
        self.hide_it.clicked.connect(self.fold_asked)
        for button in (self.type, self.hide_it):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the one box
        box = column(self.picture, self.words, row(self.type, None, self.hide_it), around=Space.INSIDE)
        self._box = box
        self.setLayout(box)
        self.hide()

    def set_low(self, low: bool) -> None:
        """Small and in one row, where there is much else to touch."""
        self.picture.set_size(LOW_PICTURE_PX if low else PICTURE_PX)
        self.words.setFixedWidth(_LOW_WORDS_PX if low else PICTURE_PX[0])
        self._box.setDirection(QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom)
        self.adjustSize()

    def show_scene(self, scene: CameraScene) -> None:
        """Fill it; whether it is shown is the window's."""
        trouble = state_sentence(scene.state)
        if scene.state is not CameraState.LIVE:
            self.picture.clear()
        self.picture.setVisible(not scene.state.is_wrong and scene.state is not CameraState.RESTING)
        self.picture.show_read(bool(scene.read))
        words = trouble or (tr("Read.") if scene.read else advice_sentence(scene.advice))
        if words != self.words.text():
            self.words.setText(words)
            self.setAccessibleName(words)
        set_role(self.words, Role.WARNING if scene.state.is_wrong else Role.SUCCESS if scene.read else Role.TEXT)
        self.type.setVisible(scene.state.is_wrong or scene.advice == "say_the_code")
        self.adjustSize()
