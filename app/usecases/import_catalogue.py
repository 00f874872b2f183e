"""Takes a catalogue file into the till: new articles, updates, counted stock. All accepted rows or, on a failure, none.

The same file again changes nothing: a row is the article that has one of its codes, else its article number, else the
one that an earlier import made of the same code or name. What a file does not say stays as it is.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from app.domain.abilities import Ability
from app.domain.catalogue import (
    DEFAULT_LOCATION,
    LineNature,
    MovementReason,
    Product,
    StockMovement,
    Unit,
    contradiction_in,
    fold_text,
    usual_nature,
)
from app.domain.facts import FactKind, product_payload, stock_moved_payload
from app.usecases.connector_kinds import abilities_of
from app.usecases.long_work import LongWork
from app.usecases.ports import Counter, Touched, UnitOfWork
from app.usecases.read_catalogue_file import (
    BrokenFile,
    CatalogueFile,
    CatalogueRow,
    FileRefusal,
    FileRefused,
    RefusedRow,
    RowRefusal,
    open_catalogue_file,
)
from app.usecases.record_fact import record_facts

ROWS_AT_ONCE = 500
MOVEMENTS_IN_A_FACT = 200
MAX_REFUSED_KEPT = 1_000
"""Rows refused beyond this are only counted: nobody reads more, and memory stays bounded."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NAMESPACE = uuid.UUID("6d2f7a52-6f9c-5a3e-9a57-3a0f6f3b9c41")

_ON_SHELVES = (LineNature.GOODS, LineNature.CONTAINER)
"""What has a stock while the file does not say otherwise."""

_Item = TypeVar("_Item")

TAKING = "taking"
"""The step after reading: what was accepted is written."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    Attributes:
        refused: the first refused rows, with their reasons; `rows_refused` counts all.
        file_refusal: set if nothing was taken at all; `file_detail` is the column or line concerned.
    """

    rows_new: int = 0
    rows_updated: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    refused: tuple[RefusedRow, ...] = ()
    file_refusal: FileRefusal | None = None
    file_detail: str = ""


@dataclass(frozen=True, slots=True)
class _Change:
    """What a row changes: the article as it was when the row was judged, as it shall be, and the stock's correction.
    `fact_id` is made ahead: what can be done before the transaction is."""

    row: CatalogueRow
    before: Product | None
    product: Product
    movement: StockMovement | None
    fact_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the till knows of some rows' articles at one moment. `wished`: the id of a row that no code leads home."""

    owners: Mapping[str, str]
    products: Mapping[str, Product]
    levels: Mapping[str, int]
    wished: Mapping[int, str]


def import_catalogue(counter: Counter, data: bytes, operator: str, work: LongWork | None = None) -> ImportReport:
    """Take a CSV file in. The rows are read and judged while the shop sells; then what they change is written in one
    transaction, which looks again at what others changed meanwhile. Goods sold meanwhile stay sold: a count is kept as
    the difference it made when it was judged.

    Args:
        work: told the lines read, about of how many, then (step `TAKING`) what was taken of how much.

    Raises:
        StoreUnavailable, WorkStopped: nothing was taken.
    """
    work = work or LongWork()
    file = open_catalogue_file(data)
    if isinstance(file, FileRefused):
        return _refused_file(file)
    taking = _Import(counter, operator)
    try:
        _judge_all(file, taking, work)
    except BrokenFile as broken:
        return _refused_file(broken.refused)
    if taking.changes:
        with counter.unit_of_work() as uow:
            taking.write(uow, work)
            work.keep()
            uow.commit()
        counter.announce(Touched(catalogue=True, stock=taking.moved, outbox=True))
    return taking.report()


def _refused_file(refused: FileRefused) -> ImportReport:
    detail = refused.column or (str(refused.line_no) if refused.line_no else "")
    return ImportReport(file_refusal=refused.reason, file_detail=detail)


def _judge_all(file: CatalogueFile, taking: _Import, work: LongWork) -> None:
    for rows in _batches(file.rows()):
        taking.judge(rows)
        work.go_on(rows[-1].line_no, file.line_count)


