"""The logo: on slow lines left out, in the printer's memory dot by dot, and what is no picture."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from app.printing.encoder import encode
from app.printing.lines import LogoLine, PrintLine, TextLine
from app.printing.logo import LogoUnusable, logo_picture, store_logo
from app.settings import PrinterProfile

PLAIN = PrinterProfile()
SENT, STORED = replace(PLAIN, logo="sent"), replace(PLAIN, logo="stored")
LINES: list[PrintLine] = [LogoLine(), TextLine("é")]


def file_of(picture):
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


SQUARE = file_of(Image.new("RGBA", (16, 8), (0, 0, 0, 255)))


def test_nothing_is_sent_where_there_is_no_logo():
    plain = encode([TextLine("é")], PLAIN)
    assert encode(LINES, PLAIN, logo=SQUARE) == plain
    assert encode(LINES, SENT) == plain


def test_a_slow_line_is_spared_the_picture():
    slow = replace(SENT, transport="serial", path="/dev/ttyS0", baud_rate=19_200)
    fast = replace(slow, baud_rate=38_400)
    assert (slow.sends_logo_slowly, fast.sends_logo_slowly) == (True, False)
    assert b"\x1dv0" not in encode(LINES, slow, logo=SQUARE)
    assert b"\x1dv0" in encode(LINES, fast, logo=SQUARE)


def test_a_stored_logo_is_called_up_and_the_code_page_said_again():
    assert encode(LINES, STORED).endswith(b"\x1ba\x01\x1cp\x01\x00\x1ba\x00\x1bt\x10\xe9\n")


def test_a_sent_logo_is_a_picture_and_the_code_page_is_said_again():
    job = encode(LINES, SENT, logo=SQUARE)
    assert b"\x1dv0\x00\x02\x00\x08\x00" + b"\xff" * 16 in job
    assert job.endswith(b"\x1bt\x10\xe9\n")


def test_the_memory_gets_columns_from_top_to_bottom():
    picture = Image.new("L", (8, 16), 255)
    picture.putpixel((0, 0), 0)
    picture.putpixel((1, 15), 0)
    columns = b"\x80\x00\x00\x01" + b"\x00" * 12
    assert store_logo(file_of(picture), PLAIN) == b"\x1cq\x01\x01\x00\x02\x00" + columns


@pytest.mark.parametrize("size", [(3000, 100), (100, 3000), (5000, 5000), (1, 1)])
def test_a_logo_fits_the_paper(size):
    for width in (24, 48):
        picture = logo_picture(file_of(Image.new("L", size)), replace(PLAIN, width_columns=width))
        assert picture.width <= width * 12
        assert picture.height <= 192
        assert (picture.width % 8, picture.height % 8) == (0, 0)


def test_what_is_transparent_is_paper():
    picture = logo_picture(file_of(Image.new("RGBA", (16, 16), (0, 0, 0, 0))), PLAIN)
    assert picture.getextrema() == (255, 255)


@pytest.mark.parametrize("file", [b"", b"GIF89a", SQUARE[:20], b"x" * 4_000_001], ids=["empty", "gif", "cut", "large"])
def test_what_is_no_picture_is_refused(file):
    with pytest.raises(LogoUnusable):
        logo_picture(file, PLAIN)


def test_a_small_file_that_unfolds_to_gigabytes_is_no_logo():
    with pytest.raises(LogoUnusable):
        logo_picture(file_of(Image.new("1", (6000, 5000))), PLAIN)


def test_a_picture_broken_inside_is_no_logo():
    broken = bytearray(file_of(Image.effect_noise((60, 40), 50)))
    at = broken.index(b"IDAT")
    length = int.from_bytes(broken[at - 4 : at], "big")
    broken[at - 4 : at] = (length // 2).to_bytes(4, "big")
    with pytest.raises(LogoUnusable):
        logo_picture(bytes(broken), PLAIN)
