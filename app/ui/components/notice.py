"""Owns the inline message: one sentence, at most one button, one place; it never takes the focus or stops anyone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame, QLabel

from app.i18n import tr
from app.ui.components.buttons import ActionButton, Kind
from app.ui.components.layouts import row
from app.ui.components.spoken import announce
from app.ui.components.text import label, set_role
from app.ui.style.look import Look
from app.ui.style.tokens import ICON_PX, Role, Space, Type

_ICONS = {
    Role.SUCCESS: "circle-check",
    Role.WARNING: "triangle-alert",
    Role.DANGER: "octagon-x",
    Role.OFFLINE: "cloud-off",
}


class NoticeBar(QFrame):
    """Hidden until `tell()`. The icon follows the role, so that colour is never the only sign."""

    spoken_role = QAccessible.Role.Notification

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._on_action: Callable[[], None] | None = None
        self._role, self._told, self._said = Role.INFO, "", ""
        self._icon = QLabel()
        self._text = label(size=Type.BODY, wrap=True, strong=True)
        self._action = ActionButton(look, "", kind=Kind.PLAIN)
        self._action.setObjectName("notice-action")
        self._close = ActionButton(look, tr("Close"), kind=Kind.QUIET)
        self._close.setObjectName("notice-close")
        self._action.clicked.connect(self._act)
        self._close.clicked.connect(self.hide)
        box = row(self._icon, self._text, self._action, self._close, gap=Space.NEAR)
        box.setContentsMargins(Space.BETWEEN, Space.HAIR, Space.INSIDE, Space.HAIR)
        box.setStretch(1, 1)
        box.setAlignment(self._icon, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(box)
        self.setObjectName("notice")
        self.hide()
        look.changed.connect(self._anew)

    @property
    def text(self) -> str:
        return self._said if not self.isHidden() else ""

    def tell(
        self,
        text: str,
        role: Role = Role.INFO,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        key: str = "",
    ) -> None:
        """Args: key: that does the same as the button; the screen binds it."""
        self._told, text = text, self._look.with_keys(text)
        is_news = text != self.text
        self._role, self._said = role, text
        self._text.setText(text)
        self._action.set_text(action, key)
        self._action.setVisible(bool(action))
        self._on_action = on_action
        set_role(self, role, "surface")
        set_role(self._text, role)
        self._recolour()
        self.setAccessibleName(text)
        self.show()
        if is_news:
            announce(self, f"{text} {action}".strip(), at_once=role in (Role.WARNING, Role.DANGER))

    def _act(self) -> None:
        on_action, self._on_action = self._on_action, None
        self.hide()
        if on_action is not None:
            on_action()

    def _anew(self) -> None:
        """Another theme, or other keys."""
        self._said = self._look.with_keys(self._told)
        self._text.setText(self._said)
        self.setAccessibleName(self._said)
        self._recolour()

    def _recolour(self) -> None:
        self._icon.setPixmap(self._look.pixmap(_ICONS.get(self._role, "info"), self._role, ICON_PX))
