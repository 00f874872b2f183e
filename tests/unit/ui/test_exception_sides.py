"""How both sides of a disagreement are shown, whatever came over the wire."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.disagreements import DisagreementKind, LineChange, LineChangeKind
from app.i18n import set_language
from app.ui.exception_sides import SideLine, settled_words, side_lines
from app.ui.exception_words import change_words, exception_explanation
from app.ui.outbox.words import item_explanation, item_title
from app.usecases.exception_queries import ExceptionRow
from app.usecases.queries import QuarantineRow
from tests.fakes.surroundings import NOON

ROW = ExceptionRow("e-1", "conflict", NOON, "", "", None)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "ours",
    "theirs",
    "physical",
    "promised",
    "missing",
    "unit",
    "label",
    "number",
    "total_minor",
    "total_minor_before",
    "letter",
    "till",
    "known",
    "drawn",
    "handed_over_at",
    "handed_over_by",
    "cancelled_at",
    "lines",
]


def lines_of(kind: str, **view: object) -> list[SideLine]:
    set_language("fr")
    plain_spaces = str.maketrans("\u00a0\u202f", "  ")
    return [
        SideLine(*(part.translate(plain_spaces) for part in (line.name, line.here, line.there)))
        for line in side_lines(replace(ROW, kind=kind, view=view))
    ]


def test_both_articles_are_shown_where_they_differ():
    ours = {"price_minor": 590, "name": "Café", "vat_rate_bp": 550, "shelf": "A1"}
    theirs = {"price_minor": 650, "name": "Café", "vat_rate_bp": 2000, "shelf": "A1"}
    assert lines_of("price_changed", ours=ours, theirs=theirs) == [
        SideLine("Prix", "5,90 €", "6,50 €"),
        SideLine("TVA", "5,5 %", "20 %"),
    ]


def test_who_handed_it_over_first_and_what():
    lines = [{"label": "Café", "quantity": 2, "unit": "piece"}, {"label": "Tomates", "quantity": 850, "unit": "g"}, 7]
    shown = lines_of(
        "handed_over_twice", handed_over_at="2026-11-21T10:42:00.000000Z", handed_over_by="Caisse B", lines=lines
    )
    assert [line.name for line in shown] == ["Première remise", "Articles concernés"]
    assert shown[0].here.endswith(", par Caisse B")
    assert shown[1].here.splitlines()[0] == "Café, 2"


def test_a_quantity_of_which_nobody_knows_the_unit_is_not_shown():
    lines = [{"label": "Café", "quantity": 850}, {"label": "Thé", "quantity": 2, "unit": "barrel"}]
    assert lines_of("handed_over_twice", lines=lines) == [SideLine("Articles concernés", "Café\nThé")]
    assert lines_of("oversold", physical=850, promised=900, missing=50) == []
    oversold = replace(ROW, kind="oversold", view={"physical": 850, "promised": 900, "unit": "barrel"})
    assert "850" not in exception_explanation(oversold)
    assert change_words(LineChange(LineChangeKind.ADDED, 1, "p", "Café", "", 0, 850)) == "ajouté : Café"


def test_a_record_that_cannot_be_read_is_named_in_words():
    set_language("fr")
    for kind in ("order", "product", "stock_movement", "disagreement", "pickup_key", "something_newer"):
        row = QuarantineRow(kind, "r-1", "no lines", NOON)
        assert kind not in item_title(row)
        assert item_explanation(row).startswith("La commande n’a aucune ligne.")


def test_nothing_is_said_twice_of_a_second_handover():
    set_language("fr")
    text = item_explanation(replace(ROW, kind="handed_over_twice", proposed_answer="count_stock"))
    assert text.count("Les deux remises sont gardées") == 1


def test_what_is_not_there_has_no_line():
    assert lines_of("handed_over_twice") == []
    assert lines_of("something_newer", number="1042") == []


def test_a_moment_that_no_calendar_knows_is_left_out():
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T10:42:00", "soon", 7, None):
        lines = side_lines(replace(ROW, kind="handed_over_after_cancel", view={"cancelled_at": moment}))
        assert all(line.here for line in lines)
        assert not lines or str(moment).startswith(("0001", "9999"))


@given(st.sampled_from([*DisagreementKind, "something_newer"]), st.dictionaries(st.sampled_from(KEYS), plain))
def test_nothing_from_the_wire_breaks_the_card(kind, view):
    for line in side_lines(replace(ROW, kind=str(kind), view=view)):
        assert line.name
        assert line.here or line.there


def test_who_settled_it_is_said():
    set_language("fr")
    settled = replace(ROW, settled_at=NOON, settled_by="Léa", settled_note="compté")
    assert settled_words(ROW, "C’est vu") == ""
    said = settled_words(settled, "C’est vu").replace("\u00a0", " ")
    assert said.startswith("Réglé par Léa, sam. 21 nov.")
    assert said.endswith(" : C’est vu. compté")
