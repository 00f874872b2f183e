"""Owns the contact sheets: a page for each stage, its scenes one under the other, theme and language side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw

from tests.pictures.plan import LANGUAGES, SIZES, THEMES, USUAL_SIZE, Dress, Picture

_THUMB = (455, 256)
_GAP, _HEAD = 6, 16
_COLUMNS = tuple((theme, language) for theme in THEMES for language in LANGUAGES)


def write_sheets(folder: Path, pictures: Collection[Picture]) -> Path:
    """One PNG for each stage and a page that leads to every picture; returns the page."""
    stages: dict[str, dict[tuple[int, str], dict[Dress, Picture]]] = defaultdict(lambda: defaultdict(dict))
    for picture in sorted(pictures):
        stages[picture.stage][picture.number, picture.scene][picture.dress] = picture
    for stage, scenes in stages.items():
        _sheet(folder, scenes).save(folder / f"{stage}.png")
    page = folder / "index.html"
    page.write_text("\n".join(_page(stages)), encoding="utf-8")
    return page


def _sheet(folder: Path, scenes: dict[tuple[int, str], dict[Dress, Picture]]) -> Image.Image:
    across, down = _THUMB[0] + _GAP, _THUMB[1] + _HEAD + _GAP
    sheet = Image.new("RGB", (across * len(_COLUMNS), down * len(scenes)), "white")
    for row, ((number, scene), shown) in enumerate(scenes.items()):
        ImageDraw.Draw(sheet).text((4, row * down + 2), f"{number} {scene}", fill="black")
        for column, (theme, language) in enumerate(_COLUMNS):
            picture = shown.get(Dress(theme, language, USUAL_SIZE))
            if picture is not None:
                with Image.open(_file(folder, picture)) as whole:
                    small = whole.convert("RGB").resize(_THUMB, Image.Resampling.BOX)
                sheet.paste(small, (column * across, row * down + _HEAD))
    return sheet


def _file(folder: Path, picture: Picture) -> Path:
    return folder / f"{picture.file}.png"


def _page(stages: dict[str, dict[tuple[int, str], dict[Dress, Picture]]]) -> Iterator[str]:
    yield "<!doctype html><meta charset=utf-8><title>Comptoir</title>"
    yield "<style>body{font:14px sans-serif;margin:16px}img{width:30vw;border:1px solid #ccc}</style>"
    yield " ".join(f'<a href="#{stage}">{stage}</a>' for stage in stages)
    for stage, scenes in stages.items():
        yield f'<h2 id="{stage}">{stage}</h2>'
        for (number, scene), shown in scenes.items():
            yield f"<h3>{number} {escape(scene)}</h3>"
            for language in LANGUAGES:
                yield "<div>" + " ".join(_cells(shown, language)) + "</div>"


def _cells(shown: dict[Dress, Picture], language: str) -> Iterator[str]:
    for theme in THEMES:
        found = {size: shown[dress] for size in SIZES if (dress := Dress(theme, language, size)) in shown}
        if USUAL_SIZE in found:
            links = " ".join(f'<a href="{picture.file}.png">{size[0]}</a>' for size, picture in found.items())
            yield f'<span><img loading=lazy src="{found[USUAL_SIZE].file}.png"> {links}</span>'
