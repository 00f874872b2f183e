"""What the customer reads during a sale, and a weight that a scale shows: never sold without a person's Enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.money import Money
from app.i18n import set_language
from app.ui.checkout.presenter import SalePresenter
from app.ui.checkout.state import Step
from app.ui.screen import How
from app.usecases.counter_devices import DisplayRow, ScaleReading, ScaleState
from tests.fakes.samples import COFFEE, HEMMING, TOMATO
from tests.unit.ui.test_sale_presenter import SeenView, Till

STABLE = ScaleReading(ScaleState.STABLE, 456)


class SeenDisplay:
    def __init__(self) -> None:
        self.rows = (DisplayRow(), DisplayRow())

    def show(self, upper: DisplayRow, lower: DisplayRow) -> None:
        self.rows = (upper, lower)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(f"{row.left} {row.right}".strip() for row in self.rows)


class HandScale:
    """A scale that says what a test has it say."""

    is_there = True

    def __init__(self) -> None:
        self.tell: Callable[[ScaleReading], None] | None = None

    def watch(self, tell: Callable[[ScaleReading], None]) -> None:
        self.tell = tell

    def unwatch(self) -> None:
        self.tell = None

    def says(self, reading: ScaleReading) -> None:
        assert self.tell is not None
        self.tell(reading)


class Counter(Till):
    """A till with a display and a scale beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.display, self.scale, self.view = SeenDisplay(), HandScale(), SeenView()
        around = replace(self.sale.flow.around, display=self.display, scale=self.scale)
        self.sale = SalePresenter(around, self.view, lambda: "Divers")


@pytest.fixture
def till() -> Counter:
    set_language("en")
    return Counter()


def test_customer_reads_line_total_and_change(till: Counter) -> None:
    till.sale.activate()
    assert till.display.texts == ("Welcome", "")
    till.scan(COFFEE, COFFEE)
    total = Money(2 * COFFEE.price.minor)
    euros = f"€{total.minor / 100:.2f}"
    assert till.display.texts == (f"2 x {COFFEE.name} {euros}", f"Total {euros}")
    till.sale.pay()
    assert till.display.texts == (f"To pay {euros}", "")
    till.type("50")
    assert till.display.texts == ("Received €50.00", f"Change €{50 - total.minor / 100:.2f}")
    till.sale.go_back()
    assert till.display.texts == ("Welcome", "")


def test_part_paid_shows_what_is_left(till: Counter) -> None:
    till.scan(COFFEE)
    till.sale.pay()
    till.type("1")
    assert till.display.texts[1] == f"Left to pay €{COFFEE.price.minor / 100 - 1:.2f}"


def test_a_weight_is_taken_by_a_key_and_sold_by_enter(till: Counter) -> None:
    till.type(TOMATO.name)
    assert till.step() is Step.WEIGH
    till.scale.says(ScaleReading(ScaleState.MOVING))
    assert not till.sale.beside.take_weight("p")
    till.scale.says(STABLE)
    assert till.state.on_scale == STABLE
    assert not till.labels
    assert not till.sale.typed("p")
    assert till.view.filled == "0.456"
    assert not till.labels
    till.sale.take(till.view.filled, How.TYPED)
    assert [line.quantity for line in till.state.basket.lines] == [456]
    assert till.scale.tell is None
    assert till.state.on_scale is None


def test_enter_in_the_empty_box_never_takes_what_the_scale_says(till: Counter) -> None:
    till.type(TOMATO.name)
    till.scale.says(STABLE)
    till.sale.enter()
    assert till.state.basket.lines == ()
    assert till.step() is Step.WEIGH


def test_a_weight_typed_wins_over_the_scales(till: Counter) -> None:
    till.type(TOMATO.name)
    till.scale.says(STABLE)
    till.type("1.2")
    assert [line.quantity for line in till.state.basket.lines] == [1200]


def test_giving_up_the_weight_ends_the_watching(till: Counter) -> None:
    till.type(TOMATO.name)
    till.scale.says(STABLE)
    till.sale.go_back()
    assert till.scale.tell is None
    assert till.state.on_scale is None


def test_only_what_is_sold_by_the_kilogram_is_weighed(till: Counter) -> None:
    till.type(HEMMING.name)
    assert till.scale.tell is None
