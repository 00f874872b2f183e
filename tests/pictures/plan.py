"""Owns which pictures there are: what each is called, where it lies, which of them are approved. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

THEMES = ("light", "dark", "sunlight")
LANGUAGES = ("fr", "en")
SIZES = ((1024, 600), (1366, 768), (1920, 1080))
USUAL_SIZE = SIZES[1]
ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "build" / "pictures"
FAULTS = ROOT / "build" / "pictures-faults"
APPROVED = Path(__file__).parent / "approved"

Size = tuple[int, int]


@dataclass(frozen=True, order=True)
class Dress:
    """How a scene is looked at."""

    theme: str
    language: str
    size: Size

    @property
    def name(self) -> str:
        return f"{self.language}-{self.theme}-{self.size[0]}"


DRESSES = tuple(Dress(theme, language, size) for theme in THEMES for language in LANGUAGES for size in SIZES)
FIRST = Dress("light", "fr", USUAL_SIZE)
_OTHERS = tuple((theme, language) for theme in THEMES for language in LANGUAGES if (theme, language) != ("light", "fr"))


@dataclass(frozen=True, order=True)
class Picture:
    """One scene in one dress. `number` counts the scenes of its stage from 1."""

    stage: str
    number: int
    scene: str
    dress: Dress

    @property
    def file(self) -> Path:
        """Where it lies below its folder, without the suffix."""
        return Path(self.stage) / f"{self.number:02d}-{_slug(self.scene)}-{self.dress.name}"


def wanted(stage: str, number: int) -> tuple[Dress, ...]:
    """The dresses in which a scene is approved: French and light at the usual size, one theme and language that its
    whole stage has, one of the others in turn; their sizes in turn."""
    letters = sum(stage.encode())
    mine, other = letters % len(_OTHERS), (letters + 1 + number % (len(_OTHERS) - 1)) % len(_OTHERS)
    sizes = SIZES[(letters + number) % len(SIZES)], SIZES[(letters + number + 1) % len(SIZES)]
    return FIRST, Dress(*_OTHERS[mine], sizes[0]), Dress(*_OTHERS[other], sizes[1])


def share(stage: str, number: int) -> tuple[Dress, ...]:
    """Those of them that two showings of the stage give: what every run of the tests looks at."""
    return wanted(stage, number)[:2]


def every(_stage: str, _number: int) -> tuple[Dress, ...]:
    return DRESSES


def _slug(scene: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", scene.split(", ", 1)[-1].lower()).strip("-")
