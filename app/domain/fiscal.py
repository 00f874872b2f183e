"""Owns what makes the ledger provable: series, links of the chain, heads, the codes of technical events. Never signs,
stores or reads a clock.

A ledger is a set of chains, one for each till and series. A row is the exact bytes of what happened (`canonical`), the
digest that links it to everything before, and a signature over that digest. The signature is part of the next link:
not one byte of a row, its signature included, can change unseen (R1, R4, R4b).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import ZERO, Money

FISCAL_VERSION = "1.0"
"""Version of the fiscal core (R17): the first number changes whenever something of R1-R16 does."""

HASH_BYTES = 32
SIGNATURE_BYTES = 64


class Series(StrEnum):
    """The chains of a till. Invoices have numbers of their own, which refer to tickets (R25)."""

    SALES = "sales"
    TRAINING = "training"
    EVENTS = "events"
    CLOSURES = "closures"
    ARCHIVES = "archives"
    INVOICES = "invoices"


class EventCode(StrEnum):
    """What the technical journal records (R13). Stored and signed: a code never changes its meaning."""

    STARTED = "started"
    STOPPED = "stopped"
    KEY_CREATED = "key_created"
    KEY_REPLACED = "key_replaced"
    UPGRADED = "upgraded"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    PIN_LOCKED = "pin_locked"
    APPROVAL = "approval"
    OPERATOR_CHANGED = "operator_changed"
    MERCHANT_CHANGED = "merchant_changed"
    SETTING_CHANGED = "setting_changed"
    TRAINING_ON = "training_on"
    TRAINING_OFF = "training_off"
    DUPLICATE = "duplicate"
    GIFT_RECEIPT = "gift_receipt"
    BASKET_ABANDONED = "basket_abandoned"
    DRAWER_OPENED = "drawer_opened"
    PRICE_OVERRIDDEN = "price_overridden"
    DISCOUNT = "discount"
    AGE_CONFIRMED = "age_confirmed"
    HANDOVER_OVERRIDDEN = "handover_overridden"
    """Goods of an order left although something was to be paid, or the order was not to be handed over."""
    CORRECTED = "corrected"
    """Why goods came back, or a ticket was cancelled or paid otherwise."""
    CASH_OVER_LIMIT = "cash_over_limit"
    """More cash than a resident may pay, with the proof seen (R26)."""
    CARD_UNKNOWN = "card_unknown"
    CARD_CONFIRMED = "card_confirmed"
    CARD_NOT_PAID = "card_not_paid"
    CASH_OPENED = "cash_opened"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    CASH_COUNTED = "cash_counted"
    CASH_DIFFERENCE = "cash_difference"
    CASH_COUNT_CORRECTED = "cash_count_corrected"
    CLOCK_SET_BACK = "clock_set_back"
    LEDGER_GAP = "ledger_gap"
    LEDGER_FAULT = "ledger_fault"
    VERIFIED = "verified"
    ARCHIVED = "archived"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    OLDER_COPY = "older_copy"
    """The marketplace knows facts that this database lacks: it is an older copy of the till's (or there are two)."""
    NUMBER_DISBELIEVED = "number_disbelieved"
    """The marketplace told a number of a fact of this till that cannot be; nothing was done about it."""
    PAIRED = "paired"
    PRINTER_CHANGED = "printer_changed"
    ATTESTATION_MADE = "attestation_made"


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The last row of a chain, as far as the next link needs it.

    Attributes:
        number: of the last row, 0 for an empty chain.
        perpetual, perpetual_absolute: turnover since the first use, sales minus refunds and sales plus refunds (R9);
            they only move in the series `sales`.
        trading_day, happened_at: of the last row; None for an empty chain.
    """

    number: int = 0
    hash: bytes = bytes(HASH_BYTES)
    signature: bytes = bytes(SIGNATURE_BYTES)
    perpetual: Money = ZERO
    perpetual_absolute: Money = ZERO
    trading_day: date | None = None
    happened_at: datetime | None = None


GENESIS = LedgerHead()
"""Before the first row: nought in every byte."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A sealed row.

    Attributes:
        number: 1, 2, 3 ... in (till_letter, series), no gap and no double (R7).
        kind: what it records within its series: a `DocumentKind`, an `EventCode`, a kind of closure.
        record_id: of the sale, closure, archive, event it seals; unique.
        canonical: the exact bytes signed (`canonical.py`); they alone are the evidence.
        perpetual, perpetual_absolute: the totals after this row; also inside `canonical` in the series `sales`.
    """

    till_letter: str
    series: Series
    number: int
    kind: str
    record_id: str
    happened_at: datetime
    trading_day: date
    canonical: bytes
    hash: bytes
    signature: bytes
    key_id: str
    perpetual: Money = ZERO
    perpetual_absolute: Money = ZERO

    @property
    def head(self) -> LedgerHead:
        """This row as the end of its chain."""
        return _end_with(self)


def _end_with(last: LedgerRow | KnownHead) -> LedgerHead:
    return LedgerHead(
        last.number,
        last.hash,
        last.signature,
        last.perpetual,
        last.perpetual_absolute,
        last.trading_day,
        last.happened_at,
    )


def link(previous: LedgerHead, canonical: bytes) -> bytes:
    """The digest of a row: SHA-256 over the digest and signature before it, and its own bytes. It is what is signed."""
    return hashlib.sha256(previous.hash + previous.signature + canonical).digest()


def signature_extract(signature: bytes) -> str:
    """Four characters of a signature for the ticket: the 3rd, 7th, 13th and 19th of its hexadecimal form, capitals."""
    text = signature.hex().upper()
    return "".join(text[place - 1] for place in (3, 7, 13, 19))


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A chain's end as somebody outside the database remembers it: the key store, the marketplace, a printed Z.

    Attributes:
        signature: nought where only number and digest are known.
        perpetual, perpetual_absolute, trading_day, happened_at: as in `LedgerHead`, as far as known.
    """

    till_letter: str
    series: Series
    number: int
    hash: bytes
    signature: bytes = bytes(SIGNATURE_BYTES)
    perpetual: Money = ZERO
    perpetual_absolute: Money = ZERO
    trading_day: date | None = None
    happened_at: datetime | None = None

    @classmethod
    def of(cls, till_letter: str, series: Series, end: LedgerHead) -> KnownHead:
        """The end of a chain, with whose and which it is."""
        return cls(
            till_letter,
            series,
            end.number,
            end.hash,
            end.signature,
            end.perpetual,
            end.perpetual_absolute,
            end.trading_day,
            end.happened_at,
        )

    @property
    def head(self) -> LedgerHead:
        """What the next row of the chain would be linked to."""
        return _end_with(self)


def is_broken_link(previous: LedgerHead, row: LedgerRow) -> bool:
    """Whether a row does not follow what is before it: another number, or other bytes than its digest says."""
    return row.number != previous.number + 1 or link(previous, row.canonical) != row.hash
