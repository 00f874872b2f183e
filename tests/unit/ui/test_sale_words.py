"""Every refusal of a sale or a correction has its sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.money import Money
from app.i18n import language, set_language
from app.ui.sale_words import correction_refusal, sale_refusal
from app.usecases.correct_sale import CorrectionRefusal
from app.usecases.sell_at_counter import SaleRefusal
from app.usecases.take_payment import PaymentRefusal


@pytest.fixture(params=["fr", "en"], autouse=True)
def spoken(request: pytest.FixtureRequest) -> Iterator[None]:
    before = language()
    set_language(request.param)
    yield
    set_language(before)


@pytest.mark.parametrize("reason", SaleRefusal)
def test_a_refused_sale_is_explained(reason: SaleRefusal) -> None:
    said = sale_refusal(reason, Money(1234))
    assert said.endswith((".", ":"))
    assert "{" not in said


@pytest.mark.parametrize("reason", CorrectionRefusal)
def test_a_refused_correction_is_explained(reason: CorrectionRefusal) -> None:
    assert correction_refusal(reason).endswith(".")


def test_amounts_are_said(spoken: None) -> None:
    assert "12" in sale_refusal(SaleRefusal.MEAL_VOUCHER_LIMIT, Money(1234))


@pytest.mark.parametrize("reason", PaymentRefusal)
def test_each_refusal_of_a_payment_is_one_of_the_sale(reason: PaymentRefusal) -> None:
    assert SaleRefusal(reason.value).value == reason.value
