"""The sales journal is balanced whatever was sold; e-reporting tells each sale to a private customer once (R24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import canonical_bytes, content_of, sale_body
from app.domain.cash import CashTotals
from app.domain.catalogue import LineNature
from app.domain.closure import ActivityCounts, Closure, ClosureKind
from app.domain.day_books import DayBook, book_of
from app.domain.e_reporting import Category, report_rows
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.fiscal import GENESIS, Series
from app.domain.journal import FEC_COLUMNS, Accounts, WrongAccounts, accounts_of, fec_rows, postings_of
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money, total_of
from app.domain.period_totals import totals_of_documents
from app.domain.sale import (
    Basket,
    BasketLine,
    DocumentKind,
    Payment,
    PaymentMeans,
    SaleDocument,
    freeze_lines,
    vat_parts,
)

DAY = date(2026, 11, 21)
GOODS, SERVICE = LineNature.GOODS, LineNature.SERVICE


def line(
    cents: int, rate: int, nature: LineNature = GOODS, quantity: int = 1, *, corrects: str = "", line_id: str = "l"
) -> BasketLine:
    return BasketLine(line_id, "Article", Money(cents), rate, quantity, nature=nature, corrects_sale_id=corrects)


def document(
    number: int,
    lines: Sequence[BasketLine],
    kind: DocumentKind = DocumentKind.SALE,
    means: PaymentMeans = PaymentMeans.CARD,
    *,
    corrects: str = "",
    regime: VatRegime = VatRegime.NORMAL,
) -> dict[str, Any]:
    """What the sealed bytes of a document say."""
    basket = Basket(tuple(lines))
    frozen = freeze_lines(basket, regime)
    sale = SaleDocument(
        sale_id=f"sale-{number}",
        till_id="till-a",
        till_letter="A",
        series="sales",
        number=number,
        kind=kind,
        happened_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
        utc_offset_minutes=60,
        operator="Léa",
        lines=frozen,
        vat=vat_parts(frozen),
        payments=(Payment(means, basket.total, basket.total),),
        total=basket.total,
        corrects=corrects,
        trading_day=DAY,
        vat_regime=regime,
    )
    sealed = canonical_bytes(
        series=Series.SALES,
        number=number,
        kind=kind,
        till_letter="A",
        till_id="till-a",
        happened_at=sale.happened_at,
        utc_offset_minutes=60,
        trading_day=DAY,
        record_id=sale.sale_id,
        operator="Léa",
        software="Comptoir",
        body=sale_body(sale, GENESIS),
    )
    return content_of(sealed)


def closed(
    documents: Sequence[dict[str, Any]], invoiced: Sequence[str] = (), cash: CashTotals | None = None, day: date = DAY
) -> DayBook:
    """The book of a day whose closure sums up these documents."""
    totals = totals_of_documents(documents)
    closure = Closure(
        closure_id="z",
        till_letter="A",
        number=1,
        kind=ClosureKind.DAY,
        period=day.isoformat(),
        rank=1,
        first_day=day,
        last_day=day,
        opened_at=datetime(2026, 11, 21, 7, tzinfo=UTC),
        closed_at=datetime(2026, 11, 21, 19, tzinfo=UTC),
        utc_offset_minutes=60,
        operator="Léa",
        first_number=1,
        last_number=len(documents),
        first_event=0,
        last_event=0,
        totals=totals,
        cash=cash or CashTotals(sales=totals.cash),
        activity=ActivityCounts(),
        year_first_day=date(2026, 1, 1),
        year_to_date=totals.turnover,
        perpetual=totals.turnover,
        perpetual_absolute=totals.turnover_absolute,
    )
    return book_of(1, closure, bytes(64), "Comptoir", documents, invoiced)


lines = st.builds(
    line,
    st.integers(1, 20_000),
    st.sampled_from([2000, 1000, 550, 210, 0, 850]),
    st.sampled_from(list(LineNature)),
    st.integers(-5, 9).filter(bool),
)
documents = st.lists(st.tuples(st.lists(lines, max_size=6), st.sampled_from(list(PaymentMeans))), max_size=8)
cents = st.integers(-5_000, 5_000).map(Money)
drawers = st.builds(
    CashTotals, float_change=cents, corrections=cents, ins=cents, outs=cents, difference=cents, banked=cents
)


@given(documents, drawers)
def test_the_entry_of_a_day_is_balanced_whatever_was_sold(
    sold: list[tuple[list[BasketLine], PaymentMeans]], drawer: CashTotals
) -> None:
    contents = [
        document(
            number,
            of_it,
            DocumentKind.SALE if total_of([one.total for one in of_it]) >= ZERO else DocumentKind.RETURN,
            means,
        )
        for number, (of_it, means) in enumerate(sold, 1)
    ]
    book = closed(contents, cash=drawer)
    postings = postings_of(book, Accounts())
    assert sum(posting.debit_minor for posting in postings) == 0
    assert all(posting.debit_minor for posting in postings)
    for row in fec_rows([book], Accounts()):
        assert len(row) == len(FEC_COLUMNS)
        assert (row[11] == "0,00") != (row[12] == "0,00")
        assert not any(character in cell for cell in row for character in "\t\r\n|")


def test_a_day_on_the_usual_accounts() -> None:
    sold = [
        document(1, [line(1200, 2000), line(1055, 550), line(600, 2000, SERVICE)], means=PaymentMeans.CASH),
        document(2, [line(150, 0, LineNature.CONTAINER), line(5000, 0, LineNature.VOUCHER)]),
    ]
    drawer = CashTotals(sales=Money(2855), difference=Money(-20), banked=Money(2000))
    booked = {posting.account[0]: posting.debit_minor for posting in postings_of(closed(sold, cash=drawer), Accounts())}
    assert booked == {
        "530000": 2855 - 20 - 2000,
        "511500": 5150,
        "707200": -1000,
        "706200": -500,
        "445712": -300,
        "707055": -1000,
        "445715": -55,
        "419600": -150,
        "467100": -5000,
        "658000": 20,
        "580000": 2000,
    }


def test_the_shop_has_its_own_accounts() -> None:
    own = accounts_of(
        {
            "journal": {"code": "VT", "label": "Ventes\tcomptoir"},
            "accounts": {"cash": "5310", "goods_850": ["70785", "Outre-mer"], "vat_850": "445785"},
        }
    )
    assert (own.journal_code, own.journal_label) == ("VT", "Ventes comptoir")
    assert own.of("cash") == ("5310", "Caisse")
    assert own.at_rate("goods", 850) == ("70785", "Outre-mer")
    assert own.at_rate("goods", 550) == Accounts().at_rate("goods", 550)
    assert own.at_rate("service", 850) == Accounts().of("service_other")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"accounts": {"till": "530"}}, "till"),
        ({"accounts": {"cash": "abc"}}, "cash"),
        ({"accounts": {"cash": 530}}, "cash"),
        ({"accounts": ["530"]}, "accounts"),
        ({"journal": {"code": "a\tb"}}, "code"),
        ({"journal": {"label": 3}}, "label"),
    ],
)
def test_accounts_that_cannot_be_used_are_named(raw: dict[str, Any], name: str) -> None:
    with pytest.raises(WrongAccounts) as error:
        accounts_of(raw)
    assert error.value.name == name


def test_a_closure_that_is_not_the_sum_of_its_documents_is_no_book() -> None:
    sold = [document(1, [line(1200, 2000)])]
    honest = closed(sold)
    with pytest.raises(MoneyDoesNotAddUp):
        book_of(1, honest.closure, bytes(64), "Comptoir", [document(1, [line(1300, 2000)])], ())


def test_r24_base_and_vat_by_day_category_and_rate() -> None:
    sold = [
        document(1, [line(1200, 2000), line(1055, 550)]),
        document(2, [line(600, 2000, SERVICE), line(1200, 2000)]),
        document(3, [line(250, 0)]),
    ]
    rows = report_rows([closed(sold)])
    assert [(row.category, row.rate_bp, row.net, row.vat, row.sales) for row in rows] == [
        (Category.GOODS, 2000, 2000, 400, 2),
        (Category.GOODS, 550, 1000, 55, 2),
        (Category.NOT_TAXED, 0, 250, 0, 1),
        (Category.SERVICES, 2000, 500, 100, 1),
    ]


def test_r24_a_refund_lowers_the_day_on_which_it_is_made() -> None:
    monday = closed([document(1, [line(1200, 2000)])])
    back = line(1200, 2000, quantity=-1, corrects="sale-1")
    tuesday = closed(
        [document(2, [back], DocumentKind.RETURN), document(3, [line(600, 2000)])], day=DAY + timedelta(days=1)
    )
    rows = report_rows([monday, tuesday])
    assert [(row.day, row.gross, row.sales, row.corrections) for row in rows] == [
        (DAY, 1200, 1, 0),
        (DAY + timedelta(days=1), -600, 1, 1),
    ]


def test_r24_what_went_by_invoice_is_apart_and_so_is_what_comes_back_of_it() -> None:
    back = line(1200, 2000, quantity=-1, corrects="sale-1")
    sold = [
        document(1, [line(1200, 2000), line(600, 2000)]),
        document(2, [line(2400, 2000)]),
        document(3, [back], DocumentKind.RETURN, corrects="sale-1"),
    ]
    book = closed(sold, invoiced=["sale-1"])
    [told] = report_rows([book])
    [apart] = report_rows([book], invoiced=True)
    assert (told.gross, told.sales, told.corrections) == (2400, 1, 0)
    assert (apart.gross, apart.sales, apart.corrections) == (600, 1, 1)


def test_r24_under_franchise_everything_is_untaxed() -> None:
    sold = [document(1, [line(1200, 2000), line(600, 550, SERVICE)], regime=VatRegime.FRANCHISE)]
    [row] = report_rows([closed(sold)])
    assert (row.category, row.net, row.vat, row.sales) == (Category.NOT_TAXED, 1800, 0, 1)


def test_r24_r29_what_is_outside_turnover_is_not_reported() -> None:
    sold = [document(1, [line(150, 0, LineNature.CONTAINER), line(1200, 2000)])]
    assert [row.gross for row in report_rows([closed(sold)])] == [1200]


@given(documents, st.sets(st.integers(1, 8)))
def test_r24_tickets_and_invoices_together_are_all_turnover(
    sold: list[tuple[list[BasketLine], PaymentMeans]], invoiced: set[int]
) -> None:
    contents = [document(number, of_it, DocumentKind.SALE, means) for number, (of_it, means) in enumerate(sold, 1)]
    book = closed(contents, invoiced=[f"sale-{number}" for number in invoiced])
    rows = [*report_rows([book]), *report_rows([book], invoiced=True)]
    assert sum(row.gross for row in rows) == book.closure.totals.turnover.minor
    assert sum(row.net for row in rows) == sum(part.net.minor for part in book.closure.totals.vat)
