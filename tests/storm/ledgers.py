"""Owns verifying the ledgers that a storm left behind, with Comptoir's own check and every witness there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from app.domain.fiscal import KnownHead, Series
from app.storage.keys import open_secrets
from app.storage.signing import LedgerSigner, SignatureChecker
from app.storage.store import open_store
from app.surroundings import SystemClock
from app.usecases.verify_ledger import Outside, verify_ledger
from tests.storm.audit import TillLeft


def check_ledgers(tills: Sequence[TillLeft], market_photograph: Path) -> list[str]:
    """Every row and every signature of every till, held against the key store's and the marketplace's memory."""
    return [f"{till.name}: R14: {finding}" for till in tills for finding in _findings(till, market_photograph)]


def _findings(till: TillLeft, market_photograph: Path) -> list[str]:
    clock = SystemClock()
    store = open_store(till.database, clock=clock, read_only=True)
    try:
        home = till.database.parents[1]
        kept = open_secrets(str(till.database.resolve()), next(home.rglob("secrets.json")))
        heads = [*kept.known_heads(), *_heads(market_photograph, store.queries.identity().till_id)]
        outside = Outside(heads, LedgerSigner(kept).key_id)
        books = store.queries.ledger_books()
        report = verify_ledger(books, SignatureChecker(), clock, outside, every_signature=True)
    finally:
        store.close()
    findings = [str(finding) for finding in report.findings]
    if not report.rows.get(Series.SALES.value):
        findings.append("nothing was sealed at all")
    return findings


def _heads(market_photograph: Path, till_id: str) -> list[KnownHead]:
    connection = sqlite3.connect(market_photograph)
    try:
        told = connection.execute(
            "SELECT till_letter, series, number, hash FROM ledger_head WHERE till_id = ?", (till_id,)
        ).fetchall()
    finally:
        connection.close()
    return [KnownHead(letter, Series(series), number, bytes.fromhex(digest)) for letter, series, number, digest in told]
