"""Owns facts: what happened at this counter and must be told to the marketplace, each exactly once (I3).

A fact is an event with an id that is never used for another content. Its payload is plain data (strings, whole numbers,
booleans, lists, mappings), shaped once here, so that what is stored, sent and compared is the same. Never says how it
is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.catalogue import Product, StockMovement
from app.domain.order import LineResult
from app.domain.sale import SaleDocument

Payload = Mapping[str, Any]

WORD_LENGTH, CATEGORY_LENGTH, LABEL_LENGTH, SENTENCE_LENGTH = 64, 100, 200, 500
"""Characters of a shelf or place, of a category, of a name, and of what a person wrote, as the contract takes them."""
CODES_OF_A_PRODUCT = 50
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class FactKind(StrEnum):
    ORDER_PREPARED = "order_prepared"
    ORDER_READY = "order_ready"
    ORDER_HANDED_OVER = "order_handed_over"
    HANDOVER_UNDONE = "handover_undone"
    SALE_RECORDED = "sale_recorded"
    STOCK_MOVED = "stock_moved"
    PRODUCT_CHANGED = "product_changed"
    EXCEPTION_SETTLED = "exception_settled"


_URGENCY = {
    FactKind.STOCK_MOVED: 1,
    FactKind.SALE_RECORDED: 2,
    FactKind.PRODUCT_CHANGED: 3,
}


def urgency_of(kind: FactKind) -> int:
    """What is told first on a weak link: 0 what other tills could do twice (handovers, settled disagreements), then 1
    stock, 2 sales, 3 the catalogue."""
    return _URGENCY.get(kind, 0)


_WORDS_OF: Mapping[FactKind, Mapping[str, int]] = {
    FactKind.ORDER_PREPARED: {"operator": LABEL_LENGTH},
    FactKind.ORDER_READY: {"shelf": WORD_LENGTH, "operator": LABEL_LENGTH},
    FactKind.ORDER_HANDED_OVER: {"override_reason": SENTENCE_LENGTH, "operator": LABEL_LENGTH},
    FactKind.HANDOVER_UNDONE: {"reason": SENTENCE_LENGTH, "operator": LABEL_LENGTH},
    FactKind.PRODUCT_CHANGED: {"name": LABEL_LENGTH, "category": CATEGORY_LENGTH, "shelf": WORD_LENGTH},
    FactKind.EXCEPTION_SETTLED: {"note": SENTENCE_LENGTH, "operator": LABEL_LENGTH},
}
_NEVER_EMPTY = {(FactKind.PRODUCT_CHANGED, "name")}
_ABOUT_WORDS = frozenset({"bad_payload", "malformed"})
"""Reasons of a refusal that another wording may cure."""


@dataclass(frozen=True, slots=True)
class EditableWords:
    """A field of a refused fact that a person may word anew: `longest` characters at most, and 1 at least where it must
    not be empty."""

    name: str
    text: str
    longest: int
    may_be_empty: bool


def editable_words(kind: FactKind, payload: Payload, reason: str) -> tuple[EditableWords, ...]:
    """What may be worded anew in a fact refused for that reason. Never amounts, quantities, lines, movements or ids."""
    if reason not in _ABOUT_WORDS:
        return ()
    return tuple(
        EditableWords(name, str(payload.get(name, "")), longest, (kind, name) not in _NEVER_EMPTY)
        for name, longest in _WORDS_OF.get(kind, {}).items()
    )


def is_good_wording(words: EditableWords, text: str) -> bool:
    """Whether the contract takes this text in that field."""
    if len(text) > words.longest or _CONTROLS.search(text):
        return False
    return words.may_be_empty or bool(text.strip())


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened and must be told.

    Attributes:
        fact_id: UUIDv7.
        till_seq: 1, 2, 3 ... at this till, without gap (a restored backup goes on far above): the order in which things
            happened here.
        subject: the record it is about ("order:…", "sale:…", "stock:…", "product:…"): facts of one subject are sent in
            order, and a refused one holds back only its own subject.
        happened_at: the moment at the counter, aware UTC, never the moment of sending.
    """

    fact_id: str
    till_seq: int
    kind: FactKind
    subject: str
    happened_at: datetime
    payload: Payload


def prepared_payload(
    order_id: str, results: Sequence[LineResult], operator: str = "", order_version: int = 0
) -> Payload:
    """`order_version`, here and below: which state of the order the counter saw, 0 if it cannot tell."""
    return {
        "order_id": order_id,
        "order_version": max(order_version, 0),
        "lines": [_result(result) for result in results],
        "operator": _told(operator, LABEL_LENGTH),
    }


def ready_payload(
    order_id: str, results: Sequence[LineResult], bags: int, shelf: str, operator: str = "", order_version: int = 0
) -> Payload:
    return {
        "order_id": order_id,
        "order_version": max(order_version, 0),
        "lines": [_result(result) for result in results],
        "bags": bags,
        "shelf": _told(shelf, WORD_LENGTH),
        "operator": _told(operator, LABEL_LENGTH),
    }


