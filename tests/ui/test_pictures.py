"""The screens look as a person approved them, and a comparison sees what a person would: a moved button, another
colour, a missing word; not how edges are smoothed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.components.chips import Chip
from app.ui.style.look import Role
from tests.fakes.samples import pickup_code_of
from tests.pictures import compare
from tests.pictures.plan import APPROVED, FIRST, wanted
from tests.ui.shop import Shop, some_orders

ROOT = Path(__file__).resolve().parents[2]


def picture_of(shop: Shop) -> Image.Image:
    QCoreApplication.processEvents()
    image = shop.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    return Image.frombuffer("RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1)


@pytest.fixture
def counter(shop: Shop) -> Shop:
    """With an order in view and the focus where it changes nothing."""
    shop.window.resize(1366, 768)
    shop.window.set_link("En ligne", Role.SUCCESS, "cloud")
    shop.window.take_scan(pickup_code_of(some_orders()[0]))
    shop.window.setFocus()
    return shop


def differs(one: Image.Image, other: Image.Image) -> bool:
    return compare.differs(compare.reduced(one), compare.reduced(other))


def child(shop: Shop, name: str) -> QWidget:
    found = shop.window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def test_the_same_screen_looks_the_same(counter):
    first = picture_of(counter)
    assert not differs(first, picture_of(counter))


def test_edges_smoothed_otherwise_are_no_difference(counter):
    first = picture_of(counter)
    for other in (first.filter(ImageFilter.GaussianBlur(0.5)), first.filter(ImageFilter.UnsharpMask(1, 40, 0))):
        assert first.tobytes() != other.tobytes()
        assert not differs(first, other)


def test_a_moved_button_is_seen(counter):
    first, button = picture_of(counter), child(counter, "print")
    button.move(button.x() + 4, button.y())
    assert differs(first, picture_of(counter))


def test_another_colour_of_a_chip_is_seen(counter):
    first = picture_of(counter)
    chip = counter.window.link
    assert isinstance(chip, Chip)
    chip.set_state("En ligne", Role.WARNING, "cloud")
    assert differs(first, picture_of(counter))


def test_a_missing_word_is_seen(counter):
    first = picture_of(counter)
    shown = [each for each in counter.window.findChildren(QLabel) if each.isVisible() and " " in each.text()]
    label = min(shown, key=lambda each: len(each.text()))
    label.setFixedSize(label.size())
    label.setText(label.text().rsplit(" ", 1)[0])
    assert differs(first, picture_of(counter)), label.text()


def test_what_is_kept_is_what_is_read_again(counter, tmp_path):
    small = compare.reduced(picture_of(counter))
    compare.keep(small, tmp_path / "a" / "b.webp")
    assert compare.kept(tmp_path / "a" / "b.webp").tobytes() == small.tobytes()
    beside = compare.side_by_side(None, small)
    assert beside.width > 2 * small.width


def test_every_theme_language_and_size_has_its_turn():
    dresses = {dress for number in range(1, 13) for dress in wanted("sale", number)}
    assert len({(dress.theme, dress.language) for dress in dresses}) == 6
    assert len({dress.size for dress in dresses}) == 3
    assert all(wanted("sale", number)[0] == FIRST for number in range(1, 13))


@pytest.mark.skipif(sys.platform != "linux", reason="letters are drawn by another library elsewhere")
@pytest.mark.timeout(900)  # a minute on a free machine
def test_the_screens_look_as_they_were_approved():
    if not APPROVED.exists():
        pytest.skip("nothing was approved yet: make pictures-approve")
    run = subprocess.run(
        [sys.executable, "-m", "tests.pictures", "check", "--share"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
