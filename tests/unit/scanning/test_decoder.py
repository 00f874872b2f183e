"""Pictures in, codes out: real photographs, our own pickup codes, and files that are no pictures."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path

import pytest
import qrcode
from PIL import Image, ImageOps

from app.domain.barcodes import is_gtin
from app.domain.pickup_code import make_pickup_code, parse_pickup_code
from app.scanning.decoder import MAX_BYTES, DecodedPicture, Decoder, PictureRefusal
from app.scanning.passes import Passes
from app.scanning.readers import CodeKind, FoundCode, best_bar_reader, read_bars_with_zxing, zbar_reader

PHOTOS = sorted((Path(__file__).parents[2] / "data" / "scan-photos").glob("*.png"))
CODE = make_pickup_code("7", bytes(range(32)), "shop-1", "F3K9XRL")

ONLY_ZBAR = {"ean13-2-11"}
"""Why zbar is worth having; zxing-cpp must then say nothing rather than something wrong."""

PASSES = {"zbar": Passes(zbar_reader()), "zxing": Passes(None)}


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.stem)
def test_photographs_say_what_is_written_beside_them(photo, passes):
    decoded = Decoder(PASSES[passes]).decode_file(photo)
    if passes == "zxing" and photo.stem in ONLY_ZBAR:
        assert decoded == DecodedPicture()
        return
    assert [code.text for code in decoded.codes] == [photo.with_suffix(".txt").read_text(encoding="utf-8").strip()]
    assert decoded.codes[0].kind.value == photo.stem.split("-")[0].replace("qrcode", "qr")


def test_the_library_that_reads_bar_codes_best_is_here():
    assert best_bar_reader() is not read_bars_with_zxing, "libzbar0 is missing"


def test_without_pyzbar_the_other_library_reads_all(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    assert zbar_reader() is None
    assert best_bar_reader() is read_bars_with_zxing
    photo = next(photo for photo in PHOTOS if photo.stem.startswith("code128"))
    assert [code.text for code in Decoder().decode_file(photo).codes] == [photo.with_suffix(".txt").read_text().strip()]


def pickup_qr(box_px=4, **colours):
    code = qrcode.QRCode(version=2, error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=box_px, border=4)
    code.add_data(CODE)
    code.make(fit=False)
    assert code.data_list[0].mode == qrcode.util.MODE_ALPHA_NUM
    assert code.modules_count == 25
    return code.make_image(**colours).get_image()


def png(picture):
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()


@pytest.mark.parametrize("box_px", [2, 3, 8, 30])
@pytest.mark.parametrize("degrees", [0, 17, 90, 180])
def test_a_pickup_code_is_read(box_px, degrees):
    picture = (
        pickup_qr(box_px).convert("L").rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    )
    decoded = Decoder().decode_bytes(png(picture))
    assert decoded == DecodedPicture((FoundCode(CodeKind.QR, CODE),))
    assert parse_pickup_code(decoded.codes[0].text) is not None


def test_a_pickup_code_in_dark_mode_is_read():
    assert Decoder().decode_bytes(png(ImageOps.invert(pickup_qr().convert("L")))).codes[0].text == CODE


def test_a_see_through_picture_stands_on_white_paper():
    picture = pickup_qr().convert("L")
    see_through = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    see_through.paste((0, 0, 0, 255), mask=ImageOps.invert(picture))
    assert Decoder().decode_bytes(png(see_through)).codes[0].text == CODE


def test_a_photograph_of_a_phone_is_read_as_jpeg():
    scene = Image.new("RGB", (1280, 720), (90, 110, 100))
    scene.paste(pickup_qr(5).resize((230, 230)).rotate(8, expand=True, fillcolor="white"), (500, 200))
    file = io.BytesIO()
    scene.save(file, format="JPEG", quality=40)
    assert Decoder().decode_bytes(file.getvalue()).codes[0].text == CODE


@pytest.mark.parametrize("text", ["https://example.org/produit?id=42", "Zoé €, œuf", "A\x01B", "1" * 2000])
def test_any_qr_comes_as_it_is(text):
    picture = qrcode.make(text).get_image()
    assert [code.text for code in Decoder().decode_bytes(png(picture)).codes] == [text]


def test_a_picture_without_a_code_is_empty():
    assert Decoder().decode_bytes(png(Image.effect_noise((640, 480), 80))) == DecodedPicture()


def test_the_smallest_picture_is_no_trouble():
    assert Decoder().decode_bytes(png(Image.new("1", (1, 1)))) == DecodedPicture()


def test_each_code_is_told_once():
    both = Image.new("L", (600, 300), 255)
    both.paste(pickup_qr().resize((200, 200)), (20, 20))
    both.paste(pickup_qr().resize((200, 200)), (320, 20))
    assert len(Decoder().decode_bytes(png(both)).codes) == 1


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"<svg/>", bytes(10_000)])
def test_what_is_no_picture_is_refused(data):
    assert Decoder().decode_bytes(data).refusal is PictureRefusal.NOT_A_PICTURE


def test_a_picture_cut_short_is_refused():
    data = png(Image.effect_noise((640, 480), 80))
    assert Decoder().decode_bytes(data[: len(data) // 2]).refusal is PictureRefusal.UNREADABLE


def test_a_picture_that_would_fill_the_memory_is_refused():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    assert Decoder().decode_bytes(bomb).refusal is PictureRefusal.TOO_LARGE


def test_a_file_too_large_is_refused(tmp_path):
    file = tmp_path / "film.mp4"
    with file.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1)
    assert Decoder().decode_file(file).refusal is PictureRefusal.TOO_LARGE


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert Decoder().decode_file(tmp_path / "nothing.png").refusal is PictureRefusal.UNREADABLE
    assert Decoder().decode_file(tmp_path).refusal is PictureRefusal.UNREADABLE


def noted_by(sizes, answers=()):
    left = list(answers)

    def note(picture):
        sizes.append(picture.size)
        return left.pop(0) if left else ()

    return Passes(note)


def test_a_large_picture_is_made_smaller_for_bar_codes():
    sizes: list[tuple[int, int]] = []
    Decoder(noted_by(sizes)).decode_bytes(png(Image.new("L", (5000, 3000), 255)))
    assert sizes[0][0] < 800
    assert sizes[-1] == (2000, 1200)


RIGHT, WRONG = FoundCode(CodeKind.EAN13, "3017620422003"), FoundCode(CodeKind.EAN13, "3017620422010")
NOTHING = png(Image.new("L", (900, 700), 255))


def test_what_two_ways_of_looking_read_alike_wins():
    answers = [(WRONG,), (RIGHT,), (RIGHT,)]
    assert Decoder(noted_by([], answers)).decode_bytes(NOTHING).codes == (RIGHT,)


def test_what_one_way_alone_read_counts_if_no_other_contradicts():
    assert Decoder(noted_by([], [(), (RIGHT,)])).decode_bytes(NOTHING).codes == (RIGHT,)
    assert Decoder(noted_by([], [(WRONG,), (RIGHT,)])).decode_bytes(NOTHING).codes == ()


def test_the_photographs_of_articles_hold_real_gtins():
    gtins = [photo.with_suffix(".txt").read_text().strip() for photo in PHOTOS if photo.stem.startswith("ean13")]
    assert gtins
    assert all(is_gtin(gtin) for gtin in gtins)
