"""Owns the neutral tables of archives and exports: which rows of the ledger fill which columns, and what each is called
in French. Never reads a ledger, never writes a file.

Everything comes out of the sealed bytes (`canonical.py`): whoever has a table and the ledger can fill it again and
compare. `schema_of` says so in a form that the stand-alone verifier follows: what a column is called and where it comes
from stands in the archive itself, not in a program.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.fiscal import EventCode, LedgerRow, Series

SCHEMA_VERSION = 1
LEDGER_FILE = "registre.csv"
KEYS_FILE = "cles.csv"

SERIES_ORDER = (
    Series.CLOSURES,
    Series.ARCHIVES,
    Series.EVENTS,
    Series.SALES,
    Series.TRAINING,
    Series.INVOICES,
)
"""The order of chains in the ledger's file: what speaks of documents comes before them, so that one reading checks
both."""


class ColumnKind(StrEnum):
    """How a value is written. AMOUNT: cents as euros with a decimal comma; PERCENT: basis points as percent; JSON: as
    it stands in the sealed bytes."""

    TEXT = "text"
    INTEGER = "integer"
    AMOUNT = "amount"
    PERCENT = "percent"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        source: a path into the sealed content (`total`, `details.copy`), into the item of a list (`item.label`), or
            what stands beside the content: `@canonical`, `@hash`, `@signature`, `@key_id`.
        french: what it holds, for the notice.
    """

    name: str
    source: str
    kind: ColumnKind
    french: str


@dataclass(frozen=True, slots=True)
class ArchiveTable:
    """A table filled from rows of the ledger.

    Attributes:
        file: name in the archive.
        series: whose rows fill it; all if empty.
        kinds: of those, the kinds of rows; all if empty.
        each: the list in the content that gives a row of the table for each of its items, "" for one row.
    """

    file: str
    french: str
    columns: tuple[Column, ...]
    series: tuple[Series, ...] = ()
    kinds: tuple[str, ...] = ()
    each: str = ""

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def takes(self, row: LedgerRow) -> bool:
        """Whether rows of the table come out of this row of the ledger."""
        return (not self.series or row.series in self.series) and (not self.kinds or row.kind in self.kinds)


def cells_of(table: ArchiveTable, row: LedgerRow, content: Mapping[str, Any]) -> Iterator[list[str]]:
    """The table's rows that come out of one row of the ledger; none if the table does not take it."""
    if not table.takes(row):
        return
    items: Sequence[Any] = content.get(table.each, ()) if table.each else ((),)
    beside = {
        "@canonical": row.canonical.decode("utf-8"),
        "@hash": row.hash.hex(),
        "@signature": row.signature.hex(),
        "@key_id": row.key_id,
    }
    for item in items:
        yield [_cell(column, {**content, **beside, "item": item}) for column in table.columns]


def _cell(column: Column, content: Mapping[str, Any]) -> str:
    value: Any = content
    for step in column.source.split("."):
        value = value.get(step, "") if isinstance(value, Mapping) else ""
    return cell_text(value, column.kind)


def cell_text(value: Any, kind: ColumnKind) -> str:
    """A sealed value as it stands in a table; "" stays empty."""
    if value == "" and kind is not ColumnKind.JSON:
        return ""
    if kind is ColumnKind.AMOUNT:
        return amount_text(value)
    if kind is ColumnKind.PERCENT:
        return percent_text(value)
    if kind is ColumnKind.JSON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def amount_text(minor: int) -> str:
    """Cents as euros, the French way for tables: 1234,50."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02d}"


def percent_text(basis_points: int) -> str:
    """2000 as 20, 550 as 5,5."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)


def schema_of(tables: Sequence[ArchiveTable]) -> dict[str, Any]:
    """The tables as `schema.json` describes them, in the manner of Frictionless Data's table schemas."""
    return {
        "schema": "comptoir-archive",
        "version": SCHEMA_VERSION,
        "dialect": {"delimiter": ";", "quoteChar": '"', "lineTerminator": "\r\n", "decimalChar": ",", "header": True},
        "encoding": "utf-8",
        "tables": [
            {
                "file": table.file,
                "description": table.french,
                "series": [series.value for series in table.series],
                "kinds": [str(kind) for kind in table.kinds],
                "each": table.each,
                "columns": [
                    {
                        "name": column.name,
                        "type": column.kind.value,
                        "source": column.source,
                        "description": column.french,
                    }
                    for column in table.columns
                ],
            }
            for table in tables
        ],
    }