def _batches(rows: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(rows)
    while batch := list(islice(rest, ROWS_AT_ONCE)):
        yield batch


class _Import:
    """One import under way: `judge` for all rows, then `write` once.

    Attributes:
        changes: what is to be written.
        moved: whether stock is corrected.
    """

    def __init__(self, counter: Counter, operator: str) -> None:
        self._counter = counter
        self._operator = operator
        self._now = counter.clock.now()
        self._till_id = ""
        self._import_id = counter.ids.new()
        self._codes_seen: set[str] = set()
        self._articles_seen: set[str] = set()
        self._new = self._updated = self._unchanged = self._refused_count = 0
        self._refused: list[RefusedRow] = []
        self.changes: list[_Change] = []
        self.moved = False

    def report(self) -> ImportReport:
        return ImportReport(self._new, self._updated, self._unchanged, self._refused_count, tuple(self._refused))

    # --- judging: no transaction but for a look ---

    def judge(self, items: Sequence[CatalogueRow | RefusedRow]) -> None:
        rows = [item for item in items if isinstance(item, CatalogueRow)]
        with self._counter.unit_of_work() as uow:
            self._till_id = uow.identity().till_id
            known = _look_up(uow, rows)
        for item in items:
            judged = item if isinstance(item, RefusedRow) else self._judge_row(item, known)
            if isinstance(judged, RefusedRow):
                self._refuse(judged)
            elif judged.product == judged.before and judged.movement is None:
                self._unchanged += 1
            else:
                self.changes.append(judged)

    def _judge_row(self, row: CatalogueRow, known: _Known) -> _Change | RefusedRow:
        twice = next((code for code in row.codes if code in self._codes_seen), None)
        if twice is not None:
            return RefusedRow(row.line_no, RowRefusal.CODE_TWICE_IN_FILE, value=twice)
        article = _article_of(row, known)
        if isinstance(article, RefusedRow):
            return article
        if article in self._articles_seen:
            return RefusedRow(row.line_no, RowRefusal.ARTICLE_TWICE_IN_FILE, value=row.article or row.name)
        product = _product_of(row, article, known)
        if isinstance(product, RefusedRow):
            return product
        stock = _base_units(row, product)
        if isinstance(stock, RefusedRow):
            return stock
        self._articles_seen.add(article)
        self._codes_seen.update(row.codes)
        movement = self._count(product, stock, known)
        return _Change(row, known.products.get(article), product, movement, self._counter.ids.new())

    def _count(self, product: Product, counted: int | None, known: _Known) -> StockMovement | None:
        if counted is None or not product.stock_tracked:
            return None
        difference = counted - known.levels.get(product.product_id, 0)
        if not difference:
            return None
        return StockMovement(
            self._counter.ids.new(),
            product.product_id,
            DEFAULT_LOCATION,
            difference,
            MovementReason.CORRECTION,
            self._now,
            self._till_id,
            self._import_id,
            self._operator,
        )

    def _refuse(self, row: RefusedRow) -> None:
        self._refused_count += 1
        if len(self._refused) < MAX_REFUSED_KEPT:
            self._refused.append(row)

    # --- writing: inside the one transaction ---

    def write(self, uow: UnitOfWork, work: LongWork) -> None:
        untold: list[StockMovement] = []
        self._tells_articles = Ability.PRODUCT_CHANGES in abilities_of(uow.linked().kind)
        work.begin(TAKING, len(self.changes))
        for changes in _batches(self.changes):
            untold += self._write_some(uow, self._judged_again(uow, changes))
            work.go_on(work.done + len(changes), work.total)
        self.moved = bool(untold)
        subject = f"stock:{self._import_id}"
        pieces = _pieces(untold, MOVEMENTS_IN_A_FACT)
        told = [(self._counter.ids.new(), subject, stock_moved_payload(some)) for some in pieces]
        record_facts(uow, FactKind.STOCK_MOVED, self._now, told)

    def _judged_again(self, uow: UnitOfWork, changes: Sequence[_Change]) -> Iterator[_Change]:
        """The changes, but for those whose article was changed since: another till's word must not be overwritten
        unread."""
        owners = uow.catalogue.owners_of_codes([code for change in changes for code in change.row.codes])
        products = uow.catalogue.get_all([change.product.product_id for change in changes])
        for change in changes:
            as_it_was = _is_as_judged(change, owners, products)
            judged = change if as_it_was else _judge_product_again(change, _look_up(uow, [change.row]))
            if isinstance(judged, RefusedRow):
                self._refuse(judged)
            else:
                yield judged

    def _write_some(self, uow: UnitOfWork, changes: Iterable[_Change]) -> Sequence[StockMovement]:
        products, movements, told = [], [], []
        changes = list(changes)
        versions = uow.catalogue.versions([change.product.product_id for change in changes])
        for change in changes:
            self._add_up(change)
            if change.movement is not None:
                movements.append(change.movement)
            if change.product != change.before:
                products.append(change.product)
                if self._tells_articles and _is_told(change):
                    subject = f"product:{change.product.product_id}"
                    based_on = versions.get(change.product.product_id, 0)
                    told.append((change.fact_id, subject, product_payload(change.product, based_on)))
        uow.catalogue.save_all(products)
        record_facts(uow, FactKind.PRODUCT_CHANGED, self._now, told)
        return uow.stock.record(movements)

    def _add_up(self, change: _Change) -> None:
        if change.before is None:
            self._new += 1
        elif change.product != change.before or change.movement is not None:
            self._updated += 1
        else:
            self._unchanged += 1


def _look_up(uow: UnitOfWork, rows: Sequence[CatalogueRow]) -> _Known:
    owners = uow.catalogue.owners_of_codes([code for row in rows for code in row.codes])
    wished = {row.line_no: _id_of_article_number(row.article) if row.article else _made_id(row) for row in rows}
    ids = [*owners.values(), *wished.values()]
    levels = uow.stock.levels(ids, DEFAULT_LOCATION) if any(row.stock is not None for row in rows) else {}
    return _Known(owners, uow.catalogue.get_all(ids), levels, wished)


def _article_of(row: CatalogueRow, known: _Known) -> str | RefusedRow:
    owned = {known.owners[code]: code for code in row.codes if code in known.owners}
    wished = known.wished[row.line_no]
    named = wished if row.article and wished in known.products else ""
    others = [code for owner, code in owned.items() if named and owner != named]
    if others or len(owned) > 1:
        code = others[0] if others else next(reversed(owned.values()))
        return RefusedRow(row.line_no, RowRefusal.CODE_OF_ANOTHER_ARTICLE, value=code)
    return named or next(iter(owned), "") or wished


def _product_of(row: CatalogueRow, article: str, known: _Known) -> Product | RefusedRow:
    before = known.products.get(article)
    product = _new_product(row, article) if before is None else _updated_product(row, before)
    if isinstance(product, Product) and (contradiction := contradiction_in(product)):
        return RefusedRow(row.line_no, RowRefusal(contradiction))
    return product


def _is_as_judged(change: _Change, owners: Mapping[str, str], products: Mapping[str, Product]) -> bool:
    article = change.product.product_id
    if products.get(article) != change.before:
        return False
    return all(owners.get(code, article) == article for code in change.row.codes)


def _judge_product_again(change: _Change, known: _Known) -> _Change | RefusedRow:
    article = _article_of(change.row, known)
    if isinstance(article, RefusedRow):
        return article
    if article != change.product.product_id:  # one of its codes has a new owner
        return RefusedRow(change.row.line_no, RowRefusal.CODE_OF_ANOTHER_ARTICLE, value=change.row.codes[0])
    product = _product_of(change.row, article, known)
    if isinstance(product, RefusedRow):
        return product
    if product.unit is not change.product.unit:  # what was counted in grams is no number of pieces
        return RefusedRow(change.row.line_no, RowRefusal.UNIT_CHANGED, value=product.unit.value)
    return replace(change, before=known.products.get(article), product=product)


def _is_told(change: _Change) -> bool:
    """The marketplace hears of what it sells, and of what it must no longer sell."""
    return change.product.published or (change.before is not None and change.before.published)


def _pieces(movements: Sequence[StockMovement], size: int) -> Iterator[Sequence[StockMovement]]:
    for start in range(0, len(movements), size):
        yield movements[start : start + size]


def _id_of_article_number(number: str) -> str:
    """The number itself where every marketplace takes it as an id, else an id made of it: "Réf. 12/3" has a blank."""
    return number if _PLAIN_ID.fullmatch(number) else str(uuid.uuid5(_NAMESPACE, f"article {number}"))


def _made_id(row: CatalogueRow) -> str:
    """The same code, or the same name where there is none, makes the same article in every import."""
    return str(uuid.uuid5(_NAMESPACE, row.codes[0] if row.codes else fold_text(row.name)))


def _new_product(row: CatalogueRow, product_id: str) -> Product | RefusedRow:
    unit = row.unit or Unit.PIECE
    nature = row.nature or usual_nature(unit)
    vat_rate_bp = row.vat_rate_bp if nature.in_turnover else row.vat_rate_bp or 0
    if vat_rate_bp is None:
        return RefusedRow(row.line_no, RowRefusal.NO_VAT_RATE)
    return Product(
        product_id=product_id,
        name=row.name,
        price=row.price,
        vat_rate_bp=vat_rate_bp,
        unit=unit,
        codes=row.codes,
        category=row.category,
        stock_tracked=_told(row.stock_tracked, nature in _ON_SHELVES),
        shelf=row.shelf,
        published=_told(row.published, False),
        withdrawal_right=_told(row.withdrawal_right, True),
        age_limit=row.age_limit or 0,
        nature=nature,
        meal_voucher=_told(row.meal_voucher, False),
        legal_guarantee=_told(row.legal_guarantee, False),
        weigh_slip=_told(row.weigh_slip, False),
    )


def _updated_product(row: CatalogueRow, before: Product) -> Product | RefusedRow:
    if row.unit is not None and row.unit is not before.unit and before.stock_tracked:
        # grams and pieces cannot be added up: the levels so far would mean nothing
        return RefusedRow(row.line_no, RowRefusal.UNIT_CHANGED, value=row.unit.value)
    return replace(
        before,
        name=row.name,
        price=row.price,
        vat_rate_bp=before.vat_rate_bp if row.vat_rate_bp is None else row.vat_rate_bp,
        unit=row.unit or before.unit,
        codes=_joined(before.codes, row.codes),
        category=row.category or before.category,
        stock_tracked=_told(row.stock_tracked, before.stock_tracked),
        shelf=row.shelf or before.shelf,
        published=_told(row.published, before.published),
        withdrawal_right=_told(row.withdrawal_right, before.withdrawal_right),
        age_limit=before.age_limit if row.age_limit is None else row.age_limit,
        active=True,
        nature=row.nature or before.nature,
        meal_voucher=_told(row.meal_voucher, before.meal_voucher),
        legal_guarantee=_told(row.legal_guarantee, before.legal_guarantee),
        weigh_slip=_told(row.weigh_slip, before.weigh_slip),
    )


def _told(said: bool | None, otherwise: bool) -> bool:
    return otherwise if said is None else said


def _joined(known: Sequence[str], said: Iterable[str]) -> tuple[str, ...]:
    """A file that names one code of an article does not take its other codes away."""
    return tuple(dict.fromkeys((*known, *said)))


def _base_units(row: CatalogueRow, product: Product) -> int | RefusedRow | None:
    if row.stock is None:
        return None
    units = row.stock * product.unit.base_per_priced
    if units != int(units):
        return RefusedRow(row.line_no, RowRefusal.BAD_STOCK, value=str(row.stock))
    return int(units)