def handed_over_payload(
    handover_id: str,
    order_id: str,
    results: Sequence[LineResult],
    movements: Sequence[StockMovement],
    *,
    complete: bool,
    operator: str,
    how: str,
    verdict: str,
    override_reason: str,
    sale_id: str,
    collected_minor: int,
    to_refund_minor: int,
    order_version: int = 0,
) -> Payload:
    """A handover. The name of who came stays on this till (I10).

    `collected_minor` is what this visit paid for the order; `to_refund_minor` is what is paid too much of the whole
    order now: it replaces what an earlier handover of it said.
    """
    return {
        "handover_id": handover_id,
        "order_id": order_id,
        "order_version": max(order_version, 0),
        "lines": [_result(result) for result in results],
        "movements": [movement_payload(movement) for movement in movements],
        "complete": complete,
        "operator": _told(operator, LABEL_LENGTH),
        "how": how,
        "verdict": verdict,
        "override_reason": _told(override_reason, SENTENCE_LENGTH),
        "sale_id": sale_id,
        "collected_minor": collected_minor,
        "to_refund_minor": to_refund_minor,
    }


def handover_undone_payload(
    handover_id: str, order_id: str, movements: Sequence[StockMovement], operator: str, reason: str
) -> Payload:
    return {
        "handover_id": handover_id,
        "order_id": order_id,
        "movements": [movement_payload(movement) for movement in movements],
        "operator": _told(operator, LABEL_LENGTH),
        "reason": _told(reason, SENTENCE_LENGTH),
    }


def sale_payload(sale: SaleDocument, movements: Sequence[StockMovement]) -> Payload:
    """A document of sale as the marketplace needs it: amounts, VAT, what was sold or came back, what it corrects, and
    which order's visit it belongs to."""
    return {
        "sale_id": sale.sale_id,
        "number": sale.display_number,
        "kind": sale.kind.value,
        "currency": "EUR",
        "total_minor": sale.total.minor,
        "order_id": sale.order_id,
        "corrects": sale.corrects,
        "lines": [
            {
                "line_id": line.line_id,
                "product_id": line.product_id,
                "label": _told(line.label, LABEL_LENGTH),
                "quantity": line.quantity,
                "unit": line.unit.value,
                "total_minor": line.total.minor,
                "vat_rate_bp": line.vat_rate_bp,
                "order_id": line.order_id,
                "nature": line.nature.value,
                "discount_minor": line.discount.minor,
                "corrects_sale_id": line.corrects_sale_id,
                "corrects_line_no": line.corrects_line_no,
            }
            for line in sale.lines
        ],
        "vat": [{"rate_bp": p.rate_bp, "net_minor": p.net.minor, "vat_minor": p.vat.minor} for p in sale.vat],
        "payments": [{"means": p.means.value, "amount_minor": p.amount.minor} for p in sale.payments],
        "movements": [movement_payload(movement) for movement in movements],
    }


def stock_moved_payload(movements: Sequence[StockMovement]) -> Payload:
    return {"movements": [movement_payload(movement) for movement in movements]}


def product_payload(product: Product, based_on_version: int | None = None) -> Payload:
    """`based_on_version`: the marketplace's version that was changed here, 0 for an article it may not have; None: the
    change counts whatever the marketplace has."""
    based_on = {} if based_on_version is None else {"based_on_version": based_on_version}
    return {
        **based_on,
        "product_id": product.product_id,
        "name": _told(product.name, LABEL_LENGTH),
        "price_minor": product.price.minor,
        "vat_rate_bp": product.vat_rate_bp,
        "unit": product.unit.value,
        "codes": list(product.codes[:CODES_OF_A_PRODUCT]),
        "category": _told(product.category, CATEGORY_LENGTH),
        "stock_tracked": product.stock_tracked,
        "shelf": _told(product.shelf, WORD_LENGTH),
        "published": product.published,
        "withdrawal_right": product.withdrawal_right,
        "age_limit": product.age_limit,
        "active": product.active,
        "nature": product.nature.value,
        "meal_voucher": product.meal_voucher,
        "legal_guarantee": product.legal_guarantee,
        "weigh_slip": product.weigh_slip,
    }


def settled_payload(
    exception_id: str, kind: str, answer: str, operator: str, note: str, *, order_id: str = "", product_id: str = ""
) -> Payload:
    """A person's answer to a disagreement; the order and article so that one that only this till had opened can be
    shown at the others."""
    return {
        "exception_id": exception_id,
        "kind": kind,
        "answer": answer,
        "operator": _told(operator, LABEL_LENGTH),
        "note": _told(note, SENTENCE_LENGTH),
        "order_id": order_id,
        "product_id": product_id,
    }


def movement_payload(movement: StockMovement) -> Payload:
    return {
        "movement_id": movement.movement_id,
        "product_id": movement.product_id,
        "location": _told(movement.location, WORD_LENGTH),
        "quantity": movement.quantity,
        "reason": movement.reason.value,
        "happened_at": movement.happened_at.isoformat(),
        "source_id": movement.source_id,
    }


def _result(result: LineResult) -> Payload:
    return {
        "line_no": result.line_no,
        "outcome": result.outcome.value,
        "quantity": result.quantity,
        "amount_minor": result.amount.minor,
        "label": _told(result.label, LABEL_LENGTH),
        "product_id": result.product_id,
    }


def _told(text: str, longest: int) -> str:
    """What people typed or pasted, as the contract takes it: one refused text would hold back its whole subject."""
    return _CONTROLS.sub(" ", text)[:longest]
