"""Takes a catalogue file into the till: new articles, updates, counted stock. All accepted rows or, on a failure, none.

The same file again changes nothing: a row is the article that has one of its codes, else its article number, else the
one that an earlier import made of the same code or name. What a file does not say stays as it is.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.catalogue import (
    DEFAULT_LOCATION,
    MovementReason,
    Product,
    StockMovement,
    Unit,
    fold_text,
)
from app.domain.facts import FactKind, product_payload, stock_moved_payload
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
from app.usecases.record_fact import record_fact

ROWS_AT_ONCE = 500
MOVEMENTS_IN_A_FACT = 200
MAX_REFUSED_KEPT = 1_000
"""Rows refused beyond this are only counted: nobody reads more, and memory stays bounded."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_NAMESPACE = uuid.UUID("6d2f7a52-6f9c-5a3e-9a57-3a0f6f3b9c41")

Progress = Callable[[int, int], None]
"""Told (lines done, lines in all, about) now and then."""


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


def import_catalogue(counter: Counter, data: bytes, operator: str, progress: Progress | None = None) -> ImportReport:
    """Take a CSV file in, in one transaction.

    Raises:
        StoreUnavailable: nothing was taken.
    """
    file = open_catalogue_file(data)
    if isinstance(file, FileRefused):
        return _refused_file(file)
    with counter.unit_of_work() as uow:
        taking = _Import(uow, counter, operator)
        try:
            _take_all(file, taking, progress)
        except BrokenFile as broken:
            return _refused_file(broken.refused)
        taking.tell_of_movements()
        if taking.changed:
            uow.commit()
    if taking.changed:
        counter.announce(Touched(catalogue=True, stock=taking.moved, outbox=True))
    return taking.report()


def _refused_file(refused: FileRefused) -> ImportReport:
    detail = refused.column or (str(refused.line_no) if refused.line_no else "")
    return ImportReport(file_refusal=refused.reason, file_detail=detail)


def _take_all(file: CatalogueFile, taking: _Import, progress: Progress | None) -> None:
    for rows in _batches(file.rows()):
        taking.take(rows)
        if progress is not None:
            progress(rows[-1].line_no, max(file.line_count, rows[-1].line_no))


def _batches(rows: Iterator[CatalogueRow | RefusedRow]) -> Iterator[list[CatalogueRow | RefusedRow]]:
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


