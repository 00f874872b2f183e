"""Samples of papers: every one can be printed, none can pass for a document."""

from __future__ import annotations

import pytest

from app.domain.receipt import SaleReceipt
from app.domain.sale import check_document
from app.printing.layout import lay_out
from app.printing.lines import as_text
from app.usecases.sample_papers import SAMPLES, SPECIMEN, print_sample
from tests.fakes.shop import Shop


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_queued_says_what_it_is_and_leaves_the_ledger_alone(shop: Shop, name: str) -> None:
    job = print_sample(shop.counter, name)
    assert shop.store.queries.print_job(job.job_id) == job
    assert SPECIMEN in as_text(lay_out(job.document, 48), 48)
    assert list(shop.store.queries.sales()) == []
    if isinstance(job.document, SaleReceipt):
        check_document(job.document.sale)
        assert job.document.sale.is_training
