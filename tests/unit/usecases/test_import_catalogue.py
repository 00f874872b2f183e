"""The catalogue import: files as spreadsheets really write them, refusals by row, again is an update."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.catalogue import LineNature, MovementReason, Product, Unit
from app.domain.facts import FactKind
from app.domain.money import VAT_RATES_BP, Money
from app.marketplace import schemas
from app.usecases import import_catalogue as importing
from app.usecases import read_catalogue_file as reading
from app.usecases.import_catalogue import TAKING, ImportReport, import_catalogue
from app.usecases.long_work import WorkStopped
from app.usecases.ports import Counter, StoreUnavailable, Touched, UnitOfWork
from app.usecases.read_catalogue_file import (
    CatalogueRow,
    FileRefusal,
    FileRefused,
    RefusedRow,
    RowRefusal,
    open_catalogue_file,
)
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE
from tests.fakes.shop import Shop
from tests.fakes.stopped_work import WorkStoppedAt
from tests.fakes.surroundings import HandSetClock

FILE = '''Désignation;Prix TTC;TVA;Code-barres;Unité;Rayon;Stock;Étagère;En ligne;Rétractation;Âge
Café moulu;4,99 €;5,5 %;3017620422003;;Épicerie;12;A1;oui;oui;
Tomate cœur de bœuf;4.80;5.5;;kg;Primeur;12,5;;non;non;
"Bordeaux ""vieux""";12,50;20;3175529657725|96385074;pièce;Vins;6;C4;x;;18

