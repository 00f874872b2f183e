"""The merchant's sheet of the settings with real keys: saved, refused at its field, attested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.domain.merchant import Merchant, PrepaidOrders, VatRegime
from app.domain.operators import Role
from app.ui.screen import PlaceName
from app.ui.settings.merchant import day_typed
from app.ui.settings.presenter import Section
from app.usecases.manage_operators import Team
from app.usecases.ports import StoreUnavailable
from tests.fakes.pins import PlainPinHasher
from tests.ui.till import Till, open_till

SIRET = "73282932000074"


@pytest.fixture
def till(qtbot, look, tmp_path: Path) -> Iterator[Till]:
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        opened.papers = tmp_path / "papers"
        opened.window.go_to(PlaceName.SETTINGS)
        opened.set_up.presenter.choose_section(Section.MERCHANT)
        yield opened


def type_into(till: Till, name: str, text: str) -> None:
    field = till.window.findChild(QLineEdit, f"merchant-{name}")
    assert field is not None
    field.setFocus()
    field.selectAll()
    till.press(Qt.Key.Key_Delete, text)


def kept(till: Till) -> Merchant:
    return till.store.queries.merchant()


def test_the_marketplace_proposes_and_a_person_saves(till: Till) -> None:
    sheet = till.set_up.merchant
    assert sheet.legal_name.text == "Épicerie Lefèvre"
    assert kept(till) == Merchant()
    type_into(till, "siret", "732 829 320 00074")
    type_into(till, "vat_number", "fr44 732 829 320")
    type_into(till, "cutoff_hour", "5")
    sheet.prepaid.choose("till")
    till.enter()  # in the field: no mouse is needed
    saved = kept(till)
    assert (saved.legal_name, saved.siret, saved.vat_number) == ("Épicerie Lefèvre", SIRET, "FR44732829320")
    assert (saved.cutoff_hour, saved.prepaid_orders) == (5, PrepaidOrders.TILL)
    assert saved.address_lines == ("3 rue du Marché", "59300 Valenciennes")
    assert till.text("merchant-said") == "Enregistré."


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(till: Till) -> None:
    sheet = till.set_up.merchant
    type_into(till, "siret", "73282932000075")
    type_into(till, "vat_number", "")
    type_into(till, "cutoff_hour", "25")
    till.click("merchant-save")
    assert kept(till) == Merchant()
    assert "SIRET" in sheet.siret.edit.accessibleDescription()
    assert "12" in sheet.cutoff_hour.edit.accessibleDescription()
    assert sheet.siret.edit.hasFocus() or till.window.focusWidget() is sheet.siret.edit
    assert not sheet.siret.visibleRegion().isEmpty()  # scrolled to
    assert "Non enregistré" in till.text("merchant-said")
    assert sheet.legal_name.text == "Épicerie Lefèvre"  # what was typed stays


def test_the_regime_changes_from_a_day_on(till: Till) -> None:
    sheet = till.set_up.merchant
    type_into(till, "siret", SIRET)
    type_into(till, "vat_number", "")
    sheet.regime.choose("franchise")
    type_into(till, "regime_since", "31/02/2026")
    till.click("merchant-save")
    assert kept(till) == Merchant()
    assert "01/03/2026" in sheet.since.edit.accessibleDescription()
    type_into(till, "regime_since", "1/1/2026")
    till.click("merchant-save")
    assert kept(till).regimes == ((date(2026, 1, 1), VatRegime.FRANCHISE),)
    sheet.regime.choose("normal")
    till.click("merchant-save")  # without a day: from today on
    assert kept(till).regimes[-1] == (date(2026, 11, 21), VatRegime.NORMAL)


def test_r18_the_attestation_is_refused_without_siret_then_written(till: Till) -> None:
    till.click("merchant-attest")
    assert "dénomination" in till.text("merchant-said")
    assert not till.papers.exists()
    type_into(till, "siret", SIRET)
    type_into(till, "vat_number", "")
    till.click("merchant-save")
    assert "Aucune attestation" in till.text("merchant-attestation")
    till.click("merchant-attest")
    (page,) = till.papers.iterdir()
    assert SIRET in page.read_text(encoding="utf-8")
    assert "Établie le 21/11/2026" in till.text("merchant-attestation")
    till.click("merchant-open")
    assert till.opened_pages == [page]


def test_a_full_disk_is_said(till: Till) -> None:
    type_into(till, "siret", "")
    type_into(till, "vat_number", "")
    till.store.fail_commit_with = StoreUnavailable("disk_full")
    till.click("merchant-save")
    assert "disque" in till.text("merchant-said")
    assert kept(till) == Merchant()


def test_a_cashier_needs_a_manager(till: Till) -> None:
    team = Team(till.counter, till.store.queries, PlainPinHasher())
    team.add("Claire", Role.MANAGER, "2580", "")
    team.add("Sami", Role.CASHIER, "7391", "Claire")
    people = till.store.queries.operators()
    till.on_duty.use_team(people)
    till.on_duty.sign_in(next(person for person in people if person.name == "Sami"))
    till.click("merchant-save")
    assert kept(till) == Merchant()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1/3/2026", date(2026, 3, 1)),
        ("01.03.2026", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("29/02/2026", None),
        ("2026", None),
        ("1/3/26", None),
        ("", None),
    ],
)
def test_days_as_people_type_them(typed: str, day: date | None) -> None:
    assert day_typed(typed) == day
