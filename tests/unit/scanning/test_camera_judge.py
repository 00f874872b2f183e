"""What a camera reads counts at once with a check of its own, else seen twice alike and known; once while it stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcodes import gtin_check_digit
from app.domain.join_code import JoinCode, write_join_code
from app.domain.pickup_code import make_pickup_code
from app.scanning.camera_judge import CameraJudge, judge_seen, thing_of
from app.scanning.frames import Advice
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
    assert shown(both, both, both, both) == ["", ARTICLE, OTHER, ""]
    assert OTHER in shown((ean(ARTICLE),), (ean(ARTICLE),), (ean(OTHER),), (ean(OTHER),))


def test_a_code_that_stays_counts_once_and_again_after_a_while_out_of_sight() -> None:
    judge = CameraJudge(Counter())
    stays = shown(*[(ean(ARTICLE),)] * 120, judge=judge)
    assert [text for text in stays if text] == [ARTICLE]
    gone = [()] * (1000 // FRAME_MS + 1)
    assert shown(*gone, (ean(ARTICLE),), (ean(ARTICLE),), judge=judge, start_ms=120 * FRAME_MS)[-2:] == ["", ARTICLE]


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


LINK = f"https://id.example.org/01/0{ARTICLE}/10/L7"


def test_two_codes_on_one_pack_count_once() -> None:
    pack = (qr(LINK), ean(ARTICLE))
    assert [text for text in shown(*[pack] * 60) if text] == [LINK]
    alternating = shown(*[(qr(LINK),), (qr(LINK),), (ean(ARTICLE),), (ean(ARTICLE),)] * 30)
    assert [text for text in alternating if text] == [LINK]


def test_packs_that_weigh_each_their_own_count_each() -> None:
    body = "9312345600001"
    gtin = body + str(gtin_check_digit(body))
    packs = [f"]C101{gtin}3103{grams:06}" for grams in (350, 420)]
    assert thing_of(packs[0]) != thing_of(packs[1])
    assert thing_of(f"01{gtin}10AB") != thing_of(f"01{gtin}10CD")
    assert thing_of(f"0100{ARTICLE[:12]}") != thing_of(ARTICLE)


def advice_of(judge: CameraJudge) -> Advice:
    return judge.advice


def test_an_article_that_stays_is_said_to_be_counted_and_an_order_is_not() -> None:
    judge = CameraJudge(Counter())
    assert shown((ean(ARTICLE),), (ean(ARTICLE),), judge=judge)[-1] == ARTICLE
    assert advice_of(judge) is Advice.NONE
    shown((ean(ARTICLE),), judge=judge, start_ms=200)
    assert advice_of(judge) is Advice.COUNTED_ALREADY
    judge = CameraJudge(Counter())
    shown(*[(qr(PICKUP),)] * 30, judge=judge)
    assert advice_of(judge) is Advice.NONE


def test_of_a_code_nobody_knows_it_is_said_after_a_moment() -> None:
    judge = CameraJudge(Counter())
    shown(*[(ean(UNKNOWN),)] * 5, judge=judge)
    assert advice_of(judge) is Advice.NONE
    shown(*[(ean(UNKNOWN),)] * 20, judge=judge, start_ms=5 * FRAME_MS)
    assert advice_of(judge) is Advice.NOT_KNOWN
    shown((), judge=judge, start_ms=26 * FRAME_MS)
    assert advice_of(judge) is Advice.NONE


def test_what_could_not_be_taken_counts_again_at_once() -> None:
    judge = CameraJudge(Counter())
    assert shown((qr(PICKUP),), (qr(PICKUP),), judge=judge) == [PICKUP, ""]
    judge.not_taken(PICKUP)
    assert shown((qr(PICKUP),), judge=judge, start_ms=200) == [PICKUP]


HOSTILE = [
    "https://example.org/P1",
    f"https://id.example.org/01/0{UNKNOWN}/21/{PICKUP}",
    f"{PICKUP}\n{ARTICLE}",
    f"{ARTICLE}\x1d{PICKUP}",
    f"\u202e{ARTICLE[::-1]}",
    f"{ARTICLE}\u200b",
    "\u0663" * 13,
    f"]C101{'0' + ARTICLE}10{PICKUP}"[:40],
    "MIEL-500\x00",
    "9" * 4296,
    "(01" * 1400,
    "WIFI:S:" + ARTICLE,
    PICKUP[:-1],
    JOIN[:-1],
]


@given(st.lists(st.tuples(st.sampled_from([*HOSTILE, ARTICLE, UNKNOWN]), st.integers(0, 700)), max_size=60))
def test_hostile_codes_make_nothing_count_but_what_the_shop_knows(frames: list[tuple[str, int]]) -> None:
    judge, now_ms = CameraJudge(Counter()), 0
    for text, rest_ms in frames:
        now_ms += rest_ms
        accepted = judge.accepted((qr(text),), now_ms)
        assert accepted in ("", ARTICLE) or thing_of(accepted) == ARTICLE, accepted
