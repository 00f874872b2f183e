"""Every gap has a sentence that can stand alone, in both languages, with its figures as people write them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.facts import FactKind
from app.domain.reconciliation import Gap, GapKind, Mend, ReconciliationRun
from app.i18n import set_language
from app.ui.reconciliation_words import gap_sentence, run_summary
from tests.fakes.surroundings import NOON


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("fr")


def a_run(*gaps: Gap) -> ReconciliationRun:
    return ReconciliationRun("run-1", NOON, NOON, thorough=True, through_seq=10, gaps=gaps)


@pytest.mark.parametrize("kind", GapKind)
@pytest.mark.parametrize("fact_kind", ["", "sale_recorded", "of_tomorrow"])
def test_each_kind_has_its_sentence(language: str, kind: GapKind, fact_kind: str) -> None:
    for here, there in ((1, 2), (None, 2), (1, None)):
        gap = Gap(kind, "r-1", "A-000012", NOON, here, there, "kg", "A-000012", fact_kind=fact_kind, mend=Mend.NONE)
        said = gap_sentence(gap)
        assert "A-000012" in said
        assert said.endswith((".", "verify."))
        assert "{" not in said


@pytest.mark.parametrize("mend", Mend)
def test_each_mend_is_said(language: str, mend: Mend) -> None:
    gap = Gap(GapKind.MOVEMENT_MISSING_HERE, "m-1", "Tomate", NOON, None, -1200, "kg", mend=mend)
    said = gap_sentence(gap).replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    assert ("-1,2 kg" if language == "fr" else "-1.2 kg") in said


@pytest.mark.parametrize("fact_kind", FactKind)
def test_each_fact_is_named(language: str, fact_kind: FactKind) -> None:
    gap = Gap(GapKind.FACT_MISSING_THERE, "f-1", "1042", NOON, till_seq=7, fact_kind=fact_kind.value)
    assert "1042" in gap_sentence(gap)


def test_a_fact_without_a_title_is_named_by_its_number() -> None:
    gap = Gap(GapKind.FACT_LOST_HERE, "f-1", "", NOON, till_seq=7, fact_kind="order_ready")
    assert "(7)" in gap_sentence(gap)


def test_the_whole_run_in_a_sentence() -> None:
    gap = Gap(GapKind.FACT_LOST_HERE, "f-1", "A-000001", fact_kind="sale_recorded")
    waits = Gap(GapKind.FACT_WAITING, "f-2", "A-000002", fact_kind="sale_recorded")
    assert run_summary(a_run()) == "La caisse et la place de marché sont d’accord."
    assert (
        run_summary(a_run(waits))
        == "La caisse et la place de marché sont d’accord, à 1 événement près, qui s’explique."
    )
    assert run_summary(a_run(gap, waits)) == "1 écart avec la place de marché."
    assert run_summary(a_run(gap, gap)) == "2 écarts avec la place de marché."
