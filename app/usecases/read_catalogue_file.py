"""Reads a catalogue file: bytes to rows that make sense or are refused with a reason. Never touches the store.

Spreadsheets write CSV in many ways: `,`, `;` or tab, decimal comma or point, UTF-8 with or without a mark,
Windows-1252, French or English headings. What is ambiguous with money is refused, never guessed: a row with more cells
than headings (a price `3,50` cut in two by a comma), a price `1,000`, two columns that both say the price.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from app.domain.barcodes import is_gtin, normalise_code
from app.domain.catalogue import LineNature, Unit, fold_text
from app.domain.money import VAT_RATES_BP, Money, parse_amount

MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
MAX_NAME_LENGTH = 200
MAX_WORDS_LENGTH = 100
MAX_CODE_LENGTH = 64
MAX_SHELF_LENGTH = 64
MAX_PRICE = Money(99_999_99)
MAX_STOCK = 1_000_000
"""In priced units (pieces, kilograms...): above it, the cell holds something else."""

_CHECKED_AT_ONCE = 1 << 20


class FileRefusal(StrEnum):
    """Why a whole file is refused; nothing of it was taken."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    NO_HEADER = "no_header"
    NO_NAME_COLUMN = "no_name_column"
    NO_PRICE_COLUMN = "no_price_column"
    REPEATED_COLUMN = "repeated_column"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_ROWS = "too_many_rows"
    BROKEN_QUOTES = "broken_quotes"


class RowRefusal(StrEnum):
    """Why one row is refused; the others are taken."""

    NO_NAME = "no_name"
    NO_PRICE = "no_price"
    PRICE_NOT_UNDERSTOOD = "price_not_understood"
    NEGATIVE_PRICE = "negative_price"
    ABSURD_PRICE = "absurd_price"
    NO_VAT_RATE = "no_vat_rate"
    UNKNOWN_VAT_RATE = "unknown_vat_rate"
    UNKNOWN_UNIT = "unknown_unit"
    UNIT_CHANGED = "unit_changed"
    BAD_CHECK_DIGIT = "bad_check_digit"
    SPOILT_CODE = "spoilt_code"
    CODE_TWICE_IN_FILE = "code_twice_in_file"
    CODE_OF_ANOTHER_ARTICLE = "code_of_another_article"
    ARTICLE_TWICE_IN_FILE = "article_twice_in_file"
    BAD_STOCK = "bad_stock"
    BAD_YES_NO = "bad_yes_no"
    BAD_AGE = "bad_age"
    UNKNOWN_NATURE = "unknown_nature"
    VAT_OUTSIDE_TURNOVER = "vat_outside_turnover"
    MEAL_VOUCHER_AGE = "meal_voucher_age"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"


class Column(StrEnum):
    """What a column says, whatever its heading."""

    NAME = "name"
    PRICE = "price"
    VAT = "vat"
    UNIT = "unit"
    CODE = "code"
    ARTICLE = "article"
    CATEGORY = "category"
    STOCK = "stock"
    STOCK_TRACKED = "stock_tracked"
    SHELF = "shelf"
    PUBLISHED = "published"
    WITHDRAWAL = "withdrawal"
    AGE = "age"
    NATURE = "nature"
    MEAL_VOUCHER = "meal_voucher"
    LEGAL_GUARANTEE = "legal_guarantee"
    WEIGH_SLIP = "weigh_slip"


@dataclass(frozen=True, slots=True)
class FileRefused:
    """`column` is the heading concerned; `line_no` the line of the file, counted from 1, or 0."""

    reason: FileRefusal
    column: str = ""
    line_no: int = 0


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken: its line in the file, counted from 1, the heading concerned and what the cell says."""

    line_no: int
    reason: RowRefusal
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row that makes sense by itself. None and "" mean that the file does not say.

    Attributes:
        stock: in priced units (pieces, kilograms...), as written.
        codes: in their stored form, distinct.
    """

    line_no: int
    name: str
    price: Money
    vat_rate_bp: int | None = None
    unit: Unit | None = None
    codes: tuple[str, ...] = ()
    article: str = ""
    category: str = ""
    stock: Decimal | None = None
    stock_tracked: bool | None = None
    shelf: str = ""
    published: bool | None = None
    withdrawal_right: bool | None = None
    age_limit: int | None = None
    nature: LineNature | None = None
    meal_voucher: bool | None = None
    legal_guarantee: bool | None = None
    weigh_slip: bool | None = None


