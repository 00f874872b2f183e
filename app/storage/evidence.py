"""Owns what the other tables must say for each sealed row of the ledger, and the comparison. Never judges the chain.

The ledger's canonical bytes are the evidence; sales, closures, cash movements, copies and invoices in their own tables
are what screens and exports read. Rows are built from the sealed content and compared whole, every column of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Select, Table, and_, bindparam, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from app.domain.cash import CashMovementKind
from app.domain.fiscal import EventCode, Series
from app.domain.ledger_check import utc_text
from app.storage.fiscal_tables import cash_movement, closure, document_copy, invoice, ledger, ledger_head
from app.storage.sale_tables import sale, sale_line, sale_payment, sale_vat
from app.storage.session import Session, Statement, key_binds
from app.storage.values import canonical_json
from app.usecases.ledger_books import Mismatch, Sealed, TableDifference

BEFORE_LEDGER = "before_ledger"
Content = Mapping[str, Any]
Values = tuple[Any, ...]


class _Evidence:
    """One table: how its rows follow from sealed content, and how they are found.

    Attributes:
        columns: all of them but a bare row number, in the order of the values built.
        keys: how many of the first columns tell rows of the table apart; the first is what it is looked up by.
    """

    def __init__(self, table: Table, keys: int, rows_of: Callable[[Content, bytes], Iterable[Values]]) -> None:
        self.table = table
        self.columns = tuple(column.name for column in table.c if column.name != "row_id")
        self.keys = keys
        self.rows_of = rows_of
        self._chosen = tuple(table.c[name] for name in self.columns)

    def select(self, size: int) -> Statement:
        return select(*self._chosen).where(self._chosen[0].in_(key_binds(size)))

    def differences(self, session: Session, sealed: Sequence[Sealed]) -> list[TableDifference]:
        """Compare the stored rows with what is sealed; what is not of its kind at all is left to the chain's check."""
        expected: dict[Values, Values] = {}
        for row, content in sealed:
            with contextlib.suppress(KeyError, TypeError, ValueError, IndexError, AttributeError):
                expected.update({values[: self.keys]: values for values in self.rows_of(content, row.canonical)})
        stored = {
            row[: self.keys]: row for row in session.rows_for(self.select, dict.fromkeys(key[0] for key in expected))
        }
        if stored == expected:
            return []
        return [
            *(self._changed(key, row, stored[key]) for key, row in expected.items() if stored.get(key, row) != row),
            *(self._at(key, Mismatch.MISSING) for key in expected.keys() - stored.keys()),
            *(self._at(key, Mismatch.ADDED) for key in stored.keys() - expected.keys()),
        ]

    def _changed(self, key: Values, row: Values, stored: Values) -> TableDifference:
        fields = (name for name, was, now in zip(self.columns, row, stored, strict=True) if was != now)
        return self._at(key, Mismatch.CHANGED, next(fields))

    def _at(self, key: Values, what: Mismatch, field: str = "") -> TableDifference:
        line = key[1] if len(key) > 1 and isinstance(key[1], int) else 0
        return TableDifference(self.table.name, str(key[0]), what, field, line)


def _sale(content: Content, _canonical: bytes) -> list[Values]:
    return [
        (
            content["id"],
            content["till_id"],
            content["till"],
            content["series"],
            content["number"],
            content["kind"],
            utc_text(content["at"]),
            _offset_of(content["at"]),
            content["operator"],
            content["total"],
            content["order"],
            content["corrects"],
            content["day"],
            content["regime"],
            content["discount_reason"],
        )
    ]


def _offset_of(local: str) -> int:
    """Minutes that a sealed time is ahead of UTC: its last six characters, `+01:00`."""
    sign = -1 if local[-6] == "-" else 1
    return sign * (int(local[-5:-3]) * 60 + int(local[-2:]))


