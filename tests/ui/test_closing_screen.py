"""The closing screen with real keys: the day counted, held against what should be there, closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.domain.closure import ClosureKind
from app.domain.money import Money
from app.domain.sale import PaymentMeans
from app.i18n import set_language
from app.ui.closing.state import Step
from app.ui.screen import PlaceName
from tests.fakes.tills_day import sell
from tests.ui import checks
from tests.ui.till import Till, open_till

SIZES = [(1024, 600), (1366, 768), (1920, 1080)]
TAB = Qt.Key.Key_Tab


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        yield opened


def count(till: Till, pieces: dict[int, int]) -> None:
    """Type a count as a person does: figures, Tab from row to row; nothing else."""
    fields = till.closing.grid._fields
    for field in fields:
        if field.value_minor in pieces:
            till.press(str(pieces[field.value_minor]))
        if field is not fields[-1]:
            till.press(TAB)


def closures(till: Till):
    return till.store.queries.closures()


def test_three_keys_beside_the_counts_close_the_day(till):
    sell(till, 17_50)
    till.start_counting()
    till.press(Qt.Key.Key_F10)
    keys = till.keys
    count(till, {1000: 1, 500: 1, 200: 1, 50: 1})
    counted = till.keys - keys
    assert till.text("counted-total") == "17,50 €"
    till.enter()
    assert till.closing.check_page.banner.word == "Le compte est juste"
    till.enter()
    assert till.keys - counted == 3
    assert till.closing.presenter.state.step is Step.DONE
    (closure,) = closures(till)
    assert closure.kind is ClosureKind.DAY
    assert closure.cash.counted == Money(17_50)
    assert closure.totals.turnover == Money(17_50)
    assert closure.display_number in till.closing.done_page.banner.word
    assert [job.title for job in till.store.queries.print_jobs()][-1] == closure.display_number
