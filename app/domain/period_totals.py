"""Owns the sums of a period: what its sealed documents come to. Never computes VAT anew, never knows of storage.

Everything is added up from the documents' own sealed figures (R20): the Z is the sum of documents, the month the sum of
its days, the year the sum of its months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.domain.catalogue import LineNature
from app.domain.errors import MoneyDoesNotAddUp
from app.domain.merchant import VatRegime
from app.domain.money import ZERO, Money, total_of
from app.domain.sale import TURNOVER_NATURES, DocumentKind, PaymentMeans

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class VatTotal:
    """Turnover at one rate under one regime: sums of documents. `gross` = `net` + `vat`."""

    regime: VatRegime
    rate_bp: int
    gross: Money
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """What the documents of a period come to.

    Attributes:
        sales, refunds: turnover lines sold and come back, VAT included, both positive.
        means: money by payment means, change and refunds taken off.
        outside: what passed through the till without being turnover, by nature (R29).
        documents: how many of each kind.
        discount_count: documents in which something was taken off; discounts: how much.
        cash: the cash among the means.
    """

    sales: Money = ZERO
    refunds: Money = ZERO
    vat: tuple[VatTotal, ...] = ()
    means: tuple[tuple[PaymentMeans, Money], ...] = ()
    outside: tuple[tuple[LineNature, Money], ...] = ()
    documents: tuple[tuple[DocumentKind, int], ...] = ()
    discount_count: int = 0
    discounts: Money = ZERO

    @property
    def turnover(self) -> Money:
        return self.sales - self.refunds

    @property
    def turnover_absolute(self) -> Money:
        return self.sales + self.refunds

    @property
    def outside_total(self) -> Money:
        return total_of([amount for _, amount in self.outside])

    @property
    def total(self) -> Money:
        """All that was to be paid: turnover and what is outside it."""
        return self.turnover + self.outside_total

    @property
    def cash(self) -> Money:
        return dict(self.means).get(PaymentMeans.CASH, ZERO)

    @property
    def document_count(self) -> int:
        return sum(count for _, count in self.documents)


@dataclass(slots=True)
class Tally:
    """Adds up documents, then gives the sums."""

    sales: int = 0
    refunds: int = 0
    vat: dict[tuple[VatRegime, int], tuple[int, int, int]] = field(default_factory=dict)
    means: dict[PaymentMeans, int] = field(default_factory=dict)
    outside: dict[LineNature, int] = field(default_factory=dict)
    documents: dict[DocumentKind, int] = field(default_factory=dict)
    discount_count: int = 0
    discounts: int = 0

    def add_document(self, content: Mapping[str, Any]) -> None:
        """Add a sealed document (`canonical.content_of`). Raises KeyError, ValueError: not a document of version 1."""
        _count(self.documents, DocumentKind(content["kind"]), 1)
        discounted = False
        for line in content["lines"]:
            self._add_line(LineNature(line["nature"]), line["total"])
            self.discounts += line["discount"]
            discounted = discounted or bool(line["discount"])
        self.discount_count += discounted
        regime = VatRegime(content["regime"])
        for part in content["vat"]:
            self._add_vat(regime, part["rate"], part["gross"], part["net"], part["vat"])
        for payment in content["payments"]:
            _count(self.means, PaymentMeans(payment["means"]), payment["amount"])

    def add_period(self, period: PeriodTotals) -> None:
        self.sales += period.sales.minor
        self.refunds += period.refunds.minor
        for part in period.vat:
            self._add_vat(part.regime, part.rate_bp, part.gross.minor, part.net.minor, part.vat.minor)
        for means, amount in period.means:
            _count(self.means, means, amount.minor)
        for nature, amount in period.outside:
            _count(self.outside, nature, amount.minor)
        for kind, count in period.documents:
            _count(self.documents, kind, count)
        self.discount_count += period.discount_count
        self.discounts += period.discounts.minor

    def totals(self) -> PeriodTotals:
        """The sums; each list in the order of its kind, so that one content has one form."""
        return PeriodTotals(
            sales=Money(self.sales),
            refunds=Money(self.refunds),
            vat=tuple(
                VatTotal(regime, rate, Money(gross), Money(net), Money(vat))
                for (regime, rate), (gross, net, vat) in sorted(self.vat.items(), reverse=True)
            ),
            means=tuple((means, Money(self.means[means])) for means in PaymentMeans if means in self.means),
            outside=tuple((nature, Money(self.outside[nature])) for nature in LineNature if nature in self.outside),
            documents=tuple((kind, self.documents[kind]) for kind in DocumentKind if kind in self.documents),
            discount_count=self.discount_count,
            discounts=Money(self.discounts),
        )

    def _add_line(self, nature: LineNature, total: int) -> None:
        if nature not in TURNOVER_NATURES:
            _count(self.outside, nature, total)
        elif total >= 0:
            self.sales += total
        else:
            self.refunds -= total

    def _add_vat(self, regime: VatRegime, rate_bp: int, gross: int, net: int, vat: int) -> None:
        before = self.vat.get((regime, rate_bp), (0, 0, 0))
        self.vat[regime, rate_bp] = (before[0] + gross, before[1] + net, before[2] + vat)


def totals_of_documents(contents: Iterable[Mapping[str, Any]]) -> PeriodTotals:
    """The sums of sealed documents. Raises KeyError, ValueError: one is not a document of version 1."""
    tally = Tally()
    for content in contents:
        tally.add_document(content)
    return tally.totals()


def joined_totals(periods: Iterable[PeriodTotals]) -> PeriodTotals:
    """The sums of periods: days to a month, months to a year."""
    tally = Tally()
    for period in periods:
        tally.add_period(period)
    return tally.totals()


def check_totals(totals: PeriodTotals) -> None:
    """Means = total; base + VAT = gross for each rate; gross = turnover.

    Raises:
        MoneyDoesNotAddUp: at least one sum differs by at least one cent.
    """
    wrong = []
    if (paid := total_of([amount for _, amount in totals.means])) != totals.total:
        wrong.append(f"means {paid} for {totals.total}")
    if (gross := total_of([part.gross for part in totals.vat])) != totals.turnover:
        wrong.append(f"VAT parts {gross} for {totals.turnover}")
    wrong.extend(f"VAT at {part.rate_bp}" for part in totals.vat if part.net + part.vat != part.gross)
    if wrong:
        raise MoneyDoesNotAddUp(f"period: {', '.join(wrong)}")


def _count(counts: dict[_Key, int], key: _Key, by: int) -> None:
    counts[key] = counts.get(key, 0) + by