def _text(name: str, source: str, french: str) -> Column:
    return Column(name, source, ColumnKind.TEXT, french)


def _whole(name: str, source: str, french: str) -> Column:
    return Column(name, source, ColumnKind.INTEGER, french)


def _amount(name: str, source: str, french: str) -> Column:
    return Column(name, source, ColumnKind.AMOUNT, french)


def _percent(name: str, source: str, french: str) -> Column:
    return Column(name, source, ColumnKind.PERCENT, french)


def _json(name: str, source: str, french: str) -> Column:
    return Column(name, source, ColumnKind.JSON, french)


_WHERE = (
    _text("caisse", "till", "Lettre de la caisse"),
    _text("serie", "series", "Chaîne du registre : sales, training, events, closures, archives, invoices"),
    _whole("numero", "number", "Numéro dans la chaîne, sans trou"),
    _text("type", "kind", "Nature de la ligne dans sa chaîne"),
)
_WHEN = (
    _text("date_heure", "at", "Date et heure locales avec décalage UTC (ISO 8601)"),
    _text("jour", "day", "Journée d'exploitation (heure de bascule du commerce)"),
)
_PROOF = (
    _text("empreinte", "@hash", "SHA-256 de la ligne, chaînée à la précédente (hexadécimal)"),
    _text("signature", "@signature", "Signature ECDSA P-256 de l'empreinte, r puis s (hexadécimal)"),
    _text("cle", "@key_id", "Identifiant de la clé publique (voir cles.csv)"),
)
_OF_DOCUMENTS = (Series.SALES, Series.TRAINING)

LEDGER_TABLE = ArchiveTable(
    LEDGER_FILE,
    "Le registre : chaque ligne de chaque chaîne, avec le texte exact qui a été signé. Lui seul fait preuve ; les "
    "autres tableaux en sont tirés",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique de l'enregistrement"),
        *_WHEN,
        _text(
            "contenu",
            "@canonical",
            "Texte exact signé (JSON, UTF-8) ; montants en centimes, quantités en unités de base",
        ),
        *_PROOF,
    ),
)

DOCUMENTS = ArchiveTable(
    "documents.csv",
    "Un document de vente par ligne : ventes, retours, annulations, changements de moyen de paiement ; la chaîne "
    "training (école) y figure aussi, hors de tout total",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique du document"),
        *_WHEN,
        _text("vendeur", "operator", "Personne à la caisse"),
        _text("regime_tva", "regime", "normal, ou franchise (art. 293 B du CGI)"),
        _text("corrige", "corrects", "Identifiant du document corrigé, vide sinon"),
        _text("commande", "order", "Identifiant de la commande en ligne retirée, vide sinon"),
        _text("motif_remise", "discount_reason", "Motif de la remise sur le ticket"),
        _amount("total_ttc", "total", "Total toutes taxes comprises (euros)"),
        _amount("chiffre_affaires", "turnover", "Dont chiffre d'affaires TTC"),
        _amount("hors_chiffre_affaires", "outside", "Dont hors chiffre d'affaires : consignes, acomptes, bons vendus"),
        _amount("perpetuel", "perpetual", "Grand total perpétuel après ce document : ventes moins retours"),
        _amount("perpetuel_absolu", "perpetual_absolute", "Grand total perpétuel absolu : ventes plus retours"),
        _text("logiciel", "software", "Logiciel et version"),
        _text("version_fiscale", "fiscal", "Version du noyau fiscal"),
        *_PROOF,
    ),
    series=_OF_DOCUMENTS,
)

