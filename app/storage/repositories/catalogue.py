"""Owns products and their codes in the database. Never judges what a product says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import bindparam, column, delete, func, literal, select, table, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.barcodes import is_gtin, normalise_code
from app.domain.catalogue import LineNature, Product, Unit, fold_text
from app.domain.money import Money
from app.storage.repositories.pulled import PRODUCTS_UNDERSTOOD
from app.storage.search import FULL_TEXT_TABLES
from app.storage.session import Row, Session, Statement, StatementOfSize, key_binds
from app.storage.tables import product, product_code
from app.storage.values import texts_json, texts_of

ROWS_AT_ONCE = 1000

_c = product.c
PRODUCT_COLUMNS = (
    _c.product_id,
    _c.name,
    _c.price_minor,
    _c.vat_rate_bp,
    _c.unit,
    _c.codes,
    _c.category,
    _c.stock_tracked,
    _c.shelf,
    _c.published,
    _c.withdrawal_right,
    _c.age_limit,
    _c.active,
    _c.nature,
    _c.meal_voucher,
    _c.legal_guarantee,
    _c.weigh_slip,
)

_BY_ID = select(*PRODUCT_COLUMNS).where(_c.product_id == bindparam("product_id"))
_BY_CODE = (
    select(*PRODUCT_COLUMNS)
    .join(product_code, product_code.c.row_id == _c.row_id)
    .where(product_code.c.code == bindparam("code"))
)
_NEXT_ROW_ID = select(func.coalesce(func.max(_c.row_id), 0) + 1)
_INSERT = insert(product)
_UPSERT = _INSERT.on_conflict_do_update(
    index_elements=[_c.row_id],
    set_={column.name: _INSERT.excluded[column.name] for column in _c if column.name not in ("row_id", "product_id")},
)
_INSERT_CODE = insert(product_code)
_TAKE_CODE = _INSERT_CODE.on_conflict_do_update(
    index_elements=[product_code.c.code],
    set_={"row_id": _INSERT_CODE.excluded.row_id, "position": _INSERT_CODE.excluded.position},
)
_DROP_CODES = delete(product_code).where(product_code.c.row_id == bindparam("of_row"))
_CODES_OF = (
    select(product_code.c.code).where(product_code.c.row_id == bindparam("of_row")).order_by(product_code.c.position)
)
_REWRITE_CODES = (
    update(product)
    .where(_c.row_id == bindparam("of_row"))
    .values(codes=bindparam("codes"), has_bar_code=bindparam("has_bar_code"))
)


def _by_ids(size: int) -> Statement:
    return select(*PRODUCT_COLUMNS).where(_c.product_id.in_(key_binds(size)))


def _stored(size: int) -> Statement:
    keys = key_binds(size)
    return select(_c.product_id, _c.row_id, _c.version, _c.folded).where(_c.product_id.in_(keys))


def _indexing(full_text_table: str) -> StatementOfSize:
    """Takes the names of some rows into a full-text table."""
    target = table(full_text_table, column("rowid"), column("folded"))

    def sized(size: int) -> Statement:
        return insert(target).from_select(
            ["rowid", "folded"], select(_c.row_id, _c.folded).where(_c.row_id.in_(key_binds(size)))
        )

    return sized


def _unindexing(full_text_table: str) -> StatementOfSize:
    """Takes the names of some rows out again, before they change."""
    target = table(full_text_table, column(full_text_table), column("rowid"), column("folded"))

    def sized(size: int) -> Statement:
        return insert(target).from_select(
            [full_text_table, "rowid", "folded"],
            select(literal("delete"), _c.row_id, _c.folded).where(_c.row_id.in_(key_binds(size))),
        )

    return sized


_INDEXING = tuple(_indexing(name) for name in FULL_TEXT_TABLES)
_UNINDEXING = tuple(_unindexing(name) for name in FULL_TEXT_TABLES)


def owners_statement(size: int) -> Statement:
    keys = key_binds(size)
    return (
        select(product_code.c.code, _c.product_id, _c.row_id)
        .join(product, _c.row_id == product_code.c.row_id)
        .where(product_code.c.code.in_(keys))
    )


def product_of(row: Row) -> Product:
    """A product from its first columns, in the order of PRODUCT_COLUMNS."""
    return Product(
        row[0],
        row[1],
        Money(row[2]),
        row[3],
        Unit(row[4]),
        texts_of(row[5]),
        row[6],
        bool(row[7]),
        row[8],
        bool(row[9]),
        bool(row[10]),
        row[11],
        bool(row[12]),
        LineNature(row[13]),
        bool(row[14]),
        bool(row[15]),
        bool(row[16]),
    )


class _Stored(NamedTuple):
    row_id: int
    version: int
    folded: str


class CatalogueRows:
    """Implements `ports.Catalogue`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, product_id: str) -> Product | None:
        row = self._session.one(_BY_ID, product_id=product_id)
        return product_of(row) if row else None

    def by_code(self, code: str) -> Product | None:
        row = self._session.one(_BY_CODE, code=normalise_code(code))
        return product_of(row) if row else None

    def get_all(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        return {row[0]: product_of(row) for row in self._session.rows_for(_by_ids, product_ids)}

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        return {row[0]: row[2] for row in self._session.rows_for(_stored, product_ids)}

    def owners_of_codes(self, codes: Sequence[str]) -> Mapping[str, str]:
        return {row[0]: row[1] for row in self._session.rows_for(owners_statement, codes)}

    def save_all(self, products: Iterable[Product], versions: Mapping[str, int] | None = None) -> None:
        rest = iter(products)
        while part := list(islice(rest, ROWS_AT_ONCE)):
            self._save(list({item.product_id: item for item in part}.values()), versions)

    def _save(self, products: list[Product], versions: Mapping[str, int] | None) -> None:
        found = self._session.rows_for(_stored, [item.product_id for item in products])
        stored = {row[0]: _Stored(*row[1:]) for row in found}
        next_row_id = self._session.value(_NEXT_ROW_ID)
        rows: dict[str, dict[str, Any]] = {}
        kept = []
        for item in products:
            old = stored.get(item.product_id)
            version = (old.version if old else 0) if versions is None else versions.get(item.product_id, 0)
            if old is not None and version < old.version:
                continue
            rows[item.product_id] = _row(item, old.row_id if old else next_row_id, version)
            next_row_id += old is None
            kept.append(item)
        if versions is not None:
            self._session.run_for(PRODUCTS_UNDERSTOOD, list(rows))
        renamed = [old.row_id for key, old in stored.items() if key in rows and rows[key]["folded"] != old.folded]
        for statement in _UNINDEXING:
            self._session.run_for(statement, renamed)
        self._session.run_many(_UPSERT, list(rows.values()))
        new = [row["row_id"] for key, row in rows.items() if key not in stored]
        for statement in _INDEXING:
            self._session.run_for(statement, new + renamed)
        row_ids = {key: row["row_id"] for key, row in rows.items()}
        self._save_codes(kept, row_ids, {stored[key].row_id for key in rows if key in stored})

    def _save_codes(self, products: list[Product], row_ids: Mapping[str, int], old_rows: set[int]) -> None:
        """A code belongs to one product: the newest that names it. Whoever had it before no longer says so."""
        every_code = [code for item in products for code in item.codes]
        owner_of = {row[0]: row[2] for row in self._session.rows_for(owners_statement, every_code)}
        losers: set[int] = set()
        rows = []
        for item in products:
            row_id = row_ids[item.product_id]
            for position, code in enumerate(item.codes):
                if owner_of.get(code, row_id) != row_id:
                    losers.add(owner_of[code])
                owner_of[code] = row_id
                rows.append({"code": code, "row_id": row_id, "position": position})
        self._session.run_many(_DROP_CODES, [{"of_row": row_id} for row_id in old_rows])
        self._session.run_many(_TAKE_CODE, rows)
        for loser in losers:
            left = [row[0] for row in self._session.rows(_CODES_OF, of_row=loser)]
            self._session.run(_REWRITE_CODES, of_row=loser, codes=texts_json(left), has_bar_code=_has_bar_code(left))


def _row(item: Product, row_id: int, version: int) -> dict[str, Any]:
    return {
        "row_id": row_id,
        "product_id": item.product_id,
        "name": item.name,
        "price_minor": item.price.minor,
        "vat_rate_bp": item.vat_rate_bp,
        "unit": item.unit.value,
        "codes": texts_json(item.codes),
        "category": item.category,
        "stock_tracked": item.stock_tracked,
        "shelf": item.shelf,
        "published": item.published,
        "withdrawal_right": item.withdrawal_right,
        "age_limit": item.age_limit,
        "active": item.active,
        "nature": item.nature.value,
        "meal_voucher": item.meal_voucher,
        "legal_guarantee": item.legal_guarantee,
        "weigh_slip": item.weigh_slip,
        "has_bar_code": _has_bar_code(item.codes),
        "folded": fold_text(item.name),
        "version": version,
    }


def _has_bar_code(codes: Iterable[str]) -> bool:
    return any(is_gtin(code) for code in codes)
