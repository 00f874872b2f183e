"""Owns the Qt style sheet, generated from the tokens. What a box model cannot do paints itself (components)."""

from __future__ import annotations

from app.paths import resources_dir
from app.ui.style.tokens import (
    FOCUS_PX,
    ICON_PX,
    LINE_PX,
    MEANINGS,
    RADIUS,
    TARGET_PX,
    Role,
    Space,
    ThemeName,
    Tone,
    Type,
    colour_of,
)

_BOX_PX, _BOX_LINE_PX = 20, 2


def style_sheet(theme: ThemeName) -> str:
    """The whole sheet of a theme. Widgets choose by object properties: `surface`, `role`, `scale`, `strong`."""
    return "\n".join((_surfaces(theme), _texts(theme), _fields(theme), _scrolling(theme), _small_things(theme)))


def _surfaces(theme: ThemeName) -> str:
    text = colour_of(theme, Role.TEXT)
    rules = [
        f"QMainWindow, QDialog {{ background: {colour_of(theme, Role.SURFACE)}; color: {text}; }}",
        f'QWidget[surface="surface"] {{ background: {colour_of(theme, Role.SURFACE)}; }}',
        f'QWidget[surface="raised"] {{ background: {colour_of(theme, Role.RAISED)}; }}',
        f'QWidget[surface="sunken"] {{ background: {colour_of(theme, Role.SUNKEN)}; }}',
        f'QFrame[surface="card"] {{ background: {colour_of(theme, Role.RAISED)}; border-radius: {RADIUS}px;'
        f" border: {LINE_PX}px solid {colour_of(theme, Role.LINE)}; }}",
        f'QWidget[rule="true"] {{ background: {colour_of(theme, Role.LINE)}; }}',
    ]
    for role in MEANINGS:
        rules.append(
            f'QFrame[surface="{role}"] {{ background: {colour_of(theme, role, Tone.SOFT)}; border-radius: {RADIUS}px;'
            f" border: {LINE_PX}px solid {colour_of(theme, role, Tone.INK)}; }}"
        )
    return "\n".join(rules)


def _texts(theme: ThemeName) -> str:
    rules = [f"QLabel {{ color: {colour_of(theme, Role.TEXT)}; background: transparent; }}"]
    rules += [f'QLabel[scale="{size}"] {{ font-size: {int(size)}px; }}' for size in map(int, Type)]
    rules += ['QLabel[strong="true"] { font-weight: 600; }']
    rules += [f'QLabel[role="{role}"] {{ color: {colour_of(theme, role)}; }}' for role in (Role.MUTED, *MEANINGS)]
    rules += [f'QLabel[role="on-{role}"] {{ color: {colour_of(theme, role, Tone.ON)}; }}' for role in MEANINGS]
    return "\n".join(rules)


