"""The merchant's details are changed or refused, the attestation is made out or refused; on both stores."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Template

import pytest

from app.domain.attestation import new_attestation_needed
from app.domain.fiscal import FISCAL_VERSION, EventCode, Series
from app.domain.merchant import Merchant, MerchantProblem, PrepaidOrders, VatRegime, trading_day
from app.domain.money import Money
from app.domain.rules_fr import franchise_mention
from app.domain.sale import Basket, Payment, PaymentMeans, SaleDocument, line_for_product
from app.usecases.change_merchant import change_merchant
from app.usecases.make_attestation import (
    AttestationRefusal,
    AttestationTexts,
    MadeAttestation,
    make_attestation,
)
from app.usecases.ports import StoreUnavailable, Touched
from app.usecases.sell_at_counter import SaleDone, SaleRequest, sell_at_counter
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock

SIRET = "73282932000074"
FULL = Merchant(
    legal_name="Lefèvre & fils <primeurs>",
    legal_form="SARL",
    siret=SIRET,
    vat_number="FR44732829320",
    rcs="RCS Valenciennes",
    regimes=((date(2025, 1, 1), VatRegime.FRANCHISE), (date(2026, 3, 1), VatRegime.NORMAL)),
    cutoff_hour=5,
    fiscal_year_start_month=7,
    prepaid_orders=PrepaidOrders.TILL,
    meal_voucher_sundays=True,
    address_lines=("3 rue du Marché", "59300 Valenciennes"),
)
RESOURCES = Path(__file__).parents[3] / "resources" / "attestation"
TEXTS = AttestationTexts(
    page=(RESOURCES / "attestation_fr.html").read_text(encoding="utf-8"),
    prepaid_at_till="vente enregistrée ici",
    prepaid_elsewhere="vente enregistrée ailleurs",
)


def events(shop: Shop, code: EventCode) -> list[dict[str, object]]:
    """What the journal says of these events, oldest first."""
    with shop.store.unit_of_work() as uow:
        head = uow.ledger.head("A", Series.EVENTS)
        rows = list(uow.ledger.rows("A", Series.EVENTS, 1, head.number)) if head.number else []
    return [json.loads(row.canonical) for row in rows if row.kind == code]


def test_details_are_kept_and_the_journal_names_what_changed(shop: Shop) -> None:
    assert shop.queries.merchant() == Merchant()
    assert change_merchant(shop.counter, FULL, "Léa") == ()
    assert shop.queries.merchant() == FULL
    with shop.store.unit_of_work() as uow:
        assert uow.merchant() == FULL
    assert shop.heard[-1] == Touched(merchant=True)
    assert change_merchant(shop.counter, replace(FULL, cutoff_hour=6), "Léa") == ()
    noted = events(shop, EventCode.MERCHANT_CHANGED)
    assert "cutoff_hour" in json.dumps(noted[-1])
    assert "siret" not in json.dumps(noted[-1])
    assert SIRET not in json.dumps(noted)


def test_the_same_details_again_are_no_event(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    assert change_merchant(shop.counter, FULL, "Léa") == ()
    assert len(events(shop, EventCode.MERCHANT_CHANGED)) == 1


def test_wrong_details_change_nothing(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    wrong = replace(FULL, siret="73282932000075", cutoff_hour=20)
    expected = (MerchantProblem.SIRET_CHECK_DIGIT, MerchantProblem.CUTOFF_HOUR)
    assert change_merchant(shop.counter, wrong, "Léa") == expected
    assert shop.queries.merchant() == FULL
    assert len(events(shop, EventCode.MERCHANT_CHANGED)) == 1


def test_an_approved_change_names_the_manager(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa", approved_by="Claire")
    assert "Claire" in json.dumps(events(shop, EventCode.APPROVAL))


def test_a_full_disk_changes_nothing() -> None:
    store = MemoryStore()
    shop = Shop(store, HandSetClock())
    store.fail_commit_with = StoreUnavailable("disk_full")
    with pytest.raises(StoreUnavailable):
        change_merchant(shop.counter, FULL, "Léa")
    assert shop.queries.merchant() == Merchant()


def test_example_franchise(shop: Shop) -> None:
    """From franchise to VAT on 1 March: tickets before have the mention and no VAT, after it the rates apply."""
    franchise = Merchant().with_regime(date(2026, 1, 1), VatRegime.FRANCHISE)
    change_merchant(shop.counter, franchise.with_regime(date(2027, 3, 1), VatRegime.NORMAL), "Léa")
    before = sold_coffee(shop)
    while trading_day(shop.clock.now(), 60, 4) < date(2027, 2, 28):
        shop.clock.go_on(days=1)
    last = sold_coffee(shop)
    shop.clock.go_on(days=1)
    after = sold_coffee(shop)
    for sale in (before, last):
        assert sale.vat_regime is VatRegime.FRANCHISE
        assert [(part.rate_bp, part.net.minor, part.vat.minor) for part in sale.vat] == [(0, 499, 0)]
    assert after.vat_regime is VatRegime.NORMAL
    assert [(part.rate_bp, part.net.minor, part.vat.minor) for part in after.vat] == [(550, 473, 26)]
    assert shop.queries.sale(last.sale_id) == last
    assert last.trading_day == date(2027, 2, 28)
    assert franchise_mention(last.trading_day) == "TVA non applicable, art. 293 B du CGI"


def sold_coffee(shop: Shop) -> SaleDocument:
    basket = Basket((line_for_product(f"line-{shop.counter.ids.new()}", COFFEE, 1),))
    done = sell_at_counter(
        shop.counter, SaleRequest(basket, (Payment(PaymentMeans.CARD, Money(499), Money(499)),), "Léa")
    )
    assert isinstance(done, SaleDone), done
    return done.sale


# --- attestation ---


def attested(shop: Shop, fiscal_version: str = FISCAL_VERSION) -> MadeAttestation:
    made = make_attestation(shop.counter, TEXTS, "Léa", fiscal_version)
    assert isinstance(made, MadeAttestation), made
    return made


def test_r18_the_attestation_names_merchant_product_and_versions(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    page = attested(shop).page
    for named in (
        "SARL Lefèvre &amp; fils &lt;primeurs&gt;",
        SIRET,
        "3 rue du Marché, 59300 Valenciennes",
        "RCS Valenciennes",
        "Comptoir",
        "0.1.0",
        FISCAL_VERSION,
        "21/11/2026",
        "Partie 1",
        "Partie 2",
        "Fonctions couvertes",
        "Fonctions exclues",
        "vente enregistrée ici",
        "SANS VALEUR",
    ):
        assert named in page, named
    assert "<primeurs>" not in page


def test_r18_it_is_noted_and_kept(shop: Shop) -> None:
    change_merchant(shop.counter, replace(FULL, prepaid_orders=PrepaidOrders.MARKETPLACE), "Léa")
    made = attested(shop)
    assert "vente enregistrée ailleurs" in made.page
    assert shop.queries.last_attestation() == made.attestation
    (noted,) = events(shop, EventCode.ATTESTATION_MADE)
    assert SIRET in json.dumps(noted)


@pytest.mark.parametrize(
    ("merchant", "refusal"),
    [
        (Merchant(), AttestationRefusal.NO_NAME),
        (replace(FULL, legal_name=" "), AttestationRefusal.NO_NAME),
        (replace(FULL, siret="", vat_number=""), AttestationRefusal.NO_SIRET),
    ],
)
def test_r18_none_without_name_or_siret(shop: Shop, merchant: Merchant, refusal: AttestationRefusal) -> None:
    change_merchant(shop.counter, merchant, "Léa")
    assert make_attestation(shop.counter, TEXTS, "Léa") is refusal
    assert shop.queries.last_attestation() is None
    assert events(shop, EventCode.ATTESTATION_MADE) == []


@pytest.mark.parametrize(("software", "fiscal"), [("Comptoir", "1.0"), ("", "1.0"), ("Comptoir 1.2", "")])
def test_r18_none_without_a_version(shop: Shop, software: str, fiscal: str) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    counter = replace(shop.counter, software=software)
    assert make_attestation(counter, TEXTS, "Léa", fiscal) is AttestationRefusal.NO_VERSION
    assert shop.queries.last_attestation() is None


def test_example_upgrade_asks_for_a_new_attestation_only_after_the_major(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    assert new_attestation_needed(FULL, shop.queries.last_attestation(), "1.0")
    attested(shop, "1.0")
    last = shop.queries.last_attestation()
    assert not new_attestation_needed(FULL, last, "1.0")
    assert not new_attestation_needed(FULL, last, "1.7")
    assert new_attestation_needed(FULL, last, "2.0")
    assert new_attestation_needed(FULL, last, "10.0")
    assert new_attestation_needed(replace(FULL, siret="35600000000048"), last, "1.0")


def test_example_upgrade_counters_go_on_and_the_new_version_is_sealed(shop: Shop) -> None:
    change_merchant(shop.counter, FULL, "Léa")
    with shop.store.unit_of_work() as uow:
        before = uow.ledger.head("A", Series.EVENTS).number
    newer = replace(shop.counter, software="Comptoir 0.2.0")
    change_merchant(newer, replace(FULL, cutoff_hour=6), "Léa")
    first, second = events(shop, EventCode.MERCHANT_CHANGED)
    assert (first["software"], second["software"]) == ("Comptoir 0.1.0", "Comptoir 0.2.0")
    assert second["number"] == before + 1


def test_the_page_has_no_placeholder_nobody_fills() -> None:
    known = {"merchant", "siret", "address", "register", "product", "version", "fiscal_version", "major"}
    assert set(Template(TEXTS.page).get_identifiers()) == known | {"day", "prepaid"}
