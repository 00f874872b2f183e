"""Papers that were queued before the ledger existed are still printed, and say nothing they did not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.receipt import PrintKind, SaleReceipt
from app.printing.folding import fold_for
from app.printing.layout import lay_out
from app.printing.lines import as_text
from app.storage.documents import printable_of
from tests.unit.printing import samples

PAPERS = json.loads((Path(__file__).parents[2] / "data" / "papers_of_before_the_ledger.json").read_text("utf-8"))
KINDS = {name: PrintKind.SALE_RECEIPT if "receipt" in name else PrintKind(name) for name in PAPERS}
EXPECTED = {
    "sale_receipt": ("DUPLICATA n°1", "Ticket A-000042", "1 327,52 €"),
    "return_receipt": ("RETOUR", "Retour A-000042", "Remboursé : Espèces", "-11,80 €"),
    "handover_slip": ("BON DE REMISE", "Commande n°1042"),
    "preparation_list": ("À PRÉPARER", "Commande n°1042"),
    "self_test": ("PAGE D'ESSAI",),
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_of_before_the_ledger_is_still_printed(name: str) -> None:
    document = printable_of(KINDS[name], json.dumps(PAPERS[name]))
    shown = as_text(lay_out(document, 48, fold=fold_for("cp1252")), 48)
    assert all(mention in shown for mention in EXPECTED[name])
    assert "Signature" not in shown
    assert "noyau fiscal" not in shown


def test_what_was_added_since_has_its_default() -> None:
    old = printable_of(PrintKind.SALE_RECEIPT, json.dumps(PAPERS["sale_receipt"]))
    assert isinstance(old, SaleReceipt)
    assert old == samples.sale_receipt(1)