LINES = ArchiveTable(
    "lignes.csv",
    "Les lignes des documents : libellé, quantité, prix et taux tels qu'au moment de la vente",
    (
        *_WHERE,
        _whole("ligne", "item.no", "Rang dans le document"),
        *_WHEN,
        _text("libelle", "item.label", "Libellé imprimé"),
        _whole("quantite", "item.quantity", "Quantité en unités de base : pièces, grammes, millilitres, minutes"),
        _text("unite", "item.unit", "Unité du prix : piece, kg, litre, hour"),
        _amount("prix_unitaire_ttc", "item.unit_price", "Prix unitaire TTC (euros)"),
        _amount("remise", "item.discount", "Remise totale, part de la remise du ticket comprise"),
        _amount("remise_ticket", "item.ticket_discount", "Part de la remise du ticket"),
        _text("motif_remise", "item.discount_reason", "Motif de la remise de la ligne"),
        _amount("total_ttc", "item.total", "Total TTC de la ligne"),
        _amount("total_ht", "item.net", "Total hors taxe de la ligne (part de la base du document)"),
        _percent("taux_tva", "item.rate", "Taux de TVA en pour cent"),
        _text(
            "nature",
            "item.nature",
            "goods, service ; hors chiffre d'affaires : container, deposit, voucher, settlement",
        ),
        _text("article", "item.product", "Identifiant de l'article, vide pour un prix libre"),
        _text("code", "item.code", "Code lu à la caisse"),
        _text("commande", "item.order", "Identifiant de la commande en ligne"),
        _text("document_corrige", "item.corrects", "Document dont cette ligne revient"),
        _whole("ligne_corrigee", "item.corrects_line", "Rang de la ligne qui revient, 0 sinon"),
    ),
    series=_OF_DOCUMENTS,
    each="lines",
)

VAT = ArchiveTable(
    "tva.csv",
    "La TVA de chaque document, par taux, calculée une seule fois par document",
    (
        *_WHERE,
        _percent("taux_tva", "item.rate", "Taux en pour cent"),
        _amount("base_ht", "item.net", "Base hors taxe"),
        _amount("tva", "item.vat", "TVA"),
        _amount("ttc", "item.gross", "Toutes taxes comprises : base + TVA"),
    ),
    series=_OF_DOCUMENTS,
    each="vat",
)

PAYMENTS = ArchiveTable(
    "paiements.csv",
    "Les règlements de chaque document",
    (
        *_WHERE,
        *_WHEN,
        _text("moyen", "item.means", "cash, card, cheque, meal_voucher, gift_voucher, online, account"),
        _amount("montant", "item.amount", "Montant réglé, négatif s'il est rendu au client"),
        _amount("remis", "item.tendered", "Montant remis par le client ; remis - montant = monnaie rendue"),
        _text("reference", "item.reference", "Référence du règlement, jamais un numéro de carte"),
    ),
    series=_OF_DOCUMENTS,
    each="payments",
)

EVENTS = ArchiveTable(
    "evenements.csv",
    "Le journal technique",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique"),
        *_WHEN,
        _text("vendeur", "operator", "Personne, vide pour le programme lui-même"),
        _json("details", "details", "Détails de l'événement (JSON)"),
        _text("logiciel", "software", "Logiciel et version"),
    ),
    series=(Series.EVENTS,),
)

COPIES = ArchiveTable(
    "duplicatas.csv",
    "Les réimpressions et les tickets cadeau ; chacune est aussi un événement",
    (
        *_WHERE,
        *_WHEN,
        _text("vendeur", "operator", "Personne"),
        _json("details", "details", "Document et rang de la copie"),
    ),
    series=(Series.EVENTS,),
    kinds=(EventCode.DUPLICATE, EventCode.GIFT_RECEIPT),
)

CASH = ArchiveTable(
    "caisse.csv",
    "Le tiroir : fond, apports, retraits, comptages, écarts, ouvertures ; chacun est aussi un événement",
    (*_WHERE, *_WHEN, _text("vendeur", "operator", "Personne"), _json("details", "details", "Montants et motif")),
    series=(Series.EVENTS,),
    kinds=(
        EventCode.CASH_OPENED,
        EventCode.CASH_IN,
        EventCode.CASH_OUT,
        EventCode.CASH_COUNTED,
        EventCode.CASH_DIFFERENCE,
        EventCode.CASH_COUNT_CORRECTED,
        EventCode.DRAWER_OPENED,
    ),
)