Ourlet;15;20%;;heure;;;;;;
'''


def take(shop: Shop, text: str | bytes, encoding: str = "utf-8") -> ImportReport:
    return import_catalogue(shop.counter, text if isinstance(text, bytes) else text.encode(encoding), "Léa")


def product_named(shop: Shop, name: str) -> Product:
    (row,) = shop.queries.search_products(name)
    return row.product


@pytest.fixture
def empty(shop: Shop) -> Shop:
    """A till whose four articles are gone from search, so that a file is all there is."""
    shop.has_products(*(replace(p, active=False, codes=()) for p in (COFFEE, TOMATO, WINE, HEMMING)))
    return shop


# --- a whole file ---


def test_every_column_finds_its_place(empty: Shop) -> None:
    report = take(empty, FILE)
    assert report == ImportReport(rows_new=4)
    coffee = product_named(empty, "cafe moulu")
    assert (coffee.price, coffee.vat_rate_bp, coffee.unit, coffee.codes) == (
        Money(499),
        550,
        Unit.PIECE,
        ("3017620422003",),
    )
    assert (coffee.category, coffee.shelf, coffee.published, coffee.age_limit) == ("Épicerie", "A1", True, 0)
    tomato = product_named(empty, "coeur de boeuf")
    assert (tomato.unit, tomato.withdrawal_right, tomato.published) == (Unit.KG, False, False)
    wine = product_named(empty, "bordeaux")
    assert (wine.name, wine.codes, wine.age_limit) == ('Bordeaux "vieux"', ("3175529657725", "96385074"), 18)
    hemming = product_named(empty, "ourlet")
    assert (hemming.unit, hemming.stock_tracked) == (Unit.HOUR, False)
    assert [empty.level(product) for product in (coffee, tomato, wine)] == [12, 12500, 6]
    assert empty.heard == [Touched(catalogue=True, stock=True, outbox=True)]


def test_the_marketplace_hears_of_published_articles_and_of_stock(empty: Shop) -> None:
    take(empty, FILE)
    facts = empty.facts()
    told = [fact.payload["name"] for fact in facts if fact.kind is FactKind.PRODUCT_CHANGED]
    assert told == ["Café moulu", 'Bordeaux "vieux"']
    (moved,) = [fact for fact in facts if fact.kind is FactKind.STOCK_MOVED]
    assert [m["quantity"] for m in moved.payload["movements"]] == [12, 12500, 6]
    assert {m["reason"] for m in moved.payload["movements"]} == {MovementReason.CORRECTION.value}


def test_the_same_file_again_changes_nothing(empty: Shop) -> None:
    take(empty, FILE)
    facts = empty.facts()
    empty.heard.clear()
    assert take(empty, FILE) == ImportReport(rows_unchanged=4)
    assert empty.facts() == facts
    assert empty.heard == []


def test_a_changed_row_is_an_update(empty: Shop) -> None:
    take(empty, FILE)
    told = len(empty.facts())
    changed = FILE.replace("4,99 €", "5,20 €").replace("12,5;", "11,25;")
    assert take(empty, changed) == ImportReport(rows_updated=2, rows_unchanged=2)
    assert product_named(empty, "cafe").price == Money(520)
    assert empty.level(product_named(empty, "tomate")) == 11250
    assert [fact.kind for fact in empty.facts()[told:]] == [FactKind.PRODUCT_CHANGED, FactKind.STOCK_MOVED]


def test_what_the_file_does_not_say_stays(empty: Shop) -> None:
    take(empty, FILE)
    before = product_named(empty, "cafe")
    report = take(empty, "code,name,price\n3017620422003,Café moulu,4.99\n")
    assert report == ImportReport(rows_unchanged=1)
    assert product_named(empty, "cafe") == before
    assert empty.level(before) == 12


def test_an_article_taken_off_line_is_told_too(empty: Shop) -> None:
    take(empty, FILE)
    told = len(empty.facts())
    take(empty, FILE.replace("A1;oui", "A1;non"))
    (fact,) = empty.facts()[told:]
    assert (fact.payload["name"], fact.payload["published"]) == ("Café moulu", False)


def test_a_row_finds_its_article_by_any_code_and_adds_new_ones(shop: Shop) -> None:
    report = take(shop, "nom;prix;ean;ean\nCafé nouveau;5,10;96385074;3017620422003\n")
    assert report == ImportReport(rows_updated=1)
    row = shop.queries.product("p-coffee")
    assert row is not None
    assert (row.product.name, row.product.vat_rate_bp) == ("Café nouveau", 550)
    assert row.product.codes == ("3017620422003", "96385074")


def test_a_row_finds_its_article_by_number(shop: Shop) -> None:
    assert take(shop, "référence;nom;prix\np-coffee;Café;5\n") == ImportReport(rows_updated=1)
    assert take(shop, "référence;nom;prix;tva\nART-1;Sucre;2;5,5\n") == ImportReport(rows_new=1)
    assert take(shop, "référence;nom;prix;tva\nART-1;Sucre roux;2;5,5\n") == ImportReport(rows_updated=1)
    row = shop.queries.product("ART-1")
    assert row is not None
    assert row.product.name == "Sucre roux"


def test_a_number_that_is_no_id_everywhere_makes_one(shop: Shop) -> None:
    for name in ("Sucre", "Sucre roux"):
        take(shop, f"référence;nom;prix;tva;en ligne\nRéf. 12/3;{name};2;5,5;oui\n")
    sugar = product_named(shop, "sucre")
    assert sugar.name == "Sucre roux"
    assert re.fullmatch(schemas.ID_PATTERN, sugar.product_id)
    assert [fact.payload["product_id"] for fact in shop.facts()] == [sugar.product_id] * 2


def test_a_failing_commit_takes_nothing() -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    shop.store.fail_commit_with = StoreUnavailable("disk_full")
    before = shop.everything()
    with pytest.raises(StoreUnavailable):
        take(shop, FILE)
    assert shop.everything() == before
    assert len(shop.store.tables.products) == 4
    assert shop.heard == []


# --- how files are written ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding: str, delimiter: str, ending: str) -> None:
    lines = [["libellé", "prix", "tva"], ["Pâté d’Œuf", "3.50", "5.5"], [], ["Thé", "2", "20"]]
    text = ending.join(delimiter.join(cells) for cells in lines)
    file = open_catalogue_file(text.encode(encoding))
    assert not isinstance(file, FileRefused)
    rows = list(file.rows())
    assert [row.name for row in rows if isinstance(row, CatalogueRow)] == ["Pâté d’Œuf", "Thé"]
    assert [row.line_no for row in rows] == [2, 4]


def test_excels_own_note_on_the_delimiter_is_skipped() -> None:
    assert read_all("sep=;\nnom;prix;tva\nThé;2;20\n")[0].line_no == 3


def read_all(text: str) -> list[CatalogueRow | RefusedRow]:
    file = open_catalogue_file(text.encode())
    assert not isinstance(file, FileRefused), file
    return list(file.rows())


def read_one(headings: str, cells: str) -> CatalogueRow | RefusedRow:
    (row,) = read_all(f"{headings}\n{cells}\n")
    return row


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("3,50", 350),
        ("3.5", 350),
        ("1 234,50 €", 123450),
        ("1\u202f234,50", 123450),
        ("12.990000", 1299),
        ("12,9900 €", 1299),
        ("0", 0),
        ("99999,99", 9999999),
    ],
)
def test_prices(written: str, minor: int) -> None:
    row = read_one("nom;prix", f"x;{written}")
    assert isinstance(row, CatalogueRow)
    assert row.price == Money(minor)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", RowRefusal.NO_PRICE),
        ("  ", RowRefusal.NO_PRICE),
        ("-3", RowRefusal.NEGATIVE_PRICE),
        ("gratuit", RowRefusal.PRICE_NOT_UNDERSTOOD),
        ("1,000", RowRefusal.PRICE_NOT_UNDERSTOOD),
        ("1,234.50", RowRefusal.PRICE_NOT_UNDERSTOOD),
        ("3,499", RowRefusal.PRICE_NOT_UNDERSTOOD),
        ("100000", RowRefusal.ABSURD_PRICE),
        ("3017620422003", RowRefusal.ABSURD_PRICE),
    ],
)
def test_prices_that_are_none(written: str, reason: RowRefusal) -> None:
    assert read_one("nom;prix", f"x;{written}") == RefusedRow(2, reason, "prix", written.strip())


@pytest.mark.parametrize(
    ("written", "rate_bp"),
    [
        ("20", 2000),
        ("20 %", 2000),
        ("20,0%", 2000),
        ("20.00", 2000),
        ("10", 1000),
        ("5,5", 550),
        ("5.50 %", 550),
        ("2,1", 210),
        ("0", 0),
        ("0 %", 0),
        ("0.2", 2000),
        ("0,055", 550),
        ("0.021", 210),
        ("", None),
    ],
)
def test_vat_rates(written: str, rate_bp: int | None) -> None:
    row = read_one("nom;prix;tva", f"x;1;{written}")
    assert isinstance(row, CatalogueRow)
    assert row.vat_rate_bp == rate_bp


@pytest.mark.parametrize("written", ["19,6", "0.2 %", "200", "-20", "normal", "0.196", "0,9", "NaN", "1e3"])
def test_vat_rates_that_do_not_exist(written: str) -> None:
    assert read_one("nom;prix;tva", f"x;1;{written}") == RefusedRow(2, RowRefusal.UNKNOWN_VAT_RATE, "tva", written)


@pytest.mark.parametrize(
    ("headings", "cells", "reason", "column", "value"),
    [
        ("nom;prix", ";3", RowRefusal.NO_NAME, "nom", ""),
        ("nom;prix", "x" * 201 + ";3", RowRefusal.TOO_LONG, "nom", "x" * 200),
        ("nom;prix;rayon", "x;3;" + "y" * 101, RowRefusal.TOO_LONG, "rayon", "y" * 101),
        ("nom;prix;étagère", "x;3;" + "y" * 65, RowRefusal.TOO_LONG, "étagère", "y" * 65),
        ("nom;prix;unité", "x;3;botte", RowRefusal.UNKNOWN_UNIT, "unité", "botte"),
        ("nom;prix;EAN", "x;3;3017620422004", RowRefusal.BAD_CHECK_DIGIT, "EAN", "3017620422004"),
        ("nom;prix;EAN", "x;3;036000291453", RowRefusal.BAD_CHECK_DIGIT, "EAN", "036000291453"),
        ("nom;prix;EAN", "x;3;3,01762E+12", RowRefusal.SPOILT_CODE, "EAN", "3,01762E+12"),
        ("nom;prix;EAN", "x;3;" + "A" * 65, RowRefusal.TOO_LONG, "EAN", "A" * 65),
        ("nom;prix;stock", "x;3;-1", RowRefusal.BAD_STOCK, "stock", "-1"),
        ("nom;prix;stock", "x;3;beaucoup", RowRefusal.BAD_STOCK, "stock", "beaucoup"),
        ("nom;prix;stock", "x;3;3017620422003", RowRefusal.BAD_STOCK, "stock", "3017620422003"),
        ("nom;prix;publié", "x;3;peut-être", RowRefusal.BAD_YES_NO, "publié", "peut-être"),
        ("nom;prix;âge", "x;3;16", RowRefusal.BAD_AGE, "âge", "16"),
        ("nom;prix;nature", "x;3;cadeau", RowRefusal.UNKNOWN_NATURE, "nature", "cadeau"),
        ("nom;prix;TR", "x;3;peut-être", RowRefusal.BAD_YES_NO, "TR", "peut-être"),
        ("nom,prix,tva", "x,3,50,5.5", RowRefusal.TOO_MANY_CELLS, "", "x | 3 | 50 | 5.5"),
    ],
)
def test_rows_that_are_refused(headings: str, cells: str, reason: RowRefusal, column: str, value: str) -> None:
    assert read_one(headings, cells) == RefusedRow(2, reason, column, value)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("3017620422003 96385074", ("3017620422003", "96385074")),
        ("3017620422003|96385074|3017620422003", ("3017620422003", "96385074")),
        ("036000291452", ("0036000291452",)),
        ("3017620422003.0", ("3017620422003",)),
        ("ART-12", ("ART-12",)),
        ("12345678", ("12345678",)),
    ],
)
def test_codes(written: str, codes: tuple[str, ...]) -> None:
    row = read_one("nom;prix;code", f"x;3;{written}")
    assert isinstance(row, CatalogueRow)
    assert row.codes == codes


@pytest.mark.parametrize(
    ("data", "reason", "column"),
    [
        (b"", FileRefusal.EMPTY, ""),
        (b"\r\n \n", FileRefusal.EMPTY, ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00", FileRefusal.NOT_TEXT, ""),
        (b"PK\x03\x04nom;prix", FileRefusal.NOT_TEXT, ""),
        (b"nom;prix\n\x81\x8d;3", FileRefusal.NOT_TEXT, ""),
        ("nom;prix\nx;3".encode("utf-16"), FileRefusal.NOT_TEXT, ""),
        (b"bonjour\ntout le monde", FileRefusal.NO_HEADER, ""),
        (b"prix;tva\n3;20", FileRefusal.NO_NAME_COLUMN, ""),
        (b"nom;prix ht\nx;3", FileRefusal.NO_PRICE_COLUMN, ""),
        (b"nom;prix;Prix TTC\nx;3;4", FileRefusal.REPEATED_COLUMN, "Prix TTC"),
        (b"nom;nom;prix\nx;y;4", FileRefusal.REPEATED_COLUMN, "nom"),
        (b"nom;prix" + b";z" * 300, FileRefusal.TOO_MANY_COLUMNS, ""),
    ],
)
def test_files_that_are_refused(data: bytes, reason: FileRefusal, column: str) -> None:
    refused = open_catalogue_file(data)
    assert isinstance(refused, FileRefused)
    assert (refused.reason, refused.column) == (reason, column)


@pytest.mark.parametrize(
    "text",
    [
        'nom;prix;tva\nThé;2;20\n"Café;3;5,5\nSucre;2;5,5\n',
        'nom;prix;tva\nThé;2;20\n"Café" noir;3;5,5\n',
        "nom;prix;tva\nThé;2;20\n" + "x" * 200_000 + ";3;20\n",
    ],
    ids=["never closed", "closed too early", "endless cell"],
)
def test_broken_quotes_take_nothing(shop: Shop, text: str) -> None:
    report = take(shop, text)
    assert report == ImportReport(file_refusal=FileRefusal.BROKEN_QUOTES, file_detail="3")
    assert shop.queries.search_products("the") == []
    assert shop.heard == []


def test_too_many_rows_take_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    report = take(shop, "nom;prix;tva\n" + "Sucre;1;20\n" * 4)
    assert (report.file_refusal, report.file_detail) == (FileRefusal.TOO_MANY_ROWS, "5")
    assert shop.queries.search_products("sucre") == []


# --- rows against each other and against the till ---


def refusals(report: ImportReport) -> list[tuple[int, RowRefusal, str]]:
    return [(row.line_no, row.reason, row.value) for row in report.refused]


def test_good_rows_pass_beside_refused_ones(shop: Shop) -> None:
    report = take(shop, "nom;prix;tva\nSucre;1;20\nSel;-1;20\nPoivre;2;20\n")
    assert (report.rows_new, report.rows_refused) == (2, 1)
    assert refusals(report) == [(3, RowRefusal.NEGATIVE_PRICE, "-1")]


def test_a_code_belongs_to_one_article(shop: Shop) -> None:
    report = take(
        shop,
        "réf;nom;prix;tva;ean\n"
        ";Sucre;1;20;96385074\n"
        ";Sel;1;20;96385074\n"
        ";Poivre;1;20;3017620422003 3175529657725\n"
        "p-wine;Vin;1;20;3017620422003\n",
    )
    assert refusals(report) == [
        (3, RowRefusal.CODE_TWICE_IN_FILE, "96385074"),
        (4, RowRefusal.CODE_OF_ANOTHER_ARTICLE, "3175529657725"),
        (5, RowRefusal.CODE_OF_ANOTHER_ARTICLE, "3017620422003"),
    ]


def test_an_article_named_twice_is_taken_once(shop: Shop) -> None:
    report = take(shop, "réf;nom;prix;tva\n;Sucre;1;20\n;SUCRE;2;20\nA1;Sel;1;20\nA1;Poivre;1;20\n")
    assert refusals(report) == [
        (3, RowRefusal.ARTICLE_TWICE_IN_FILE, "SUCRE"),
        (5, RowRefusal.ARTICLE_TWICE_IN_FILE, "A1"),
    ]
    assert product_named(shop, "sucre").price == Money(100)


def test_twice_in_a_file_is_found_across_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 1)
    report = take(shop, "nom;prix;tva;ean\nSucre;1;20;96385074\nSel;1;20;96385074\nSucre;2;20;\n")
    assert [reason for _, reason, _ in refusals(report)] == [RowRefusal.CODE_TWICE_IN_FILE]
    assert report.rows_new == 2


def test_a_new_article_needs_a_vat_rate(shop: Shop) -> None:
    report = take(shop, "nom;prix;ean\nSucre;1;\nCafé;5;3017620422003\n")
    assert refusals(report) == [(2, RowRefusal.NO_VAT_RATE, "")]
    assert report.rows_updated == 1


FLAGS = """nom;prix;tva;unité;âge;nature;titre-restaurant;garantie légale;bon de pesée
Rôti de bœuf;28,90;5,5;kg;;article;oui;non;oui
Puzzle;16,90;20;;;;non;oui;non
Atelier;25;20;heure;;;;;
Consigne bocal;1,00;;;;consigne;;;
Bon cadeau;20;0;;;bon cadeau;non;non;non
"""


def test_flags_of_french_rules_are_read_and_kept(empty: Shop) -> None:
    assert take(empty, FLAGS) == ImportReport(rows_new=5)
    roast, puzzle = product_named(empty, "roti de boeuf"), product_named(empty, "puzzle")
    assert (roast.nature, roast.meal_voucher, roast.legal_guarantee, roast.weigh_slip) == (
        LineNature.GOODS,
        True,
        False,
        True,
    )
    assert (puzzle.nature, puzzle.meal_voucher, puzzle.legal_guarantee) == (LineNature.GOODS, False, True)
    assert product_named(empty, "atelier").nature is LineNature.SERVICE
    jar, voucher = product_named(empty, "consigne"), product_named(empty, "bon cadeau")
    assert (jar.nature, jar.vat_rate_bp, jar.stock_tracked) == (LineNature.CONTAINER, 0, True)
    assert (voucher.nature, voucher.stock_tracked) == (LineNature.VOUCHER, False)
    take(empty, "nom;prix\nRôti de bœuf;29,90\n")
    assert product_named(empty, "roti de boeuf") == replace(roast, price=Money(2990))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nom;prix;tva;nature\nx;1;20;consigne", RowRefusal.VAT_OUTSIDE_TURNOVER),
        ("nom;prix;tva;âge;titre-restaurant\nx;1;20;18;oui", RowRefusal.MEAL_VOUCHER_AGE),
        ("nom;prix;code;titre-restaurant\nx;1;3175529657725;oui", RowRefusal.MEAL_VOUCHER_AGE),
    ],
)
def test_r27_r29_what_cannot_be_true_of_an_article_is_refused(shop: Shop, text: str, reason: RowRefusal) -> None:
    report = take(shop, text)
    assert [row.reason for row in report.refused] == [reason]
    assert report.rows_new == report.rows_updated == 0


def test_pieces_do_not_become_kilograms(shop: Shop) -> None:
    report = take(shop, "nom;prix;ean;unité\nCafé;5;3017620422003;kg\n")
    assert refusals(report) == [(2, RowRefusal.UNIT_CHANGED, "kg")]


def test_half_a_piece_is_no_stock(shop: Shop) -> None:
    report = take(shop, "nom;prix;tva;stock;unité\nSucre;1;20;1,5;\nSel;1;20;1,5;kg\nRiz;1;20;1,2345;kg\n")
    assert refusals(report) == [(2, RowRefusal.BAD_STOCK, "1.5"), (4, RowRefusal.BAD_STOCK, "1.2345")]
    assert shop.level(product_named(shop, "sel")) == 1500


def test_services_have_no_stock_to_count(shop: Shop) -> None:
    take(shop, "nom;prix;tva;stock;unité\nConseil;40;20;3;heure\n")
    assert shop.level(product_named(shop, "conseil")) == 0


def test_only_refused_rows_are_no_commit(shop: Shop) -> None:
    assert take(shop, "nom;prix\nSucre;gratuit\n").rows_refused == 1
    assert shop.heard == []


def test_refused_rows_beyond_a_thousand_are_counted_only() -> None:
    shop = Shop(MemoryStore(), HandSetClock())
    report = take(shop, "nom;prix\n" + ";1\n" * 1500)
    assert (report.rows_refused, len(report.refused)) == (1500, 1000)


FIVE = ("nom;prix;tva;stock\n" + "".join(f"Article {n};1;20;4\n" for n in range(5))).encode()


def test_progress_goes_on_to_the_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    work = WorkStoppedAt()
    import_catalogue(shop.counter, FIVE, "Léa", work)
    read = [("", 3, 7), ("", 5, 7), ("", 6, 7)]
    assert work.seen == [*read, *((TAKING, done, 5) for done in (0, 2, 4, 5))]


@pytest.mark.parametrize("look", range(1, 9))
def test_stopped_at_any_moment_it_takes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch, look: int) -> None:
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    with pytest.raises(WorkStopped):
        import_catalogue(shop.counter, FIVE, "Léa", WorkStoppedAt(look))
    assert (shop.heard, list(shop.facts())) == ([], [])
    assert import_catalogue(shop.counter, FIVE, "Léa").rows_new == 5


def test_stock_of_a_large_file_is_told_in_pieces(shop: Shop) -> None:
    rows = "".join(f"Article {n};1;20;5\n" for n in range(450))
    assert take(shop, "nom;prix;tva;stock\n" + rows).rows_new == 450
    assert [len(fact.payload["movements"]) for fact in shop.facts()] == [200, 200, 50]


def test_memory_does_not_grow_with_the_file() -> None:
    def peak_of(rows: int) -> int:
        file = open_catalogue_file(("nom;prix;tva;ean\n" + "Café moulu;4,99;5,5;3017620422003\n" * rows).encode())
        assert not isinstance(file, FileRefused)
        tracemalloc.start()
        assert sum(1 for _ in file.rows()) == rows
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_of(10)
    assert peak_of(5000) < peak_of(500) + 200_000


# --- anything ---


@given(st.binary(max_size=500))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    file = open_catalogue_file(data)
    if not isinstance(file, FileRefused):
        read_or_broken(file)


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=10))
def test_no_cells_make_it_raise(cells: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["nom", "prix", "tva", "ean", "stock"], *cells])
    file = open_catalogue_file(text.getvalue().encode("utf-8", "ignore"))
    if not isinstance(file, FileRefused):
        read_or_broken(file)


def read_or_broken(file: reading.CatalogueFile) -> None:
    with contextlib.suppress(reading.BrokenFile):
        list(file.rows())


names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40).filter(
    lambda name: name.strip() and name.split() == name.split(" ")
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(names, st.integers(0, 99_999_99), st.sampled_from(VAT_RATES_BP), st.integers(0, 5000)),
        max_size=8,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([",", "."]),
)
def test_what_is_written_is_read(rows: list[tuple[str, int, int, int]], delimiter: str, mark: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["nom", "prix", "tva", "stock"])
    for name, price, rate_bp, stock in rows:
        writer.writerow([name, f"{price / 100:.2f}".replace(".", mark), f"{rate_bp / 100:g}".replace(".", mark), stock])
    read = read_all(text.getvalue())
    found = [(row.name, row.price.minor, row.vat_rate_bp, row.stock) for row in read if isinstance(row, CatalogueRow)]
    assert found == [(name.strip(), price, rate_bp, Decimal(stock)) for name, price, rate_bp, stock in rows]


# --- what others do between the judging and the writing ---


def meanwhile(shop: Shop, act: Callable[[], None]) -> Counter:
    """A counter whose last look at the store before the writing is followed by somebody else's act."""
    begun = 0

    def unit_of_work() -> AbstractContextManager[UnitOfWork]:
        nonlocal begun
        begun += 1
        if begun == 2:
            act()
        opened: AbstractContextManager[UnitOfWork] = shop.store.unit_of_work()
        return opened

    return replace(shop.counter, unit_of_work=unit_of_work)


def test_goods_sold_meanwhile_stay_sold(shop: Shop) -> None:
    counter = meanwhile(shop, lambda: shop.has_stock(COFFEE, -3))
    shop.has_stock(COFFEE, 10)
    import_catalogue(counter, b"nom;prix;ean;stock\nCaf\xc3\xa9;5;3017620422003;12\n", "Léa")
    assert shop.level(COFFEE) == 9


def test_what_another_till_said_meanwhile_is_not_overwritten_unread(shop: Shop) -> None:
    counter = meanwhile(shop, lambda: shop.has_products(replace(COFFEE, shelf="Z9", published=True)))
    assert import_catalogue(counter, b"nom;prix;ean\nCaf\xc3\xa9;5;3017620422003\n", "Léa").rows_updated == 1
    row = shop.queries.product("p-coffee")
    assert row is not None
    assert (row.product.name, row.product.shelf, row.product.published) == ("Café", "Z9", True)


def test_a_code_taken_by_another_article_meanwhile_is_refused(shop: Shop) -> None:
    counter = meanwhile(shop, lambda: shop.has_products(replace(WINE, codes=(*WINE.codes, "96385074"))))
    report = import_catalogue(counter, b"nom;prix;tva;ean\nSucre;2;5,5;96385074\n", "Léa")
    assert [(row.reason, row.value) for row in report.refused] == [(RowRefusal.CODE_OF_ANOTHER_ARTICLE, "96385074")]
    assert report.rows_new == 0