def _fields(theme: ThemeName) -> str:
    edge, focus = colour_of(theme, Role.EDGE), colour_of(theme, Role.FOCUS)
    raised, text = colour_of(theme, Role.RAISED), colour_of(theme, Role.TEXT)
    kinds = ("QLineEdit", "QComboBox", "QSpinBox", "QPlainTextEdit")
    thinner = FOCUS_PX - LINE_PX
    return f"""
{", ".join(kinds)} {{
    background: {raised}; color: {text}; border: {LINE_PX}px solid {edge}; border-radius: {RADIUS}px;
    padding: {thinner}px {Space.NEAR + thinner}px; min-height: {TARGET_PX - 2 * FOCUS_PX}px;
    selection-background-color: {colour_of(theme, Role.PRIMARY, Tone.FILL)};
    selection-color: {colour_of(theme, Role.PRIMARY, Tone.ON)};
}}
{", ".join(f"{kind}:focus" for kind in kinds)} {{ border: {FOCUS_PX}px solid {focus}; padding: 0 {Space.NEAR}px; }}
{", ".join(f"{kind}:disabled" for kind in kinds)} {{ color: {colour_of(theme, Role.MUTED)};
    background: {colour_of(theme, Role.SUNKEN)}; }}
QLineEdit[wrong="true"] {{ border-color: {colour_of(theme, Role.DANGER)}; }}
QLineEdit[bare="true"] {{ border: none; background: transparent; padding: 0 {Space.INSIDE}px; }}
QComboBox::drop-down {{ border: none; width: {TARGET_PX - Space.NEAR}px; }}
QComboBox::down-arrow {{ width: {ICON_PX}px; height: {ICON_PX}px; image: url("{_arrow(theme)}"); }}
QComboBox QAbstractItemView {{ background: {raised}; color: {text}; border: {LINE_PX}px solid {edge};
    selection-background-color: {colour_of(theme, Role.SELECTED)}; selection-color: {text}; }}
QCheckBox, QRadioButton {{ color: {text}; spacing: {Space.INSIDE}px; min-height: {TARGET_PX}px;
    border: {FOCUS_PX}px solid transparent; border-radius: {RADIUS}px; padding-right: {Space.INSIDE}px; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {focus}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {colour_of(theme, Role.MUTED)}; }}
QCheckBox::indicator {{ width: {_BOX_PX}px; height: {_BOX_PX}px; background: {raised};
    border: {_BOX_LINE_PX}px solid {edge}; border-radius: {Space.HAIR}px; }}
QCheckBox::indicator:checked {{ background: {colour_of(theme, Role.PRIMARY, Tone.FILL)};
    border-color: {colour_of(theme, Role.PRIMARY, Tone.FILL)}; image: url("{_tick(theme)}"); }}
QCheckBox::indicator:disabled {{ background: {colour_of(theme, Role.SUNKEN)};
    border-color: {colour_of(theme, Role.LINE)}; }}
"""


def _tick(theme: ThemeName) -> str:
    """The file with the tick that stands out on the fill: a style sheet cannot colour one."""
    return _icon_file("check.svg" if theme is ThemeName.DARK else "check-white.svg")


def _arrow(theme: ThemeName) -> str:
    """The file with the arrow that says: this unfolds."""
    return _icon_file("chevron-down-white.svg" if theme is ThemeName.DARK else "chevron-down.svg")


def _icon_file(name: str) -> str:
    return (resources_dir() / "icons" / name).as_posix()


def _scrolling(theme: ThemeName) -> str:
    thumb, base = colour_of(theme, Role.EDGE), Space.INSIDE + 2
    return f"""
QAbstractItemView {{ background: transparent; border: none; outline: none; color: {colour_of(theme, Role.TEXT)}; }}
QTextBrowser, QListWidget {{ border: {FOCUS_PX}px solid transparent; border-radius: {RADIUS}px; }}
QTextBrowser:focus, QListWidget:focus {{ border-color: {colour_of(theme, Role.FOCUS)}; }}
QScrollArea, QScrollArea > QWidget > QWidget[scrolled="true"] {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {base}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {base}px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: {base // 2 - 2}px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: {TARGET_PX}px; }}
QScrollBar::handle:horizontal {{ min-width: {TARGET_PX}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _small_things(theme: ThemeName) -> str:
    return f"""
QToolTip {{ background: {colour_of(theme, Role.RAISED)}; color: {colour_of(theme, Role.TEXT)};
    border: {LINE_PX}px solid {colour_of(theme, Role.EDGE)}; padding: {Space.HAIR}px {Space.INSIDE}px; }}
QProgressBar {{ background: {colour_of(theme, Role.SUNKEN)}; border: none; border-radius: {Space.HAIR}px;
    max-height: {Space.INSIDE}px; min-height: {Space.INSIDE}px; text-align: center; }}
QProgressBar::chunk {{ background: {colour_of(theme, Role.PRIMARY, Tone.FILL)}; border-radius: {Space.HAIR}px; }}
"""