class _Import:
    """One import under way, inside its transaction."""

    def __init__(self, uow: UnitOfWork, counter: Counter, operator: str) -> None:
        self._uow = uow
        self._counter = counter
        self._operator = operator
        self._now = counter.clock.now()
        self._till_id = uow.identity().till_id
        self._import_id = counter.ids.new()
        self._codes_seen: set[str] = set()
        self._articles_seen: set[str] = set()
        self._untold: list[StockMovement] = []
        self._new = self._updated = self._unchanged = self._refused_count = 0
        self._refused: list[RefusedRow] = []
        self.moved = False

    @property
    def changed(self) -> bool:
        return bool(self._new or self._updated or self.moved)

    def report(self) -> ImportReport:
        return ImportReport(self._new, self._updated, self._unchanged, self._refused_count, tuple(self._refused))

    def take(self, rows: Sequence[CatalogueRow | RefusedRow]) -> None:
        owners = self._uow.catalogue.owners_of_codes(
            [code for row in rows if isinstance(row, CatalogueRow) for code in row.codes]
        )
        changed: list[Product] = []
        movements: list[StockMovement] = []
        for row in rows:
            taken = row if isinstance(row, RefusedRow) else self._product_of(row, owners)
            if isinstance(taken, RefusedRow):
                self._refuse(taken)
                continue
            product, before, stock = taken
            movement = self._count(product, stock)
            if movement is not None:
                movements.append(movement)
            if product != before:
                changed.append(product)
                self._tell_of_product(product, before)
            self._add_up(product, before, movement)
        self._uow.catalogue.save_all(changed)
        self._untold.extend(self._uow.stock.record(movements))
        self.moved = self.moved or bool(movements)

    def tell_of_movements(self) -> None:
        for start in range(0, len(self._untold), MOVEMENTS_IN_A_FACT):
            payload = stock_moved_payload(self._untold[start : start + MOVEMENTS_IN_A_FACT])
            subject = f"stock:{self._import_id}"
            record_fact(self._uow, self._counter, FactKind.STOCK_MOVED, subject, self._now, payload)

    def _refuse(self, row: RefusedRow) -> None:
        self._refused_count += 1
        if len(self._refused) < MAX_REFUSED_KEPT:
            self._refused.append(row)

    def _add_up(self, product: Product, before: Product | None, movement: StockMovement | None) -> None:
        if before is None:
            self._new += 1
        elif product != before or movement is not None:
            self._updated += 1
        else:
            self._unchanged += 1

    def _product_of(
        self, row: CatalogueRow, owners: Mapping[str, str]
    ) -> tuple[Product, Product | None, int | None] | RefusedRow:
        """The article as the row wants it, as it is, and the stock counted; or why not."""
        found = self._article_of(row, owners)
        if isinstance(found, RefusedRow):
            return found
        before = self._uow.catalogue.get(found)
        product = _new_product(row, found) if before is None else _updated_product(row, before)
        if isinstance(product, RefusedRow):
            return product
        stock = _base_units(row, product)
        if isinstance(stock, RefusedRow):
            return stock
        self._articles_seen.add(found)
        self._codes_seen.update(row.codes)
        return product, before, stock

    def _article_of(self, row: CatalogueRow, owners: Mapping[str, str]) -> str | RefusedRow:
        twice = next((code for code in row.codes if code in self._codes_seen), None)
        if twice is not None:
            return RefusedRow(row.line_no, RowRefusal.CODE_TWICE_IN_FILE, value=twice)
        owned = {owners[code]: code for code in row.codes if code in owners}
        numbered = _id_of_article_number(row.article) if row.article else ""
        named = numbered if numbered and self._uow.catalogue.get(numbered) else ""
        others = [code for owner, code in owned.items() if named and owner != named]
        if others or len(owned) > 1:
            code = others[0] if others else next(reversed(owned.values()))
            return RefusedRow(row.line_no, RowRefusal.CODE_OF_ANOTHER_ARTICLE, value=code)
        article = named or next(iter(owned), "") or numbered or _made_id(row)
        if article in self._articles_seen:
            return RefusedRow(row.line_no, RowRefusal.ARTICLE_TWICE_IN_FILE, value=row.article or row.name)
        return article

    def _count(self, product: Product, counted: int | None) -> StockMovement | None:
        if counted is None or not product.stock_tracked:
            return None
        difference = counted - self._uow.stock.level(product.product_id, DEFAULT_LOCATION)
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

    def _tell_of_product(self, product: Product, before: Product | None) -> None:
        """The marketplace hears of what it sells, and of what it must no longer sell."""
        if product.published or (before is not None and before.published):
            subject = f"product:{product.product_id}"
            payload = product_payload(product)
            record_fact(self._uow, self._counter, FactKind.PRODUCT_CHANGED, subject, self._now, payload)


def _id_of_article_number(number: str) -> str:
    """The number itself where every marketplace takes it as an id, else an id made of it: "Réf. 12/3" has a blank."""
    return number if _PLAIN_ID.fullmatch(number) else str(uuid.uuid5(_NAMESPACE, f"article {number}"))


def _made_id(row: CatalogueRow) -> str:
    """The same code, or the same name where there is none, makes the same article in every import."""
    return str(uuid.uuid5(_NAMESPACE, row.codes[0] if row.codes else fold_text(row.name)))


def _new_product(row: CatalogueRow, product_id: str) -> Product | RefusedRow:
    if row.vat_rate_bp is None:
        return RefusedRow(row.line_no, RowRefusal.NO_VAT_RATE)
    unit = row.unit or Unit.PIECE
    return Product(
        product_id=product_id,
        name=row.name,
        price=row.price,
        vat_rate_bp=row.vat_rate_bp,
        unit=unit,
        codes=row.codes,
        category=row.category,
        stock_tracked=_told(row.stock_tracked, unit is not Unit.HOUR),
        shelf=row.shelf,
        published=_told(row.published, False),
        withdrawal_right=_told(row.withdrawal_right, True),
        age_limit=row.age_limit or 0,
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
