"""Owns the words of fiscal papers, in French and English. What the law wants in French is French in both.

Beside `words.py`, which has what every paper says; texts that change by law with their dates are in `rules_fr`.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.catalogue import LineNature
from app.domain.sale import DocumentKind

TRAINING_MARK = "FACTICE"
TRAINING_MENTION = "Mode école, document sans valeur"
"""R12. French in every language: an inspector must not mistake the paper."""


@dataclass(frozen=True, slots=True)
class FiscalWords:
    """The words of one language. Templates take their values by name."""

    registered_address: str
    titles: dict[DocumentKind, str]
    exchange: str
    corrects: dict[DocumentKind, str]
    comes_back_from: str
    natures: dict[LineNature, str]
    outside_sales: str
    sales_only: str
    subtotal: str
    ticket_discount: str
    articles: tuple[str, str]
    vat_total: str
    payment_taken_back: str
    payment_now: str
    amounts_unchanged: str
    fiscal_version: str
    signature: str
    gift_receipt: str
    gift_use: str
    gift_not_fiscal: str
    service_note: str
    note_for_customer: str
    note_for_shop: str
    customer_name: str
    weigh_slip: str
    net_weight: str
    quantity: str
    unit_price: str
    price: str
    notice: str
    verification: str
    checked: str
    nothing_wrong: str
    findings: tuple[str, str]
    remarks: str
    chain: str
    last_number: str
    rows: str
    signature_column: str
    screen_copy: str
    articles_on_paper: str


FRENCH = FiscalWords(
    registered_address="Siège : {address}",
    titles={
        DocumentKind.SALE: "",
        DocumentKind.RETURN: "RETOUR",
        DocumentKind.CANCELLATION: "ANNULATION",
        DocumentKind.PAYMENT_CHANGE: "CHANGEMENT DE RÈGLEMENT",
    },
    exchange="ÉCHANGE",
    corrects={
        DocumentKind.SALE: "Ticket d'origine {number}",
        DocumentKind.RETURN: "Ticket d'origine {number}",
        DocumentKind.CANCELLATION: "Annule le ticket {number}",
        DocumentKind.PAYMENT_CHANGE: "Règlement du ticket {number}",
    },
    comes_back_from="rendu, ticket {number}",
    natures={
        LineNature.CONTAINER: "Consigne",
        LineNature.DEPOSIT: "Acompte",
        LineNature.VOUCHER: "Bon d'achat",
        LineNature.SETTLEMENT: "Règlement de compte client",
    },
    outside_sales="Hors ventes, sans TVA",
    sales_only="Ventes",
    subtotal="Sous-total",
    ticket_discount="Remise sur le ticket",
    articles=("{count} article", "{count} articles"),
    vat_total="Total",
    payment_taken_back="Annulé : {means}",
    payment_now="Réglé : {means}",
    amounts_unchanged="Les ventes et la TVA du ticket ne changent pas.",
    fiscal_version="noyau fiscal {version}",
    signature="Signature {extract}",
    gift_receipt="TICKET CADEAU",
    gift_use="Pour un échange, présentez ce ticket.",
    gift_not_fiscal="Ce ticket cadeau n'est pas un ticket de caisse.",
    service_note="NOTE",
    note_for_customer="Exemplaire du client",
    note_for_shop="Double à conserver deux ans",
    customer_name="Nom du client :",
    weigh_slip="BON DE PESÉE",
    net_weight="Poids net",
    quantity="Quantité",
    unit_price="Prix unitaire",
    price="Total",
    notice="INFORMATION",
    verification="VÉRIFICATION",
    checked="Vérifié le {moment}",
    nothing_wrong="Aucune anomalie.",
    findings=("{count} ANOMALIE", "{count} ANOMALIES"),
    remarks="À savoir",
    chain="Série",
    last_number="Dernier",
    rows="Lignes",
    signature_column="Sign.",
    screen_copy="COPIE du ticket",
    articles_on_paper="Articles : sur le ticket en papier",
)

ENGLISH = FiscalWords(
    registered_address="Registered office: {address}",
    titles={
        DocumentKind.SALE: "",
        DocumentKind.RETURN: "RETURN",
        DocumentKind.CANCELLATION: "CANCELLATION",
        DocumentKind.PAYMENT_CHANGE: "CHANGE OF PAYMENT",
    },
    exchange="EXCHANGE",
    corrects={
        DocumentKind.SALE: "Original receipt {number}",
        DocumentKind.RETURN: "Original receipt {number}",
        DocumentKind.CANCELLATION: "Cancels receipt {number}",
        DocumentKind.PAYMENT_CHANGE: "Payment of receipt {number}",
    },
    comes_back_from="returned, receipt {number}",
    natures={
        LineNature.CONTAINER: "Container deposit",
        LineNature.DEPOSIT: "Advance payment",
        LineNature.VOUCHER: "Voucher",
        LineNature.SETTLEMENT: "Customer account settled",
    },
    outside_sales="Not sales, without VAT",
    sales_only="Sales",
    subtotal="Subtotal",
    ticket_discount="Discount on the receipt",
    articles=("{count} item", "{count} items"),
    vat_total="Total",
    payment_taken_back="Taken back: {means}",
    payment_now="Paid: {means}",
    amounts_unchanged="Sales and VAT of the receipt do not change.",
    fiscal_version="fiscal core {version}",
    signature="Signature {extract}",
    gift_receipt="GIFT RECEIPT",
    gift_use="To exchange, show this receipt.",
    gift_not_fiscal="This gift receipt is not a sales receipt.",
    service_note="NOTE",
    note_for_customer="Customer's copy",
    note_for_shop="Shop's copy, to be kept two years",
    customer_name="Customer's name:",
    weigh_slip="WEIGHING SLIP",
    net_weight="Net weight",
    quantity="Quantity",
    unit_price="Unit price",
    price="Total",
    notice="INFORMATION",
    verification="CHECK",
    checked="Checked on {moment}",
    nothing_wrong="Nothing wrong was found.",
    findings=("{count} FINDING", "{count} FINDINGS"),
    remarks="To know",
    chain="Series",
    last_number="Last",
    rows="Rows",
    signature_column="Sign.",
    screen_copy="COPY of the receipt",
    articles_on_paper="Items: on the paper receipt",
)


def fiscal_words_for(language: str) -> FiscalWords:
    """French unless English is asked for."""
    return ENGLISH if language == "en" else FRENCH
