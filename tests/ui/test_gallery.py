"""The gallery has a place for every shared widget in every state it can be in, and its command writes the picture."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import app.ui.components
from app.ui.components.buttons import Kind
from app.ui.gallery.exhibits import State, all_exhibits
from app.ui.gallery.view import Gallery
from app.ui.style.tokens import ThemeName
from tests.ui.checks import texts_cut

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gallery(qtbot, look):
    asked: list[tuple[int, ThemeName]] = []
    made = Gallery(look, 100, lambda percent, theme: asked.append((percent, theme)))
    made.asked = asked  # type: ignore[attr-defined]  # for the test to reach it
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def shared_widgets() -> list[type[QWidget]]:
    """Every kind of widget that `app/ui/components` defines."""
    found = []
    for module in pkgutil.iter_modules(app.ui.components.__path__):
        loaded = importlib.import_module(f"app.ui.components.{module.name}")
        for _name, kind in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(kind, QWidget) and kind.__module__ == loaded.__name__:
                found.append(kind)
    return found


def test_every_shared_widget_has_its_place(gallery):
    shown = gallery.content.findChildren(QWidget)
    missing = [kind.__name__ for kind in shared_widgets() if not any(isinstance(widget, kind) for widget in shown)]
    assert not missing, f"add them to app/ui/gallery/exhibits.py: {missing}"


def test_whatever_takes_keys_is_shown_with_the_focus_and_without_use(look):
    for name in ("ActionButton", "Segments", "Choice", "Field", "QCheckBox"):
        states = {one.state for one in all_exhibits() if one.kind.__name__ == name}
        assert {State.NORMAL, State.FOCUS, State.DISABLED} <= states, name
    buttons = [one for one in all_exhibits() if one.kind.__name__ == "ActionButton"]
    assert len(buttons) == len(Kind) * 4
    assert {one.state for one in all_exhibits()} == set(State), "each state is seen at some widget"


def test_each_state_looks_like_no_other_of_the_same_widget(gallery, qapp):
    """But for what only differs in its words, as notices do."""
    qapp.processEvents()
    seen: dict[tuple[str, str], dict[bytes, State]] = {}
    for exhibit, widget in gallery.exhibited:
        picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        content = bytes(picture.constBits())
        others = seen.setdefault((exhibit.kind.__name__, exhibit.about), {})
        assert content not in others, f"{exhibit.kind.__name__}: {exhibit.state} looks like {others[content]}"
        others[content] = exhibit.state


def test_nothing_is_cut_in_any_theme_and_another_zoom_is_asked_for_by_keys(gallery, qapp):
    for theme in ThemeName:
        gallery.theme.choose(theme, tell=True)
        qapp.processEvents()
        assert texts_cut(gallery.content) == [], theme
    QTest.keyClick(gallery.zoom, Qt.Key.Key_Right)
    assert gallery.asked == [(110, ThemeName.SUNLIGHT)]


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # this interpreter, our own program
        [sys.executable, "-m", "app", "gallery", *arguments],
        env={**os.environ, "COMPTOIR_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_command_writes_the_picture_in_the_zoom_asked_for(tmp_path):
    file = tmp_path / "gallery.png"
    done = run("--picture", str(file), "--theme", "sunlight", "--zoom", "150", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["path"] == str(file)
    assert QImage(str(file)).width() == 1280 * 3 // 2
    again = run("--picture", str(file), "--json", home=tmp_path)
    assert (again.returncode, json.loads(again.stdout)["reason"]) == (1, "file_exists")


def test_without_a_screen_it_says_what_to_ask_for(tmp_path):
    done = run("--json", home=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["reason"]) == (1, "no_display")
