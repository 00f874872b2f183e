"""The marketplace's parts that need no server: time, letters, cursors, the cart, words, the waking of long polls."""

from __future__ import annotations

import asyncio
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Product, Unit
from app.domain.money import Money
from app.marketplace.changes import BadCursor, Bell, make_cursor, read_cursor
from app.marketplace.pairing import letter_of
from app.marketplace.paris import day_in_words, end_of_day_in_paris, in_paris, moment_in_words
from app.marketplace.shopfront import cart
from app.marketplace.shopfront.picture import qr_svg
from app.marketplace.shopfront.wording import choices_for, drawing_of, euros, line_words, owed_minor, quantity_words
from app.marketplace.surroundings import parse_moment, time_of, time_text, uuid7
from app.marketplace.words import _SENTENCES, language_of, sentence


def test_uuid7_sorts_by_time_and_is_well_formed() -> None:
    early, late = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 0, 0, 1, tzinfo=UTC)
    first, second = uuid7(early, 2**74 - 1), uuid7(late, 0)
    assert first < second
    assert (uuid.UUID(first).version, uuid.UUID(second).variant) == (7, uuid.RFC_4122)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001  # as it asks
def test_a_moment_is_read_back_as_written_and_texts_sort_as_moments(moment: datetime) -> None:
    assert time_of(time_text(moment)) == parse_moment(time_text(moment)) == moment
    later = moment + timedelta(microseconds=1)
    assert time_text(moment) < time_text(later)


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_a_value_error(text: str) -> None:
    try:
        parse_moment(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "03:00"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "02:59"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "02:00"),
        (datetime(2026, 11, 22, 14, 30, tzinfo=UTC), "15:30"),
    ],
)
def test_paris_time(utc: datetime, local: str) -> None:
    assert f"{in_paris(utc):%H:%M}" == local


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # as it asks
def test_the_day_ends_at_the_same_clock_time_all_year(moment: datetime) -> None:
    end = end_of_day_in_paris(moment)
    assert f"{in_paris(end):%H:%M:%S}" == "23:59:59"
    assert in_paris(end).date() == in_paris(moment).date()


def test_dates_in_words() -> None:
    assert day_in_words(datetime(2026, 12, 1, tzinfo=UTC)) == "mardi 1er décembre"
    assert moment_in_words(datetime(2026, 11, 22, 9, 5, tzinfo=UTC)) == "dimanche 22 novembre à 10\u202fh\u202f05"


