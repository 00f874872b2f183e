"""Owns the theme in force: turns roles into Qt colours, fonts and icons, and tells widgets when the theme changes, or
whether anything may move.

One `Look` is made at start-up and passed to every widget that paints. Never decides what a thing means.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from app.paths import resources_dir
from app.ui.style.motion import end_effects, is_motion_reduced
from app.ui.style.sheet import style_sheet
from app.ui.style.tokens import FAMILY, ICON_PX, MEANINGS, Role, ThemeName, Tone, Type, colour_of

_FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf")


class Look(QObject):
    """The theme in force.

    Attributes:
        reduced_motion: nothing may move by itself.

    Signals:
        changed: another theme, or other motion; widgets that paint themselves repaint.
    """

    changed = Signal()

    def __init__(self, theme: str = ThemeName.LIGHT, reduced_motion: bool = False) -> None:
        super().__init__()
        self._theme = resolve_theme(theme)
        self._icons: dict[tuple[str, str, int, float], QPixmap] = {}
        self._colours: dict[tuple[Role, Tone], QColor] = {}
        self._fonts: dict[tuple[Type, bool], QFont] = {}
        self._icon_folder = resources_dir() / "icons"  # found once: it follows links from the root on
        self._key_cap: Callable[[str], str] = str  # as delivered
        self._with_keys: Callable[[str], str] = str
        self.reduced_motion = reduced_motion

    def key_cap(self, key: str) -> str:
        """A key as delivered, as it is called where it is painted: the shop may have changed it."""
        return self._key_cap(key)

    def with_keys(self, sentence: str) -> str:
        """A sentence that names keys as delivered, with those in force."""
        return self._with_keys(sentence)

    def name_keys_by(self, key_cap: Callable[[str], str], with_keys: Callable[[str], str]) -> None:
        """Let somebody say how keys are called, alone and in sentences; again whenever the answers have changed:
        widgets repaint."""
        self._key_cap, self._with_keys = key_cap, with_keys
        self.changed.emit()

    @property
    def theme(self) -> ThemeName:
        return self._theme

    def apply(self, application: QApplication) -> None:
        """Dress the application: font with tabular figures, palette, style sheet."""
        if FAMILY not in QFontDatabase.families():
            for name in _FONT_FILES:
                QFontDatabase.addApplicationFont(str(resources_dir() / "fonts" / name))
            self._fonts.clear()
        end_effects()
        application.setStyle("Fusion")
        application.setFont(self.font(Type.BODY))
        application.setPalette(self._palette())
        application.setStyleSheet(style_sheet(self._theme))

    def use(self, theme: str) -> None:
        """Change the theme of the running application (`light`, `dark`, `sunlight`, or `system`)."""
        chosen = resolve_theme(theme)
        application = QApplication.instance()
        if chosen is self._theme or not isinstance(application, QApplication):
            return
        self._theme = chosen
        self._icons.clear()
        self._colours.clear()
        application.setPalette(self._palette())
        application.setStyleSheet(style_sheet(chosen))
        self.changed.emit()

    def use_motion(self, chosen: str) -> None:
        """Let things move or not (`on`: they stay still, `off`, or `system`)."""
        reduced = is_motion_reduced(chosen)
        if reduced is not self.reduced_motion:
            self.reduced_motion = reduced
            self.changed.emit()

    def colour(self, role: Role, tone: Tone = Tone.INK) -> QColor:
        """A role's colour; shared, so never changed by whoever gets it."""
        known = self._colours.get((role, tone))
        if known is None:
            known = self._colours[role, tone] = QColor(colour_of(self._theme, role, tone))
        return known

    def font(self, size: Type, strong: bool = False) -> QFont:
        """The one family at a size of the scale, figures tabular; shared, so never changed by whoever gets it."""
        known = self._fonts.get((size, strong))
        if known is None:
            known = self._fonts[size, strong] = _font(size, strong)
        return known

    def pixmap(self, name: str, role: Role = Role.TEXT, size_px: int = ICON_PX, tone: Tone = Tone.INK) -> QPixmap:
        """An icon of the set in a role's colour, sharp on any screen."""
        ratio = _pixel_ratio()
        key = (name, f"{role}.{tone}", size_px, ratio)
        if key not in self._icons:
            self._icons[key] = _coloured(
                self._icon_folder / f"{name}.svg", colour_of(self._theme, role, tone), size_px, ratio
            )
        return self._icons[key]

    def icon(self, name: str, role: Role = Role.TEXT, size_px: int = ICON_PX, tone: Tone = Tone.INK) -> QIcon:
        return QIcon(self.pixmap(name, role, size_px, tone))

    def _palette(self) -> QPalette:
        palette = QPalette()
        kinds = QPalette.ColorRole
        for kind, role in (
            (kinds.Window, Role.SURFACE),
            (kinds.Base, Role.RAISED),
            (kinds.AlternateBase, Role.SUNKEN),
            (kinds.Button, Role.RAISED),
            (kinds.ToolTipBase, Role.RAISED),
            (kinds.WindowText, Role.TEXT),
            (kinds.Text, Role.TEXT),
            (kinds.ButtonText, Role.TEXT),
            (kinds.ToolTipText, Role.TEXT),
            (kinds.PlaceholderText, Role.MUTED),
            (kinds.Mid, Role.LINE),
        ):
            palette.setColor(kind, self.colour(role))
        palette.setColor(kinds.Highlight, self.colour(Role.PRIMARY, Tone.FILL))
        palette.setColor(kinds.HighlightedText, self.colour(Role.PRIMARY, Tone.ON))
        palette.setColor(kinds.Link, self.colour(Role.PRIMARY))
        return palette


def resolve_theme(theme: str) -> ThemeName:
    """The theme to show; `system` follows the desktop."""
    if theme != "system":
        return ThemeName(theme)
    application = QGuiApplication.instance()
    hints = application.styleHints() if isinstance(application, QGuiApplication) else None
    dark = hints is not None and hints.colorScheme() is Qt.ColorScheme.Dark
    return ThemeName.DARK if dark else ThemeName.LIGHT


def _font(size: Type, strong: bool) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(int(size))
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _pixel_ratio() -> float:
    """Of the sharpest screen: drawn on another one, an icon loses nothing."""
    application = QGuiApplication.instance()
    return application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0


def _coloured(file: Path, colour: str, size_px: int, ratio: float) -> QPixmap:
    """Draw the SVG file at its final size: Qt's own image reader does it, so no SVG module is imported at start-up."""
    side = round(size_px * ratio)
    drawing = file.read_text(encoding="utf-8")
    drawing = drawing.replace("currentColor", colour)
    drawing = drawing.replace('width="24"', f'width="{side}"', 1).replace('height="24"', f'height="{side}"', 1)
    image = QImage.fromData(drawing.encode(), "svg")
    if image.isNull():  # Qt without its SVG plug-in: an empty place, the word beside it remains
        image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


__all__ = ["MEANINGS", "Look", "Role", "ThemeName", "Tone", "Type", "resolve_theme"]