_LINE = itemgetter(
    "no",
    "id",
    "label",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "total",
    "net",
    "rate",
    "product",
    "code",
    "order",
    "order_line",
    "nature",
    "ticket_discount",
    "discount_reason",
    "corrects",
    "corrects_line",
    "guarantee",
    "weigh_slip",
)
_PAYMENT = itemgetter("means", "amount", "tendered", "reference")
_VAT = itemgetter("rate", "gross", "net", "vat")


def _lines(content: Content, _canonical: bytes) -> list[Values]:
    return [(content["id"], *_LINE(line)) for line in content["lines"]]


def _payments(content: Content, _canonical: bytes) -> list[Values]:
    return [(content["id"], position, *_PAYMENT(payment)) for position, payment in enumerate(content["payments"])]


def _vat_parts(content: Content, _canonical: bytes) -> list[Values]:
    return [(content["id"], *_VAT(part)) for part in content["vat"]]


def _closure(content: Content, canonical: bytes) -> list[Values]:
    return [
        (
            content["id"],
            content["till"],
            content["number"],
            content["kind"],
            content["period"],
            content["rank"],
            content["first_number"],
            content["last_number"],
            content["last_event"],
            utc_text(content["opened_at"]),
            utc_text(content["at"]),
            content["turnover"],
            canonical.decode(),
        )
    ]


_CASH_EVENTS = frozenset(
    code.value
    for code in (
        EventCode.CASH_OPENED,
        EventCode.CASH_IN,
        EventCode.CASH_OUT,
        EventCode.CASH_COUNTED,
        EventCode.CASH_DIFFERENCE,
        EventCode.CASH_COUNT_CORRECTED,
        EventCode.DRAWER_OPENED,
    )
)
_CASH_KINDS = frozenset(kind.value for kind in CashMovementKind)


def _movement(content: Content, _canonical: bytes) -> list[Values]:
    details = content["details"]
    if content["kind"] not in _CASH_EVENTS or details.get("kind") not in _CASH_KINDS:
        return []
    rest = {name: value for name, value in details.items() if name not in ("kind", "amount", "reason")}
    return [
        (
            content["id"],
            content["till"],
            content["number"],
            details["kind"],
            details["amount"],
            utc_text(content["at"]),
            content["day"],
            content["operator"],
            details["reason"],
            canonical_json(rest),
        )
    ]


def _invoice(content: Content, _canonical: bytes) -> list[Values]:
    return [
        (
            content["id"],
            content["till"],
            content["number"],
            content["kind"],
            content["display"],
            content["sale"],
            utc_text(content["at"]),
            content["issue_day"],
            content["buyer_siren"],
            content["total"],
            content["document"],
        )
    ]


EVIDENCE: Mapping[str, tuple[_Evidence, ...]] = {
    Series.SALES.value: (
        _Evidence(sale, 1, _sale),
        _Evidence(sale_line, 2, _lines),
        _Evidence(sale_payment, 2, _payments),
        _Evidence(sale_vat, 2, _vat_parts),
    ),
    Series.CLOSURES.value: (_Evidence(closure, 1, _closure),),
    Series.EVENTS.value: (_Evidence(cash_movement, 1, _movement),),
    Series.INVOICES.value: (_Evidence(invoice, 1, _invoice),),
}
"""By series. Copies on paper are compared apart: they have no id of their own."""


def differences(session: Session, sealed: Sequence[Sealed]) -> list[TableDifference]:
    """What the tables do not say as it is sealed in rows of one series."""
    series = sealed[0][0].series if sealed else ""
    found: list[TableDifference] = []
    for evidence in EVIDENCE.get(series, ()):
        found += evidence.differences(session, sealed)
    if series == Series.EVENTS.value:
        found += _copy_differences(session, [content for _, content in sealed])
    return found


# --- copies on paper ---

_COPY_COLUMNS = ("kind", "made_at", "operator")


def _copies_of(size: int) -> Statement:
    columns = (document_copy.c.document_id, document_copy.c.copy_no, *(document_copy.c[name] for name in _COPY_COLUMNS))
    return select(*columns).where(document_copy.c.document_id.in_(key_binds(size)))


