"""Owns what a marketplace can do, so that a till can adapt to one that can do less. Never asks a marketplace, never
says it to people (`ui.messages` does).
"""

from __future__ import annotations

from enum import StrEnum


class Ability(StrEnum):
    """One thing a marketplace does for its tills."""

    CHANGE_FEED = "change_feed"
    """Tells each change once, in order; without it the till reads again and compares."""
    IDEMPOTENT_FACTS = "idempotent_facts"
    """Takes a fact told twice once; without it the connector reads back before it repeats."""
    STOCK_MOVEMENTS = "stock_movements"
    """Takes and tells signed movements; without it levels are read, compared and written."""
    READY_STATE = "ready_state"
    """Knows that an order waits for its customer."""
    PARTIAL_HANDOVER = "partial_handover"
    SIGNED_CODES = "signed_codes"
    """Gives each order a pickup code; without it the shop makes its own."""
    LEASES = "leases"
    """Says which till may hand an order over off line."""
    PRODUCT_CHANGES = "product_changes"
    """Takes prices and names changed at the till."""
    DISAGREEMENTS = "disagreements"
    """Passes what a person must decide on to the other tills of the shop."""
    COMPARISON = "comparison"
    """Compares counts and sums with a till."""
    RESCUE = "rescue"
    """Takes another till's rescue file."""
    TOKEN_RENEWAL = "token_renewal"  # noqa: S105  # an ability, not a secret
    LEDGER_WITNESS = "ledger_witness"
    """Remembers how far a till's ledger went, and its last fact: finds an older copy."""


ALL_ABILITIES = frozenset(Ability)
"""Of the reference marketplace."""