def test_letters() -> None:
    assert [letter_of(i) for i in (0, 1, 25, 26, 51, 52, 701, 702)] == ["A", "B", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@given(st.integers(0, 10**18 - 1))
def test_cursors_come_back(seq: int) -> None:
    assert read_cursor(make_cursor(seq)) == (seq, None)
    assert read_cursor(make_cursor(seq, "0" * 15)) == (seq, "0" * 15)


@given(st.text(min_size=1, max_size=100))
def test_any_other_text_is_a_bad_cursor(text: str) -> None:
    try:
        seq, _ = read_cursor(text)
    except BadCursor:
        return
    assert seq >= 0


@given(st.dictionaries(st.from_regex(r"[a-z0-9-]{1,36}", fullmatch=True), st.integers(1, cart.MAX_QUANTITY)))
def test_carts_come_back(wanted: dict[str, int]) -> None:
    kept = cart.read_cart(cart.write_cart(wanted))
    assert kept.items() <= wanted.items()
    assert len(kept) == min(len(wanted), cart.MAX_LINES) or len(cart.write_cart(wanted)) > 4096


@given(st.text(max_size=200))
def test_any_cookie_is_a_cart(cookie: str) -> None:
    assert isinstance(cart.read_cart(cookie), dict)


def test_a_full_cart_takes_no_more_products_but_more_of_one() -> None:
    full = {f"p{number}": 1 for number in range(cart.MAX_LINES)}
    assert cart.with_more(full, "new", 1) == full
    assert cart.with_more(full, "p0", 2)["p0"] == 3
    assert "p0" not in cart.with_quantity(full, "p0", 0)


def test_amounts_and_quantities_in_french() -> None:
    assert (euros(123450), euros(-5), euros(0)) == ("1\u202f234,50\u00a0€", "-0,05\u00a0€", "0,00\u00a0€")
    words = [(400, Unit.KG), (1500, Unit.KG), (750, Unit.LITRE), (2000, Unit.LITRE), (90, Unit.HOUR), (3, Unit.PIECE)]
    shown = [quantity_words(quantity, unit).replace("\u00a0", " ") for quantity, unit in words]
    assert shown == ["400 g", "1,5 kg", "75 cl", "2 l", "1 h 30", "3"]


def test_choices_never_exceed_what_is_there() -> None:
    product = Product("p", "Comté", Money(2490), 550, Unit.KG)
    assert [choice.quantity for choice in choices_for(product, 350, None)] == [100, 200, 250, 300]
    assert [c.quantity for c in choices_for(product, 350, None) if c.chosen] == [300]
    assert choices_for(product, 99, None) == ()
    assert 420 in [choice.quantity for choice in choices_for(product, 100, 420)], "what is in the cart stays visible"


def test_drawings() -> None:
    assert [drawing_of(c) for c in ("Crèmerie", "Épicerie sucrée", "Inconnu")] == ["cheese", "jar", "basket"]


def test_lines_as_they_turned_out() -> None:
    line = {"label": "Pain", "quantity": 2, "unit": "piece", "total_minor": 640}
    result = {"outcome": "missing", "quantity": 0, "amount_minor": 0, "label": "", "product_id": ""}
    assert line_words(line, None).note == ""
    assert line_words(line, result).amount == "0,00\u00a0€"
    replaced = line_words(line, {**result, "outcome": "replaced", "label": "Baguette", "amount_minor": 250})
    assert (replaced.label, replaced.note) == ("Baguette", "Remplace : Pain")
    assert owed_minor([line, line], [None, result]) == 640
    assert owed_minor([line], [{**result, "outcome": "to_follow"}]) == 640


def test_the_picture_of_a_code_is_a_small_qr() -> None:
    assert 'viewBox="0 0 33 33"' in qr_svg("P12Y3SVF969SRJNNKN5VFYHDS")


def test_every_sentence_is_in_both_languages() -> None:
    for reason, (french, english) in _SENTENCES.items():
        assert french, reason
        assert english, reason
        assert french != english, reason
    assert sentence("", "fr") == ""
    assert [language_of(text) for text in ("", "fr-FR", "en-US,en", "de,en")] == ["fr", "fr", "en", "fr"]


def test_a_ring_between_reading_and_listening_is_not_missed() -> None:
    async def read_then_listen() -> list[bool]:
        bell = Bell()
        bell.open(asyncio.get_running_loop())
        before = bell.rings("shop")
        bell.ring("shop")
        bell.ring("other")
        await asyncio.sleep(0)  # the loop takes the rings
        heard = bell.listen("shop", before).is_set()
        return [heard, bell.listen("shop", bell.rings("shop")).is_set()]

    assert asyncio.run(read_then_listen()) == [True, False]


def test_the_bell_wakes_whoever_listens_and_nobody_once_gone() -> None:
    bell = Bell()
    bell.ring("shop")  # nobody is there yet

    async def wait_for_a_ring() -> bool:
        bell.open(asyncio.get_running_loop())
        ours, theirs = bell.listen("shop", 0), bell.listen("other", 0)
        ringer = threading.Thread(target=bell.ring, args=("shop",))
        ringer.start()
        await ours.wait()
        ringer.join()
        bell.leave("shop", ours)
        untouched = not theirs.is_set()
        bell.close()
        await theirs.wait()
        return untouched and bell.closed

    assert asyncio.run(wait_for_a_ring())
    bell.ring("shop")  # the loop is closed
