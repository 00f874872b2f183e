"""What a camera reads counts at once with a check of its own, else seen twice alike and known; once while it stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.join_code import JoinCode, write_join_code
from app.domain.pickup_code import make_pickup_code
from app.scanning.camera_judge import CameraJudge, judge_seen
from app.scanning.readers import CodeKind, FoundCode
from app.scanning.wedge import Confidence

PICKUP = make_pickup_code("7", bytes(range(32)), "shop-1", "F3K9XRL")
JOIN = write_join_code(JoinCode("shop-1", "7", bytes(range(32)), "A", "B"))
ARTICLE, OTHER, UNKNOWN = "3017620422003", "3017620425035", "3760123456789"
KNOWN = {ARTICLE, OTHER, "MIEL-500"}
FRAME_MS = 66


def qr(text: str) -> FoundCode:
    return FoundCode(CodeKind.QR, text)


def ean(text: str) -> FoundCode:
    return FoundCode(CodeKind.EAN13, text)


class Counter:
    """A shop's judge that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.known = set(KNOWN)

    def __call__(self, text: str) -> Confidence:
        self.asked.append(text)
        return judge_seen(text, self.known.__contains__)


def shown(*frames: tuple[FoundCode, ...], judge: CameraJudge | None = None, start_ms: int = 0) -> list[str]:
    judge = judge or CameraJudge(Counter())
    return [judge.accepted(codes, start_ms + number * FRAME_MS) for number, codes in enumerate(frames)]


@pytest.mark.parametrize("text", [PICKUP, JOIN])
def test_a_code_with_its_own_check_counts_at_once(text: str) -> None:
    assert shown((qr(text),)) == [text]


def test_a_pickup_code_misread_never_counts() -> None:
    wrong = PICKUP[:-2] + "2" + PICKUP[-1]
    assert wrong != PICKUP
    assert shown(*[(qr(wrong),)] * 5) == [""] * 5


def test_a_known_article_counts_when_two_frames_say_the_same() -> None:
    assert shown((ean(ARTICLE),), (ean(ARTICLE),)) == ["", ARTICLE]
    assert shown((ean(ARTICLE),), (), (), (ean(ARTICLE),)) == ["", "", "", ARTICLE]


def test_two_frames_too_far_apart_prove_nothing() -> None:
    judge = CameraJudge(Counter())
    assert judge.accepted((ean(ARTICLE),), 0) == ""
    assert judge.accepted((ean(ARTICLE),), 1000) == ""
    assert judge.accepted((ean(ARTICLE),), 1900) == ARTICLE


def test_a_contradiction_takes_back_what_was_said() -> None:
    assert shown((ean(ARTICLE),), (ean(OTHER),), (ean(ARTICLE),)) == ["", "", ""]
    assert shown((ean(ARTICLE),), (ean(OTHER),), (ean(ARTICLE),), (ean(ARTICLE),))[-1] == ARTICLE


def test_an_unknown_number_never_counts() -> None:
    assert shown(*[(ean(UNKNOWN),)] * 9) == [""] * 9


def test_two_articles_side_by_side_count_one_after_the_other() -> None:
    both = (ean(ARTICLE), ean(OTHER))
    assert shown(both, both, both)[1] == ARTICLE
    assert OTHER in shown((ean(ARTICLE),), (ean(ARTICLE),), (ean(OTHER),), (ean(OTHER),))


def test_a_code_that_stays_counts_once_and_again_after_a_while_out_of_sight() -> None:
    judge = CameraJudge(Counter())
    stays = shown(*[(ean(ARTICLE),)] * 120, judge=judge)
    assert [text for text in stays if text] == [ARTICLE]
    gone_ms = 120 * FRAME_MS + 1000
    assert shown((ean(ARTICLE),), (ean(ARTICLE),), judge=judge, start_ms=gone_ms) == ["", ARTICLE]


def test_the_shop_is_asked_once_in_a_while_not_on_each_frame() -> None:
    counter = Counter()
    shown(*[(ean(UNKNOWN),)] * 60, judge=CameraJudge(counter))
    assert counter.asked == [UNKNOWN]


def test_an_article_entered_meanwhile_becomes_known() -> None:
    counter = Counter()
    judge = CameraJudge(counter)
    shown(*[(ean(UNKNOWN),)] * 3, judge=judge)
    counter.known.add(UNKNOWN)
    assert UNKNOWN in shown(*[(ean(UNKNOWN),)] * 100, judge=judge, start_ms=300)


def test_what_is_asked_about_does_not_pile_up() -> None:
    counter = Counter()
    judge = CameraJudge(counter)
    for number in range(500):
        code = ean(f"{number:013}")
        shown((code,), (code,), judge=judge, start_ms=number * 200)
    assert len(judge._judged) <= 64


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        (PICKUP, Confidence.SURE),
        (PICKUP.lower(), Confidence.SURE),
        (PICKUP[:-1], Confidence.NO),
        (JOIN, Confidence.SURE),
        (ARTICLE, Confidence.LIKELY),
        (UNKNOWN, Confidence.NO),
        ("MIEL-500", Confidence.LIKELY),
        ("MIEL-501", Confidence.NO),
        (f"https://id.example.org/01/0{ARTICLE}?17=270101", Confidence.LIKELY),
        (f"https://id.example.org/01/0{UNKNOWN}", Confidence.NO),
        (f"https://example.org/{PICKUP}", Confidence.NO),
        ("", Confidence.NO),
    ],
)
def test_how_surely_a_text_is_a_code_of_the_shop(text: str, confidence: Confidence) -> None:
    assert judge_seen(text, KNOWN.__contains__) is confidence


@given(st.lists(st.lists(st.sampled_from([ARTICLE, OTHER, UNKNOWN, PICKUP]), max_size=2), max_size=40))
def test_whatever_is_shown_only_what_was_said_twice_in_a_row_or_has_its_check_counts(frames: list[list[str]]) -> None:
    frames_of_codes = [tuple(qr(text) if text == PICKUP else ean(text) for text in frame) for frame in frames]
    spoken = [codes for codes in frames_of_codes if codes]
    accepted = set(shown(*frames_of_codes)) - {""}
    repeated = {code.text for one, two in pairwise(spoken) for code in set(one) & set(two)}
    assert accepted <= (repeated & KNOWN) | {PICKUP}
