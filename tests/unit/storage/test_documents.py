"""What was printed or parked is read back exactly, today and after fields were added."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Money
from app.domain.receipt import PrintKind, SelfTest, ShopIdentity
from app.domain.sale import Basket
from app.storage.documents import _TYPES as KINDS
from app.storage.documents import DOCUMENT_VERSION, basket_of, document_text, printable_of
from app.usecases.ports import StoreUnavailable

whole = st.integers(-(2**62), 2**62)
st.register_type_strategy(Money, st.builds(Money, whole))
st.register_type_strategy(int, whole)
st.register_type_strategy(
    datetime,
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds are naive
)
documents: st.SearchStrategy[tuple[PrintKind, Any]] = st.sampled_from(PrintKind).flatmap(
    lambda kind: st.tuples(st.just(kind), st.from_type(KINDS[kind]))
)
SELF_TEST = SelfTest(ShopIdentity("Chez Zoé", ("1 rue du Marché",)), datetime(2026, 11, 21, 12, tzinfo=UTC), "qr")


def changed(text: str, change: Any) -> str:
    plain = json.loads(text)
    change(plain)
    return json.dumps(plain)


def test_every_kind_of_paper_can_be_kept() -> None:
    assert set(KINDS) == set(PrintKind)


@given(made=documents)
def test_every_printable_comes_back_as_it_was(made: tuple[PrintKind, Any]) -> None:
    kind, document = made
    assert printable_of(kind, document_text(document)) == document


@given(basket=st.from_type(Basket))
def test_every_basket_comes_back_as_it_was(basket: Basket) -> None:
    assert basket_of(document_text(basket)) == basket


def test_a_field_added_later_has_its_default_and_one_removed_is_ignored() -> None:
    def age(plain: dict[str, Any]) -> None:
        del plain["document"]["shop"]["footer"]
        plain["document"]["shop"]["fax"] = "03 27 00 00 00"
        plain["sealed"] = True

    assert printable_of(PrintKind.SELF_TEST, changed(document_text(SELF_TEST), age)) == SELF_TEST


def test_another_zone_is_the_same_moment() -> None:
    text = document_text(SELF_TEST).replace("12:00:00Z", "13:00:00+01:00")
    read = printable_of(PrintKind.SELF_TEST, text)
    assert isinstance(read, SelfTest)
    assert read.printed_at - SELF_TEST.printed_at == timedelta(0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ('{"version":1,"document":{}}', "damaged"),
        ('{"version":0,"document":{}}', "damaged"),
        (f'{{"version":{DOCUMENT_VERSION + 1},"document":{{}}}}', "newer_version"),
    ],
)
def test_what_cannot_be_read_says_so(text: str, reason: str) -> None:
    with pytest.raises(StoreUnavailable) as failed:
        printable_of(PrintKind.SELF_TEST, text)
    assert failed.value.reason == reason
