"""Owns the words of Z, X and the count of the drawer, in French and English."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.closure import ClosureKind
from app.domain.sale import DocumentKind
from app.printing.words import Words, words_for


@dataclass(frozen=True, slots=True)
class ClosingWords:
    """The words of one language."""

    titles: dict[ClosureKind, str]
    x_title: str
    x_mention: str
    count_title: str
    documents: dict[DocumentKind, str]
    number: str
    period: str
    opened: str
    closed: str
    made: str
    tickets: str
    none: str
    sales: str
    refunds: str
    turnover: str
    total: str
    franchise: str
    float_amount: str
    cash_sales: str
    ins: str
    outs: str
    expected: str
    counted: str
    difference: str
    banked: str
    left: str
    note: str
    coin: str
    loose: str
    discounts: str
    duplicates: str
    gift_receipts: str
    drawer_openings: str
    approvals: str
    price_overrides: str
    abandoned_baskets: str
    training: str
    parked: str
    year_to_date: str
    perpetual: str
    perpetual_absolute: str
    sales_heading: str
    vat_heading: str
    payments_heading: str
    cash_heading: str
    activity_heading: str
    running_totals: str
    of_which_discounts: str
    not_counted: str
    parts: str
    since: str
    open_day: str
    chain_head: str
    signed: str


FRENCH = ClosingWords(
    titles={
        ClosureKind.DAY: "CLÔTURE JOURNALIÈRE Z",
        ClosureKind.MONTH: "CLÔTURE MENSUELLE Z",
        ClosureKind.YEAR: "CLÔTURE ANNUELLE Z",
    },
    x_title="LECTURE X",
    x_mention="Lecture en cours, sans clôture",
    count_title="COMPTAGE DE CAISSE",
    documents={
        DocumentKind.SALE: "Ventes (tickets)",
        DocumentKind.RETURN: "Retours (tickets)",
        DocumentKind.CANCELLATION: "Annulations",
        DocumentKind.PAYMENT_CHANGE: "Changements de règlement",
    },
    number="Clôture n°",
    period="Période",
    opened="Ouverture",
    closed="Clôture",
    made="Édité le",
    tickets="Tickets",
    none="aucun",
    sales="Total ventes TTC",
    refunds="Total remboursements",
    turnover="Chiffre d'affaires TTC",
    total="Total encaissé",
    franchise="Franchise en base, sans TVA",
    float_amount="Fond de caisse",
    cash_sales="Espèces des ventes",
    ins="Apports",
    outs="Retraits",
    expected="Espèces attendues",
    counted="Espèces comptées",
    difference="Écart",
    banked="Prélevé à la clôture",
    left="Laissé en caisse",
    note="billet",
    coin="pièce",
    loose="Sans détail",
    discounts="Tickets avec remise",
    duplicates="Duplicatas",
    gift_receipts="Tickets cadeau",
    drawer_openings="Ouvertures du tiroir",
    approvals="Autorisations",
    price_overrides="Prix modifiés",
    abandoned_baskets="Paniers abandonnés",
    training="Documents d'école",
    parked="Paniers en attente",
    year_to_date="Cumul depuis le {day}",
    perpetual="Total perpétuel",
    perpetual_absolute="Total perpétuel absolu",
    sales_heading="Ventes",
    vat_heading="TVA, somme des tickets",
    payments_heading="Encaissements",
    cash_heading="Caisse espèces",
    activity_heading="Activité",
    running_totals="Cumuls",
    of_which_discounts="Remises déjà déduites",
    not_counted="non compté",
    parts="Clôtures réunies",
    since="Depuis la clôture du",
    open_day="Journée ouverte",
    chain_head="Fin du registre à la clôture",
    signed="Visa :",
)

ENGLISH = ClosingWords(
    titles={
        ClosureKind.DAY: "DAY CLOSURE Z",
        ClosureKind.MONTH: "MONTH CLOSURE Z",
        ClosureKind.YEAR: "YEAR CLOSURE Z",
    },
    x_title="X READING",
    x_mention="Under way, nothing is closed",
    count_title="CASH COUNT",
    documents={
        DocumentKind.SALE: "Sales (tickets)",
        DocumentKind.RETURN: "Returns (tickets)",
        DocumentKind.CANCELLATION: "Cancellations",
        DocumentKind.PAYMENT_CHANGE: "Payment changes",
    },
    number="Closure no.",
    period="Period",
    opened="Opened",
    closed="Closed",
    made="Made",
    tickets="Tickets",
    none="none",
    sales="Sales incl. VAT",
    refunds="Refunds",
    turnover="Turnover incl. VAT",
    total="Total taken",
    franchise="Without VAT (franchise)",
    float_amount="Float",
    cash_sales="Cash of sales",
    ins="Cash in",
    outs="Cash out",
    expected="Cash expected",
    counted="Cash counted",
    difference="Difference",
    banked="Taken out at closing",
    left="Left in the drawer",
    note="note",
    coin="coin",
    loose="Not detailed",
    discounts="Tickets with a discount",
    duplicates="Duplicates",
    gift_receipts="Gift receipts",
    drawer_openings="Drawer openings",
    approvals="Approvals",
    price_overrides="Prices changed",
    abandoned_baskets="Baskets abandoned",
    training="Training documents",
    parked="Baskets put aside",
    year_to_date="Turnover since {day}",
    perpetual="Perpetual total",
    perpetual_absolute="Perpetual total, absolute",
    sales_heading="Sales",
    vat_heading="VAT, sum of the tickets",
    payments_heading="Taken",
    cash_heading="Cash",
    activity_heading="Activity",
    running_totals="Running totals",
    of_which_discounts="Discounts already taken off",
    not_counted="not counted",
    parts="Closures joined",
    since="Since the closure of",
    open_day="Open day",
    chain_head="End of the ledger at closing",
    signed="Initials:",
)


def closing_words_for(words: Words) -> ClosingWords:
    """The words in the language of the others."""
    return ENGLISH if words is words_for("en") else FRENCH
