"""The sheet that shows each paper: what is looked at, how wide, and the sample that is printed."""

from __future__ import annotations

import pytest

from app.domain.receipt import SaleReceipt
from app.ui.screen import PlaceName
from app.ui.settings.papers_sheet import PapersSheet
from app.ui.settings.presenter import Section
from app.usecases.sample_papers import GIFT, SAMPLES
from tests.ui.till import open_till


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as opened:
        opened.set_up.presenter.choose_section(Section.PAPERS)
        yield opened


def sheet_of(till):
    return next(sheet for sheet in till.set_up.sheets if isinstance(sheet, PapersSheet))


def paper_of(till):
    return sheet_of(till).paper


def test_each_paper_can_be_looked_at_and_says_that_it_is_a_sample(till):
    for name in SAMPLES:
        sheet_of(till).choice.choose(name, tell=True)
        assert "SPECIMEN" in paper_of(till).words


def test_the_ticket_is_a_training_ticket(till):
    assert "FACTICE" in paper_of(till).words


def test_the_narrow_paper_is_narrow(till):
    wide = paper_of(till).sizeHint().width()
    sheet_of(till).presenter.choose_width(32)
    assert paper_of(till).sizeHint().width() < wide


def test_a_sample_is_printed_and_nothing_is_sold(till):
    sheet_of(till).choice.choose(GIFT, tell=True)
    till.click("paper-sample")
    [job] = till.store.queries.print_jobs()
    document = till.store.queries.print_job(job.job_id).document
    assert isinstance(document, SaleReceipt)
    assert document.gift
    assert document.sale.is_training
    assert till.store.queries.sales() == []
    assert "part à l’impression" in till.text("paper-said")


def test_nothing_is_asked_for_before_the_sheet_is_opened(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as till:
        assert sheet_of(till).presenter.state.lines == ()