class BrokenFile(Exception):
    """The file cannot be read on; caught where the file is imported, where it becomes a value."""

    def __init__(self, refused: FileRefused) -> None:
        super().__init__(refused.reason.value)
        self.refused = refused


class CatalogueFile:
    """A file whose headings are understood. `line_count` is about how many lines it has, for showing progress."""

    def __init__(self, data: bytes, encoding: str, delimiter: str, header_line: int, columns: _Columns) -> None:
        self._data = data
        self._encoding = encoding
        self._delimiter = delimiter
        self._header_line = header_line
        self._columns = columns
        self.line_count = data.count(b"\n") + 1

    def rows(self) -> Iterator[CatalogueRow | RefusedRow]:
        """Each row once, in order, read as asked for: the file is never held as text in one piece.

        Raises:
            BrokenFile: quotes that never close, or more than `MAX_ROWS` rows.
        """
        count = 0
        for line_no, cells in _records(self._data, self._encoding, self._delimiter):
            if line_no <= self._header_line:
                continue
            count += 1
            if count > MAX_ROWS:
                raise BrokenFile(FileRefused(FileRefusal.TOO_MANY_ROWS, line_no=line_no))
            try:
                yield _read_row(line_no, cells, self._columns)
            except _WrongCell as wrong:
                yield RefusedRow(line_no, wrong.reason, wrong.column, wrong.value[:MAX_NAME_LENGTH])


def open_catalogue_file(data: bytes) -> CatalogueFile | FileRefused:
    """Find out encoding, delimiter and columns of a file, or why it is no catalogue."""
    if not data.strip():
        return FileRefused(FileRefusal.EMPTY)
    encoding = _encoding_of(data)
    if encoding is None:
        return FileRefused(FileRefusal.NOT_TEXT)
    readings = [(delimiter, *_header(data, encoding, delimiter)) for delimiter in (";", ",", "\t")]
    delimiter, line_no, headings = max(readings, key=lambda reading: _meaningful(reading[2]))
    if len(headings) > MAX_COLUMNS:
        return FileRefused(FileRefusal.TOO_MANY_COLUMNS, line_no=line_no)
    columns = _columns_of(headings)
    if isinstance(columns, FileRefused):
        return columns
    return CatalogueFile(data, encoding, delimiter, line_no, columns)


# --- text ---


