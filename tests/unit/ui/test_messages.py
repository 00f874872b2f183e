"""Words: every value that a person may see has its own, in both languages; amounts and times have their form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import MovementReason, Unit
from app.domain.money import Money, parse_amount
from app.domain.order import HandoverVerdict, LineOutcome, OrderAtCounter, Preparation, VerdictKind
from app.domain.sale import PaymentMeans
from app.i18n import set_language
from app.ui import messages
from app.usecases.ports import (
    KeyStoreUnavailable,
    MarketplaceRefused,
    MarketplaceUnreachable,
    PrinterUnavailable,
    PrintState,
    StoreUnavailable,
)
from tests.fakes.samples import an_order
from tests.fakes.surroundings import NOON

PARIS = timezone(timedelta(hours=1))
KNOWN_REASONS = {
    StoreUnavailable: ("disk_full", "locked", "newer_version", "damaged", "read_only", "busy", "io"),
    PrinterUnavailable: (
        "absent",
        "refused",
        "timeout",
        "paper_out",
        "cover_open",
        "jammed",
        "offline",
        "unknown",
        "no_printer",
        "io",
    ),
    MarketplaceUnreachable: ("no_network", "timeout", "server_error", "not_understood", "rate_limited"),
    MarketplaceRefused: ("not_paired", "revoked", "wrong_code", "gone", "conflict", "refused"),
    KeyStoreUnavailable: ("denied", "unreadable"),
}
JARGON = ("token", "synchron", "500", "json", "sqlite", "exception", "http")


@pytest.fixture(params=["fr", "en"])
def spoken(request) -> str:
    set_language(request.param)
    return str(request.param)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (messages.outcome, LineOutcome),
        (messages.movement_reason, MovementReason),
        (messages.payment_means, PaymentMeans),
        (messages.print_state, PrintState),
        (messages.preparation, Preparation),
        (messages.unit_word, Unit),
    ],
)
def test_every_value_has_its_own_word(spoken, words, values: type[StrEnum]):
    said = [words(value) for value in values]
    assert all(said)
    assert len(set(said)) == len(said)


def test_every_verdict_says_a_word_and_what_to_do(spoken):
    order = OrderAtCounter(an_order())
    said = set()
    for kind in VerdictKind:
        words = messages.verdict_words(HandoverVerdict(kind, order, NOON, "Léa, Caisse A"), NOON)
        assert words.word
        assert words.what_to_do.endswith(".")
        said.add(words.word)
    assert len(said) == len(VerdictKind)


def test_already_handed_over_says_when_and_by_whom():
    set_language("fr")
    verdict = HandoverVerdict(VerdictKind.ALREADY_HANDED_OVER, OrderAtCounter(an_order()), NOON, "Léa, Caisse A")
    said = messages.describe_verdict(verdict, NOON + timedelta(hours=1))
    assert "Déjà remise" in said
    assert "Léa, Caisse A" in said
    assert messages.clock_time(NOON) in said


def test_every_failure_of_the_world_has_a_sentence_without_jargon(spoken):
    for kind, reasons in KNOWN_REASONS.items():
        for reason in (*reasons, "something new"):
            said = messages.describe_failure(kind(reason))
            assert said.endswith(".")
            assert not any(word in said.lower() for word in JARGON), said


def test_amounts_in_french_and_english():
    set_language("fr")
    assert messages.amount(Money(123450)) == "1\u202f234,50\u00a0€"
    assert messages.amount(Money(-5)) == "−0,05\u00a0€"
    assert messages.unit_price(Money(1290), Unit.KG) == "12,90\u00a0€/kg"
    set_language("en")
    assert messages.amount(Money(123450)) == "€1,234.50"


@given(st.integers(-99_999_999, 99_999_999))
def test_an_amount_read_back_is_the_same(minor: int):
    set_language("fr")
    assert parse_amount(messages.amount(Money(minor))) == Money(minor)


@given(st.integers(1, 999_999), st.sampled_from([Unit.PIECE, Unit.KG, Unit.LITRE, Unit.HOUR]))
def test_a_quantity_read_back_is_the_same(base_units: int, unit: Unit):
    set_language("fr")
    shown = messages.quantity(base_units, unit)
    assert messages.parse_quantity(shown, unit) == base_units


@pytest.mark.parametrize("text", ["", "-1", "abc", "1,2,3", "0,4567", "1e3", "9" * 40, "½", "1 kg de trop"])
def test_what_is_no_quantity_is_refused(text):
    assert messages.parse_quantity(text, Unit.KG) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_quantities(text: str):
    for unit in Unit:
        read = messages.parse_quantity(text, unit)
        assert read is None or read >= 0


def test_days_and_times():
    set_language("fr")
    moment = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
    assert messages.day_and_time(moment, PARIS) == "sam.\u00a021\u00a0nov., 14\u00a0h\u00a030"
    assert messages.when(moment, moment + timedelta(hours=2), PARIS) == "14\u00a0h\u00a030"
    assert messages.when(moment, moment + timedelta(days=1), PARIS) == "hier 14\u00a0h\u00a030"
    set_language("en")
    assert messages.day_and_time(moment, PARIS) == "Sat\u00a021\u00a0Nov, 14:30"


def test_the_sync_chip_always_says_what_waits():
    set_language("fr")
    since = NOON - timedelta(minutes=12)
    assert messages.link_words(False, 3, since, NOON) == "Hors ligne, 3 à envoyer depuis 12\u00a0min"
    assert messages.link_words(True, 0, None, NOON) == "En ligne"
    assert "2 à envoyer" in messages.link_words(True, 2, None, NOON)