def _copy_differences(session: Session, events: Sequence[Content]) -> list[TableDifference]:
    """Each duplicate's event and its row; the original (copy 0) of a document has no event of its own."""
    expected: dict[tuple[Any, Any], Values] = {}
    for event in events:
        if event.get("kind") != EventCode.DUPLICATE.value:
            continue
        details = event.get("details")
        if isinstance(details, dict):
            place = (details.get("document"), details.get("copy"))
            expected[place] = ("paper", utc_text(event["at"]), event["operator"])
    stored = {row[:2]: row[2:] for row in session.rows_for(_copies_of, dict.fromkeys(key[0] for key in expected))}
    found = []
    for (document, copy_no), row in expected.items():
        kept = stored.get((document, copy_no))
        if kept is None:
            found.append(TableDifference("document_copy", str(document), Mismatch.MISSING, line=int(copy_no)))
        elif kept != row:
            field = next(name for name, was, now in zip(_COPY_COLUMNS, row, kept, strict=True) if was != now)
            found.append(TableDifference("document_copy", str(document), Mismatch.CHANGED, field, int(copy_no)))
    return found


# --- rows that nothing seals ---


_MOST: BindParameter[int] = bindparam("most")


def _unsealed(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    key = next(column for column in table.c if column.name != "row_id")
    sealed = exists().where(ledger.c.record_id == key)
    return select(key, literal(0)).where(~sealed, *conditions).limit(_MOST)


def _without_sale(table: Table) -> Select[Any]:
    key, line = list(table.c)[:2]
    return select(key, line).where(~exists().where(sale.c.sale_id == key)).limit(_MOST)


_earlier = document_copy.alias("earlier")
_DUPLICATES = select(ledger.c.happened_at).where(
    ledger.c.till_letter.in_(select(ledger_head.c.till_letter)),
    ledger.c.series == literal(Series.EVENTS.value),
    ledger.c.kind == literal(EventCode.DUPLICATE.value),
)
_ORPHANS: tuple[tuple[str, Select[Any]], ...] = (
    ("sale", _unsealed(sale, sale.c.series != BEFORE_LEDGER)),
    ("sale_line", _without_sale(sale_line)),
    ("sale_payment", _without_sale(sale_payment)),
    ("sale_vat", _without_sale(sale_vat)),
    ("closure", _unsealed(closure)),
    ("cash_movement", _unsealed(cash_movement)),
    ("invoice", _unsealed(invoice)),
    (
        "document_copy",
        select(document_copy.c.document_id, document_copy.c.copy_no)
        .where(document_copy.c.copy_no != 0, document_copy.c.made_at.not_in(_DUPLICATES))
        .limit(_MOST),
    ),
    (
        "document_copy",
        select(document_copy.c.document_id, document_copy.c.copy_no)
        .where(
            document_copy.c.copy_no == 0,
            ~exists().where(ledger.c.record_id == document_copy.c.document_id),
            ~exists().where(sale.c.sale_id == document_copy.c.document_id),
        )
        .limit(_MOST),
    ),
)
_FIRST_COPY_GONE = (
    select(document_copy.c.document_id)
    .where(
        document_copy.c.copy_no == 1,
        ~exists().where(and_(_earlier.c.document_id == document_copy.c.document_id, _earlier.c.copy_no == 0)),
    )
    .limit(_MOST)
)
_UNSEALED_SALES = select(func.count()).where(sale.c.series == BEFORE_LEDGER)


def orphans(session: Session, most: int) -> list[TableDifference]:
    """Rows that nothing in the ledger seals, at most so many of each table."""
    found = []
    for table, statement in _ORPHANS:
        rows = session.rows(statement, most=most)
        found += [TableDifference(table, str(row[0]), Mismatch.ADDED, line=_number(row[1])) for row in rows]
    gone = session.rows(_FIRST_COPY_GONE, most=most)
    return found + [TableDifference("document_copy", str(row[0]), Mismatch.MISSING) for row in gone]


def unsealed_sales(session: Session) -> int:
    """How many sales are of before the ledger."""
    return int(session.value(_UNSEALED_SALES))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