def _encoding_of(data: bytes) -> str | None:
    """UTF-8 if it is, else Windows-1252; None if neither can be, or if it holds what no text holds."""
    if re.search(rb"[\x00-\x08\x0e-\x1f]", data):
        return None
    return next((name for name in ("utf-8-sig", "cp1252") if _decodes(data, name)), None)


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHECKED_AT_ONCE):
            decoder.decode(data[start : start + _CHECKED_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _records(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that say something, with the line they begin on."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise BrokenFile(FileRefused(FileRefusal.BROKEN_QUOTES, line_no=begins)) from None


def _header(data: bytes, encoding: str, delimiter: str) -> tuple[int, list[str]]:
    """The first line that says something, and what it says; nothing if this delimiter makes no sense of its quotes."""
    try:
        for line_no, cells in _records(data, encoding, delimiter):
            if not cells[0].strip().lower().startswith("sep="):  # Excel's own note on the delimiter
                return line_no, cells
    except BrokenFile:
        pass
    return 0, []


# --- headings ---

_HEADINGS = {
    Column.NAME: "nom name libelle designation produit article intitule label product|nom du produit|product name"
    "|nom produit|libelle article|designation article|titre|title",
    Column.PRICE: "prix price tarif pu pv|prix ttc|prix de vente|prix vente|prix de vente ttc|prix unitaire"
    "|prix unitaire ttc|pu ttc|pv ttc|unit price|sale price|selling price|prix eur|price eur|prix ttc eur|tarif ttc"
    "|price incl vat|prix public|prix public ttc",
    Column.VAT: "tva vat taux|taux tva|taux de tva|vat rate|tax|tax rate|code tva|tva taux",
    Column.UNIT: "unite unit|unite de vente|unite vente|vendu par|sold by|uom",
    Column.CODE: "code ean gtin barcode upc ean13 ean8 codes|code barres|code barre|codes barres|bar code|bar codes"
    "|code ean|code ean13|ean 13|ean 8|gencod|gencode|barcodes|gtin 13",
    Column.ARTICLE: "reference ref sku id|product id|article id|numero article|no article|n article|code article"
    "|item number|article number|ref article|reference article|reference produit",
    Column.CATEGORY: "categorie category rayon famille department|sous famille|type|groupe",
    Column.STOCK: "stock quantite quantity qty qte|en stock|in stock|stock actuel|quantite en stock|on hand",
    Column.STOCK_TRACKED: "suivi|stock suivi|suivi stock|suivi du stock|stock tracked|tracked|track stock",
    Column.SHELF: "etagere emplacement shelf location bac bin|place",
    Column.PUBLISHED: "publie published online|en ligne|on line|visible en ligne|vendu en ligne|web",
    Column.WITHDRAWAL: "retractation withdrawal|droit de retractation|withdrawal right|retractable",
    Column.AGE: "age|age minimum|age limit|age limite|age minimal|minimum age|majorite|interdit aux mineurs",
    Column.NATURE: "nature|nature de l article|nature article|nature of article|line nature",
    Column.MEAL_VOUCHER: "tr|titre restaurant|titres restaurant|ticket restaurant|tickets restaurant|meal voucher"
    "|meal vouchers|eligible titre restaurant|eligible tr",
    Column.LEGAL_GUARANTEE: "garantie guarantee|garantie legale|legal guarantee|garantie de conformite"
    "|garantie legale de conformite",
    Column.WEIGH_SLIP: "pesee|bon de pesee|ticket de pesee|weigh slip|weighing slip",
}


def _known_headings() -> dict[str, Column]:
    known: dict[str, Column] = {}
    for column, text in _HEADINGS.items():
        single, *phrases = text.split("|")
        for heading in (*single.split(), *phrases):
            known[heading] = column
    return known


_KNOWN = _known_headings()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each column is; several places for codes."""

    headings: tuple[str, ...]
    at: dict[Column, int]
    codes_at: tuple[int, ...]


def _meaning(heading: str) -> Column | None:
    return _KNOWN.get(fold_text(heading))


def _meaningful(headings: Sequence[str]) -> tuple[int, int]:
    return sum(_meaning(heading) is not None for heading in headings), len(headings)


def _columns_of(headings: Sequence[str]) -> _Columns | FileRefused:
    at: dict[Column, int] = {}
    codes_at: list[int] = []
    for index, heading in enumerate(headings):
        column = _meaning(heading)
        if column is Column.CODE:
            codes_at.append(index)
        elif column in at:
            return FileRefused(FileRefusal.REPEATED_COLUMN, heading.strip())
        elif column is not None:
            at[column] = index
    if not at and not codes_at:
        return FileRefused(FileRefusal.NO_HEADER)
    if Column.NAME not in at:
        return FileRefused(FileRefusal.NO_NAME_COLUMN)
    if Column.PRICE not in at:
        return FileRefused(FileRefusal.NO_PRICE_COLUMN)
    return _Columns(tuple(heading.strip() for heading in headings), at, tuple(codes_at))


# --- cells ---


class _WrongCell(Exception):  # a word of this file's own reading, not a failure anybody else sees
    def __init__(self, reason: RowRefusal, column: str = "", value: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.column = column
        self.value = value


class _Cells:
    """One row's cells, by what they say."""

    def __init__(self, cells: Sequence[str], columns: _Columns) -> None:
        self._cells = cells
        self._columns = columns

    def text(self, column: Column) -> str:
        """The cell without blanks around it and with single ones inside; "" if there is none."""
        index = self._columns.at.get(column)
        return " ".join(self._cells[index].split()) if index is not None and index < len(self._cells) else ""

    def codes(self) -> list[tuple[str, str]]:
        """(heading, code) for each code in each code column."""
        return [
            (self._columns.headings[index], code)
            for index in self._columns.codes_at
            if index < len(self._cells)
            for code in re.split(r"[\s|]+", self._cells[index])
            if code
        ]

    def wrong(self, reason: RowRefusal, column: Column) -> _WrongCell:
        return _WrongCell(reason, self._columns.headings[self._columns.at[column]], self.text(column))

    def words(self, column: Column, longest: int = MAX_WORDS_LENGTH) -> str:
        text = self.text(column)
        if len(text) > longest:
            raise self.wrong(RowRefusal.TOO_LONG, column)
        return text


def _read_row(line_no: int, cells: Sequence[str], columns: _Columns) -> CatalogueRow:
    if any(cell.strip() for cell in cells[len(columns.headings) :]):
        raise _WrongCell(RowRefusal.TOO_MANY_CELLS, value=" | ".join(cells))
    row = _Cells(cells, columns)
    return CatalogueRow(
        line_no=line_no,
        name=_name(row),
        price=_price(row),
        vat_rate_bp=_vat_rate(row),
        unit=_unit(row),
        codes=_codes(row),
        article=row.words(Column.ARTICLE, MAX_CODE_LENGTH),
        category=row.words(Column.CATEGORY),
        stock=_stock(row),
        stock_tracked=_yes_no(row, Column.STOCK_TRACKED),
        shelf=row.words(Column.SHELF, MAX_SHELF_LENGTH),
        published=_yes_no(row, Column.PUBLISHED),
        withdrawal_right=_yes_no(row, Column.WITHDRAWAL),
        age_limit=_age_limit(row),
        nature=_nature(row),
        meal_voucher=_yes_no(row, Column.MEAL_VOUCHER),
        legal_guarantee=_yes_no(row, Column.LEGAL_GUARANTEE),
        weigh_slip=_yes_no(row, Column.WEIGH_SLIP),
    )


def _name(row: _Cells) -> str:
    name = row.words(Column.NAME, MAX_NAME_LENGTH)
    if not name:
        raise row.wrong(RowRefusal.NO_NAME, Column.NAME)
    return name


def _price(row: _Cells) -> Money:
    text = row.text(Column.PRICE)
    if not text:
        raise row.wrong(RowRefusal.NO_PRICE, Column.PRICE)
    # some programs write prices with six decimals, the last ones noughts; three decimals could be thousands
    price = parse_amount(re.sub(r"([.,]\d\d)00+(?=\D*$)", r"\1", text))
    if price is None:
        absurd = re.fullmatch(r"\d{9,}(?:[.,]\d{1,2})?", text)
        raise row.wrong(RowRefusal.ABSURD_PRICE if absurd else RowRefusal.PRICE_NOT_UNDERSTOOD, Column.PRICE)
    if price.minor < 0:
        raise row.wrong(RowRefusal.NEGATIVE_PRICE, Column.PRICE)
    if price > MAX_PRICE:
        raise row.wrong(RowRefusal.ABSURD_PRICE, Column.PRICE)
    return price


def _decimal(text: str) -> Decimal | None:
    if not re.fullmatch(r"-?\d{1,12}(?:[.,]\d{1,6})?", text.replace(" ", ""), re.ASCII):
        return None
    try:
        return Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None


def _vat_rate(row: _Cells) -> int | None:
    """`20`, `20 %`, `5,5`; also `0.2` and `0.055`, which spreadsheets write for per cent: no rate lies below 1 %."""
    text = row.text(Column.VAT)
    if not text:
        return None
    rate = _decimal(text.removesuffix("%").strip())
    if rate is not None and 0 < rate < 1 and not text.endswith("%"):
        rate *= 100
    if rate is None or rate * 100 not in VAT_RATES_BP:
        raise row.wrong(RowRefusal.UNKNOWN_VAT_RATE, Column.VAT)
    return int(rate * 100)


_UNITS = {
    Unit.PIECE: "piece pieces pce pces pcs pc p u un unite unites unit units ea each",
    Unit.KG: "kg kilo kilos kilogramme kilogrammes kilogram kilograms",
    Unit.LITRE: "l litre litres liter liters",
    Unit.HOUR: "h heure heures hour hours hr",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}


def _unit(row: _Cells) -> Unit | None:
    text = row.text(Column.UNIT)
    if not text:
        return None
    words = fold_text(text).removeprefix("au ").removeprefix("a la ").removeprefix("par ").removeprefix("per ")
    unit = _UNIT_OF.get(words)
    if unit is None:
        raise row.wrong(RowRefusal.UNKNOWN_UNIT, Column.UNIT)
    return unit


def _codes(row: _Cells) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for heading, written in row.codes():
        code = written.removesuffix(".0") if written.removesuffix(".0").isdigit() else written
        if len(code) > MAX_CODE_LENGTH:
            raise _WrongCell(RowRefusal.TOO_LONG, heading, written)
        if re.fullmatch(r"\d[.,]?\d*[eE]\+?\d+", code):  # a spreadsheet took the code for a number
            raise _WrongCell(RowRefusal.SPOILT_CODE, heading, written)
        if len(code) in (12, 13, 14) and code.isdigit() and not is_gtin(code):
            raise _WrongCell(RowRefusal.BAD_CHECK_DIGIT, heading, written)
        codes[normalise_code(code)] = None
    return tuple(codes)


def _stock(row: _Cells) -> Decimal | None:
    text = row.text(Column.STOCK)
    if not text:
        return None
    stock = _decimal(text)
    if stock is None or not 0 <= stock <= MAX_STOCK:
        raise row.wrong(RowRefusal.BAD_STOCK, Column.STOCK)
    return stock


_YES = frozenset({"oui", "o", "yes", "y", "1", "true", "vrai", "x"})
_NO = frozenset({"non", "n", "no", "0", "false", "faux"})


def _yes_no(row: _Cells, column: Column) -> bool | None:
    text = row.text(column)
    if not text:
        return None
    word = fold_text(text)
    if word not in _YES | _NO:
        raise row.wrong(RowRefusal.BAD_YES_NO, column)
    return word in _YES


def _age_limit(row: _Cells) -> int | None:
    """`18`, `18+`, `18 ans` or yes: proof of majority is asked; 0 or no: it is not."""
    text = row.text(Column.AGE)
    if not text:
        return None
    word = fold_text(text).removesuffix(" ans")
    if word == "18" or word in _YES:
        return 18
    if word in _NO:
        return 0
    raise row.wrong(RowRefusal.BAD_AGE, Column.AGE)


_NATURES = {
    LineNature.GOODS: "article|articles|marchandise|marchandises|bien|biens|goods|produit",
    LineNature.SERVICE: "service|services|prestation|prestations|prestation de service",
    LineNature.CONTAINER: "consigne|consignes|emballage consigne|container|container deposit",
    LineNature.DEPOSIT: "acompte|arrhes|advance|advance payment",
    LineNature.VOUCHER: "bon|bon cadeau|bon d achat|cheque cadeau|carte cadeau|voucher|gift voucher",
}
_NATURE_OF = {word: nature for nature, words in _NATURES.items() for word in words.split("|")}


def _nature(row: _Cells) -> LineNature | None:
    text = row.text(Column.NATURE)
    if not text:
        return None
    nature = _NATURE_OF.get(fold_text(text))
    if nature is None:
        raise row.wrong(RowRefusal.UNKNOWN_NATURE, Column.NATURE)
    return nature
