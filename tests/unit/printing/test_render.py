"""Pictures of papers: the right size, ink where text is, a QR that can be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from app.domain.receipt import Printable
from app.printing.layout import lay_out
from app.printing.lines import FeedLine, TextLine
from app.printing.render import COLUMN_PX, MARGIN_PX, render, save_png
from tests.unit.printing import closing_samples, fiscal_samples, samples


@pytest.mark.parametrize("width", [32, 48])
def test_the_test_page_can_be_scanned_from_its_picture(width):
    picture = render(lay_out(samples.self_test(), width), width)
    assert picture.width == width * COLUMN_PX + 2 * MARGIN_PX
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [samples.self_test().qr_text]


def test_every_column_has_ink_within_the_margins():
    picture = render([TextLine("#" * 32)], 32)
    inside = picture.crop((MARGIN_PX, MARGIN_PX, picture.width - MARGIN_PX, picture.height - MARGIN_PX))
    for column in range(32):
        cell = inside.crop((column * COLUMN_PX, 0, (column + 1) * COLUMN_PX, inside.height))
        assert any(level < 100 for level in cell.tobytes())
    assert picture.crop((0, 0, MARGIN_PX, picture.height - MARGIN_PX)).getextrema() == (255, 255)


def test_an_empty_line_is_drawn_as_nothing():
    assert render([TextLine(""), FeedLine(2)], 32).crop((0, 0, 400, 60)).getextrema() == (255, 255)


def test_a_picture_is_written(tmp_path):
    save_png(lay_out(samples.sale_receipt(), 48), 48, tmp_path / "ticket.png")
    assert (tmp_path / "ticket.png").read_bytes().startswith(b"\x89PNG")


PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SHOWN: dict[str, tuple[Printable, int]] = {
    "paper-ticket.png": (fiscal_samples.full_ticket(), 48),
    "paper-training.png": (fiscal_samples.training_ticket(), 32),
    "paper-z.png": (closing_samples.z_report(), 48),
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_pictures_of_the_documents_are_of_today(name):
    """To take them anew, run with COMPTOIR_WRITE_GOLDEN=1 and look at them. Fonts are drawn a little differently from
    one release of Pillow to the next: the size says whether the paper has changed."""
    document, width = SHOWN[name]
    lines = lay_out(document, width)
    if os.environ.get("COMPTOIR_WRITE_GOLDEN"):
        save_png(lines, width, PICTURES / name)
    with Image.open(PICTURES / name) as kept:
        assert kept.size == render(lines, width).size
