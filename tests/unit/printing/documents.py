"""Owns the list of every document there is, with contents that are hard to set: papers are tested with all of it."""

from __future__ import annotations

from app.domain.receipt import Printable
from tests.unit.printing import closing_samples, fiscal_samples, invoice_samples, label_samples, samples

DOCUMENTS: dict[str, Printable] = {
    "sale": samples.sale_receipt(),
    "sale-copy": samples.sale_receipt(copy_no=2),
    "return": samples.return_receipt(),
    "handover": samples.handover_slip(),
    "preparation": samples.preparation_list(),
    "self-test": samples.self_test(),
    "pickup-slip": samples.pickup_slip(),
    **fiscal_samples.DOCUMENTS,
    **closing_samples.DOCUMENTS,
    **invoice_samples.DOCUMENTS,
    **label_samples.DOCUMENTS,
}
