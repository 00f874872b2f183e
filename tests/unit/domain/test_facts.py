"""What a counter tells is always what the contract takes: a refused text would hold back its whole subject for ever."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import MovementReason, StockMovement
from app.domain.facts import (
    handed_over_payload,
    handover_undone_payload,
    prepared_payload,
    product_payload,
    ready_payload,
    stock_moved_payload,
)
from app.domain.money import Money
from app.domain.order import LineOutcome, LineResult
from app.marketplace import schemas
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import NOON

pasted = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["x" * 10_000, "\x1b[2J", "a\x00b", "ligne\r\nligne", "\x07" * 600]
)


@given(shelf=pasted, label=pasted, operator=pasted, reason=pasted, location=pasted, codes=st.integers(0, 80))
def test_whatever_people_paste_the_marketplace_takes_it(
    shelf: str, label: str, operator: str, reason: str, location: str, codes: int
) -> None:
    results = [LineResult(1, LineOutcome.REPLACED, 1, Money(100), label, "p-coffee")]
    movements = [
        StockMovement("m-1", "p-coffee", location, -1, MovementReason.HANDOVER, NOON, "till-a", "h-1", operator)
    ]
    handed_over = handed_over_payload(
        "h-1", "order-1", results, movements, complete=True, operator=operator, how="name", verdict="expired",
        override_reason=reason, sale_id="", collected_minor=0, to_refund_minor=0,
    )  # fmt: skip
    product = replace(COFFEE, name="x" + label, category=label, shelf=shelf, codes=tuple(f"C{n}" for n in range(codes)))
    for shape, payload in (
        (schemas.PreparedPayload, prepared_payload("order-1", results, operator)),
        (schemas.ReadyPayload, ready_payload("order-1", results, 1, shelf, operator)),
        (schemas.HandedOverPayload, handed_over),
        (schemas.UndonePayload, handover_undone_payload("h-1", "order-1", movements, operator, reason)),
        (schemas.StockMovedPayload, stock_moved_payload(movements)),
        (schemas.ProductPayload, product_payload(product)),
    ):
        shape.model_validate(payload)
        assert len(str(payload)) < 10_000


def test_ordinary_words_are_told_as_they_are() -> None:
    payload = ready_payload("order-1", [], 2, "Étagère B2, à gauche", "Léa")
    assert (payload["shelf"], payload["operator"]) == ("Étagère B2, à gauche", "Léa")
