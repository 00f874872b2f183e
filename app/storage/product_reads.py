"""Owns what is read of products: by code, as typed, for the tiles, with their stock explained. Never writes.

Typing finds, in this order: codes that begin so (digits only), names that begin so, names with words that begin so in
any order, and if these are few, names that hold the parts. Each step gives an index's own order: nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, column, func, literal_column, select, table

from app.domain.barcodes import normalise_code
from app.domain.catalogue import Unit, fold_text
from app.storage.repositories.catalogue import PRODUCT_COLUMNS, product_of
from app.storage.repositories.stock import MOVEMENT_COLUMNS, movement_of
from app.storage.search import after_prefix, beginnings_query, parts_query
from app.storage.session import Row, Session, Statement, key_binds, named_keys
from app.storage.tables import (
    fact,
    outbox,
    product,
    product_code,
    product_popularity,
    promised,
    stock_level,
    stock_movement,
)
from app.storage.values import plain_of
from app.usecases.queries import LevelRow, ProductRow, StockCard

MOST_WORDS = 8
LEAST_CODE_DIGITS = 3
FEW = 12
"""With so many found by their beginnings, nobody is looking for a part of a word."""

_p = product.c
_physical = (
    select(func.coalesce(func.sum(stock_level.c.quantity), 0))
    .where(stock_level.c.product_id == _p.product_id)
    .scalar_subquery()
)
_promised = (
    select(func.coalesce(func.sum(promised.c.quantity), 0))
    .where(promised.c.product_id == _p.product_id)
    .scalar_subquery()
)
_ROW = (*PRODUCT_COLUMNS, _physical, _promised, _p.row_id)
_ROW_ID = len(_ROW) - 1

BY_ID = select(*_ROW).where(_p.product_id == bindparam("product_id"))
BY_CODE = (
    select(*_ROW).join(product_code, product_code.c.row_id == _p.row_id).where(product_code.c.code == bindparam("code"))
)
CODES_BEGINNING = (
    select(*_ROW)
    .join(product_code, product_code.c.row_id == _p.row_id)
    .where(product_code.c.code >= bindparam("prefix"), product_code.c.code < bindparam("after"), _p.active.is_(True))
    .order_by(product_code.c.code)
    .limit(bindparam("most"))
)
NAMES_BEGINNING = (
    select(*_ROW)
    .where(_p.folded >= bindparam("prefix"), _p.folded < bindparam("after"), _p.active.is_(True))
    .order_by(_p.folded)
    .limit(bindparam("most"))
)


def _matching(full_text_table: str) -> Select[tuple[object, ...]]:
    full_text = table(full_text_table, column("rowid"))
    return (
        select(*_ROW)
        .select_from(full_text)
        .join(product, _p.row_id == full_text.c.rowid)
        .where(literal_column(full_text_table).op("MATCH")(bindparam("query")), _p.active.is_(True))
        .limit(bindparam("most"))
    )


WORDS_BEGINNING = _matching("product_words")


def parts_statement(size: int) -> Statement:
    """Candidates by trigram, checked on the row: every word must be a part of the name."""
    held = [func.instr(_p.folded, key) > 0 for key in key_binds(size)]
    return _matching("product_parts").where(*held)


SOLD_WITHOUT_BAR_CODE = (
    select(*_ROW)
    .join(product_popularity, product_popularity.c.product_id == _p.product_id)
    .where(_p.has_bar_code.is_(False), _p.active.is_(True))
    .order_by(product_popularity.c.sold_count.desc())
    .limit(bindparam("most"))
)
WITHOUT_BAR_CODE = (
    select(*_ROW).where(literal_column("has_bar_code = 0 AND active = 1")).order_by(_p.folded).limit(bindparam("most"))
)
COUNT_ACTIVE = select(func.count()).select_from(product).where(_p.active.is_(True))
SOLD = (
    select(*_ROW)
    .join(product_popularity, product_popularity.c.product_id == _p.product_id)
    .where(_p.active.is_(True))
    .order_by(product_popularity.c.sold_count.desc())
    .limit(bindparam("most"))
)
_LEVELS = (
    select(stock_level.c.location, stock_level.c.quantity)
    .where(stock_level.c.product_id == bindparam("product_id"))
    .order_by(stock_level.c.location)
)
MOVEMENTS = (
    select(*MOVEMENT_COLUMNS)
    .where(stock_movement.c.product_id == bindparam("product_id"))
    .order_by(stock_movement.c.happened_at.desc(), stock_movement.c.movement_id.desc())
    .limit(bindparam("most"))
)
_WAITING_FACTS = (
    select(fact.c.payload)
    .join(outbox, outbox.c.till_seq == fact.c.till_seq)
    .where(func.instr(fact.c.payload, bindparam("product_id")) > 0)
)


def product_by_code(session: Session, code: str) -> ProductRow | None:
    row = session.one(BY_CODE, code=normalise_code(code))
    return _product_row(row) if row else None


def product_by_id(session: Session, product_id: str) -> ProductRow | None:
    row = session.one(BY_ID, product_id=product_id)
    return _product_row(row) if row else None


def search_products(session: Session, text: str, limit: int) -> list[ProductRow]:
    folded = fold_text(text[:200])
    words = list(dict.fromkeys(folded.split()))[:MOST_WORDS]
    if not words:
        return []
    found = _Found(limit)
    typed = text.strip()
    if typed.isascii() and typed.isdigit() and len(typed) >= LEAST_CODE_DIGITS:
        for prefix in dict.fromkeys((normalise_code(typed), typed)):
            found.add(session.rows(CODES_BEGINNING, prefix=prefix, after=after_prefix(prefix), most=limit))
    if found.has_room:
        found.add(session.rows(NAMES_BEGINNING, prefix=folded, after=after_prefix(folded), most=limit))
    if found.has_room:
        found.add(session.rows(WORDS_BEGINNING, query=beginnings_query(words), most=limit + found.count))
    if found.count < min(limit, FEW) and (query := parts_query(words)):
        keys = named_keys(words)
        statement = session.sized(parts_statement, len(words))
        found.add(session.rows(statement, query=query, most=limit + found.count, **keys))
    return found.products


def product_count(session: Session) -> int:
    counted: int = session.value(COUNT_ACTIVE)
    return counted


def favourite_products(session: Session, limit: int) -> list[ProductRow]:
    found = _Found(limit)
    for statement in (SOLD_WITHOUT_BAR_CODE, WITHOUT_BAR_CODE, SOLD):
        if found.has_room:
            found.add(session.rows(statement, most=limit))
    return found.products


def stock_card(session: Session, product_id: str, most_movements: int) -> StockCard | None:
    row = session.one(BY_ID, product_id=product_id)
    if row is None:
        return None
    shown = _product_row(row)
    return StockCard(
        product=shown.product,
        levels=_levels(session, product_id, shown.product.unit),
        physical=shown.physical,
        promised=shown.promised,
        movements=tuple(
            movement_of(found) for found in session.rows(MOVEMENTS, product_id=product_id, most=most_movements)
        ),
        waiting_to_be_sent=_waiting_movements(session, product_id),
    )


def _levels(session: Session, product_id: str, unit: Unit) -> Sequence[LevelRow]:
    rows = session.rows(_LEVELS, product_id=product_id)
    return tuple(LevelRow(product_id, location, quantity, unit) for location, quantity in rows)


def _waiting_movements(session: Session, product_id: str) -> int:
    """How many movements of the product the marketplace has not been told of yet."""
    payloads = (plain_of(row[0]) for row in session.rows(_WAITING_FACTS, product_id=product_id))
    return sum(
        movement.get("product_id") == product_id for payload in payloads for movement in payload.get("movements", ())
    )


class _Found:
    """Rows in the order they were found, each once, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rows: dict[int, Row] = {}

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def has_room(self) -> bool:
        return len(self._rows) < self._limit

    @property
    def products(self) -> list[ProductRow]:
        return [_product_row(row) for row in self._rows.values()]

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if not self.has_room:
                return
            self._rows.setdefault(row[_ROW_ID], row)


def _product_row(row: Row) -> ProductRow:
    return ProductRow(product_of(row), row[_ROW_ID - 2], row[_ROW_ID - 1])
