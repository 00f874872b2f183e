"""Owns when a code seen by a camera counts as scanned: at once with a check of its own, else seen twice and known; and
once only while it stays there.

Never reads a picture. One bar code in 50 of a bad picture is read wrong with a right check digit, so a check digit
alone proves nothing here: two frames must say the same, and the shop must have an article of that code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.barcodes import normalise_code
from app.domain.join_code import read_join_code
from app.domain.pickup_code import parse_pickup_code
from app.domain.scanned import ArticleNumber, GoodsCode, SpokenCode, Words, what_is
from app.scanning.frames import Advice
from app.scanning.readers import CodeKind, FoundCode
from app.scanning.repeat_guard import RepeatGuard, Scene
from app.scanning.wedge import Confidence, Judge

READS_NEEDED = 2
_EACH_ITS_OWN = ("9", "02")
"""How the number of goods begins whose weight or price is each pack's own."""
VOTE_LASTS_MS = 1000
_REMEMBERED_MS = 5000
"""A judgement is asked for again after this: the article may have been entered meanwhile."""
_MOST_REMEMBERED = 64
_UNKNOWN_FOR_MS = 1200
"""Before it is said of a code that nobody knows it: the bars beside a producer's address may be read yet."""


def judge_seen(text: str, is_known: Callable[[str], bool]) -> Confidence:
    """How surely a text that a camera gave is a code of this shop's world: for bars less than a scanner's word.

    Args:
        is_known: whether an article has this code; asked last.
    """
    if has_own_check(text):
        return Confidence.SURE
    match what_is(text):
        case GoodsCode(_, gtin):
            known = bool(gtin) and is_known(normalise_code(gtin))
        case ArticleNumber(code, _):
            known = is_known(code)
        case SpokenCode() | Words():
            known = is_known(text)
        case _:
            known = False
    return Confidence.LIKELY if known else Confidence.NO


def has_own_check(text: str) -> bool:
    """Whether the text is a pickup code or a join code with a right check: what one read of a QR proves."""
    return parse_pickup_code(text) is not None or read_join_code(text) is not None


def thing_of(text: str) -> str:
    """What a code stands for, so that two codes on one pack (bars, and a link that names the same article) count once.

    Packs whose weight or price is their own say so in the code: each counts.
    """
    match what_is(text):
        case GoodsCode(_, gtin) if gtin and not gtin.startswith(_EACH_ITS_OWN):
            return normalise_code(gtin)
        case ArticleNumber(code, _):
            return code
        case _:
            return text.strip()


def _no_scene() -> bytes:
    return b""


class CameraJudge:
    """Follows what one camera reads. From one thread at a time."""

    def __init__(self, judge: Judge, guard: RepeatGuard | None = None) -> None:
        """Args:
        judge: NO for what the shop does not know, see `judge_seen`. Asked on the camera's thread and not on every
            frame; must be cheap.
        guard: lets a code through once while it stays there.
        """
        self._judge = judge
        self._guard = guard or RepeatGuard()
        self._votes: dict[FoundCode, int] = {}
        self._voted_ms = 0
        self._judged: dict[str, tuple[int, Confidence]] = {}
        self._unknown_ms: int | None = None
        self._advice = Advice.NONE

    def accepted(
        self, codes: Sequence[FoundCode], now_ms: int, more_in_view: bool = False, scene: Scene = _no_scene
    ) -> str:
        """The code that counts as scanned now, "" for none: the first of `codes` that is due; others wait their turn.

        Args:
            codes: all that was read in one frame.
            now_ms: of the frame, in a clock that never goes back.
            more_in_view: something in the frame looks like a code that could not be read.
        """
        self._count(codes, now_ms)
        things = {code: thing_of(code.text) for code in codes}
        self._guard.pass_frame(things.values(), more_in_view or bool(codes), scene, now_ms)
        known = [code for code in codes if self._counts(code, now_ms)]
        self._advise(codes, known, now_ms)
        for code in known:
            if self._guard.may_count(things[code], now_ms):
                self._guard.count(things[code], scene, now_ms)
                self._advice = Advice.NONE
                return code.text
        return ""

    @property
    def advice(self) -> Advice:
        """Why nothing of what the newest frame says counts, if a person should know."""
        return self._advice

    def not_taken(self, text: str) -> None:
        """What was accepted could not be taken: it may count again at once."""
        self._guard.forget(thing_of(text))

    def _advise(self, codes: Sequence[FoundCode], known: Sequence[FoundCode], now_ms: int) -> None:
        self._advice = Advice.NONE
        if known:
            self._unknown_ms = None
            if not any(has_own_check(code.text) for code in known):
                self._advice = Advice.COUNTED_ALREADY
        elif any(self._votes[code] >= READS_NEEDED for code in codes):
            self._unknown_ms = now_ms if self._unknown_ms is None else self._unknown_ms
            if now_ms - self._unknown_ms >= _UNKNOWN_FOR_MS:
                self._advice = Advice.NOT_KNOWN
        elif not self._votes:
            self._unknown_ms = None

    def _count(self, codes: Sequence[FoundCode], now_ms: int) -> None:
        if now_ms - self._voted_ms >= VOTE_LASTS_MS:
            self._votes = {}
        if not codes:
            return
        self._voted_ms = now_ms
        # a frame that says something else takes back what frames before it said
        self._votes = {code: self._votes.get(code, 0) + 1 for code in codes}

    def _counts(self, code: FoundCode, now_ms: int) -> bool:
        if code.kind is CodeKind.QR and has_own_check(code.text):
            return True
        return self._votes[code] >= READS_NEEDED and self._confidence(code.text, now_ms) is not Confidence.NO

    def _confidence(self, text: str, now_ms: int) -> Confidence:
        asked_ms, confidence = self._judged.get(text, (-_REMEMBERED_MS, Confidence.NO))
        if now_ms - asked_ms < _REMEMBERED_MS and text in self._judged:
            return confidence
        if len(self._judged) >= _MOST_REMEMBERED:
            self._judged.clear()
        confidence = self._judge(text)
        self._judged[text] = now_ms, confidence
        return confidence