CLOSURES = ArchiveTable(
    "clotures.csv",
    "Les clôtures (Z) de jour, de mois et d'exercice",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique"),
        *_WHEN,
        _text("vendeur", "operator", "Personne"),
        _text("periode", "period", "Jour, mois ou exercice (année de son début)"),
        _whole("rang", "rank", "1, 2... pour plusieurs clôtures d'une même période"),
        _text("premier_jour", "first_day", "Premier jour couvert"),
        _text("dernier_jour", "last_day", "Dernier jour couvert"),
        _whole("premier_document", "first_number", "Premier numéro de la chaîne sales, 0 s'il n'y en a pas"),
        _whole("dernier_document", "last_number", "Dernier numéro de la chaîne sales"),
        _amount("ventes", "sales", "Ventes TTC"),
        _amount("retours", "refunds", "Retours TTC (positif)"),
        _amount("chiffre_affaires", "turnover", "Ventes moins retours, TTC"),
        _amount("total", "total", "Chiffre d'affaires et hors chiffre d'affaires"),
        _amount("cumul_exercice", "year_to_date", "Chiffre d'affaires depuis le début de l'exercice"),
        _amount("perpetuel", "perpetual", "Grand total perpétuel : ventes moins retours"),
        _amount("perpetuel_absolu", "perpetual_absolute", "Grand total perpétuel absolu : ventes plus retours"),
        _json("tva", "vat", "TVA par régime et par taux (JSON, centimes, points de base)"),
        _json("reglements", "means", "Règlements par moyen (JSON, centimes)"),
        _json("hors_chiffre_affaires", "outside", "Consignes, acomptes, bons (JSON, centimes)"),
        _json("documents", "documents", "Nombre de documents de chaque type (JSON)"),
        _json("caisse_especes", "cash", "Espèces : fond, ventes, apports, retraits, comptage, écart (JSON, centimes)"),
        _json("compteurs", "counts", "Duplicatas, ouvertures de tiroir, corrections... (JSON)"),
        _json("tetes", "heads", "Fin de chaque chaîne au moment de la clôture (JSON)"),
        *_PROOF,
    ),
    series=(Series.CLOSURES,),
)

ARCHIVES = ArchiveTable(
    "archives.csv",
    "Les archives déjà faites",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique"),
        *_WHEN,
        _text("vendeur", "operator", "Personne"),
        _text("premier_jour", "archive.first_day", "Premier jour archivé"),
        _text("dernier_jour", "archive.last_day", "Dernier jour archivé"),
        _text("empreinte_manifeste", "archive.manifest", "SHA-256 du manifeste de l'archive"),
        *_PROOF,
    ),
    series=(Series.ARCHIVES,),
)

INVOICES = ArchiveTable(
    "factures.csv",
    "Les factures établies à partir d'un ticket ; de l'acheteur, le SIREN seulement",
    (
        *_WHERE,
        _text("id", "id", "Identifiant unique"),
        *_WHEN,
        _text("vendeur", "operator", "Personne"),
        _text("facture", "display", "Numéro de la facture"),
        _text("jour_facture", "issue_day", "Date de la facture"),
        _text("document", "sale", "Identifiant du ticket facturé"),
        _text("ticket", "ticket", "Numéro du ticket facturé"),
        _text("siren_acheteur", "buyer_siren", "SIREN de l'acheteur"),
        _amount("total_ht", "net", "Total hors taxe"),
        _amount("total_ttc", "total", "Total toutes taxes comprises"),
        _json("tva", "vat", "TVA par taux (JSON, centimes, points de base)"),
        _text("empreinte_document", "document", "SHA-256 du fichier de la facture"),
        *_PROOF,
    ),
    series=(Series.INVOICES,),
)

ARCHIVE_TABLES = (
    LEDGER_TABLE,
    DOCUMENTS,
    LINES,
    VAT,
    PAYMENTS,
    EVENTS,
    COPIES,
    CASH,
    CLOSURES,
    ARCHIVES,
    INVOICES,
)
KEYS_HEADER = ("cle", "cree_le", "cle_publique_der_base64")
