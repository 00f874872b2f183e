"""Every finding has its sentence, in both languages, naming the row; the gravest is said first."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest

from app.domain.fiscal import Series
from app.domain.ledger_check import Finding, FindingKind
from app.i18n import set_language
from app.ui.ledger_words import finding_sentence, report_summary, row_name, start_alarm
from app.usecases.verify_ledger import LedgerReport

DETAILS: dict[str, str | int] = {
    "first": 8, "last": 10, "field": "label", "table": "sale_line", "line": 2, "record": "sale-1", "sealed_as": 9,
    "event": 7, "counter": 4, "key": "0123", "guard": "sale_no_update", "source": "witness",
}  # fmt: skip


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield str(request.param)
    set_language("fr")


def a_finding(kind: FindingKind, series: str = "sales", **details: str | int) -> Finding:
    return Finding(kind, "A", series, 42, {**DETAILS, **details})


@pytest.mark.parametrize("kind", FindingKind)
def test_r14_each_finding_is_a_sentence(language: str, kind: FindingKind) -> None:
    sentence = finding_sentence(a_finding(kind))
    assert sentence.endswith(".")
    assert len(sentence.split()) >= 4
    assert not any(field for _, field, _, _ in string.Formatter().parse(sentence) if field)


@pytest.mark.parametrize("series", [*Series, "Q"])
def test_a_row_is_named_as_people_know_it(language: str, series: str) -> None:
    assert "42" in row_name(a_finding(FindingKind.CONTENT_CHANGED, series))


def test_r14_the_sentence_of_the_brief() -> None:
    set_language("fr")
    assert finding_sentence(a_finding(FindingKind.TABLE_CHANGED)) == (
        "Ticket A-000042 : le libellé de la ligne 2 a été changé."
    )
    assert finding_sentence(a_finding(FindingKind.TAIL_CUT)) == (
        "Caisse A, tickets : il manque les n° 8 à 10 : la fin du registre a été coupée."
    )


def test_the_gravest_is_said_first_with_what_to_do(language: str) -> None:
    cut, clock = a_finding(FindingKind.TAIL_CUT), a_finding(FindingKind.CLOCK_BEHIND)
    alarm = start_alarm([clock, cut])
    assert alarm.startswith(finding_sentence(cut))
    assert len(alarm) > len(finding_sentence(cut)) + 20
    assert start_alarm([]) == ""


def a_report(*findings: Finding, complete: bool = True, left_out: int = 0) -> LedgerReport:
    return LedgerReport(tuple(findings), left_out, {"sales": 100}, 3, 0, 2.0, complete)


def test_a_report_is_summed_up(language: str) -> None:
    whole = report_summary(a_report())
    with_gap = report_summary(a_report(a_finding(FindingKind.GAP_RECORDED)))
    broken = report_summary(a_report(a_finding(FindingKind.CONTENT_CHANGED), left_out=4))
    stopped = report_summary(a_report(complete=False))
    assert whole == with_gap
    assert len({whole, broken, stopped}) == 3
    assert "5" in broken
    assert a_report().rows_per_second == 50
