"""Looks for what may explain a cash difference before it is accepted. Never writes."""

from __future__ import annotations

from app.domain.cash_gap import MOST_SEARCHED, GapCause, GapPayment, gap_causes
from app.domain.money import Money
from app.usecases.closing_ports import ClosingQueries


def explain_gap(queries: ClosingQueries, difference: Money) -> tuple[GapCause, ...]:
    """At most three candidates among the documents and movements since the last closure.

    Args:
        difference: counted less expected.
    """
    payments = [
        GapPayment(document.display_number, document.happened_at, payment.means, payment.amount, payment.tendered)
        for document in queries.session_documents(MOST_SEARCHED)
        for payment in document.payments
    ]
    return gap_causes(difference, payments, queries.cash_movements())
