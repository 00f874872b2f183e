"""Owns the sentences about a catalogue file: why a row or the whole file was refused, and what to do.

No Qt: the command line says them too.
"""

from __future__ import annotations

from app.i18n import tr
from app.usecases.import_catalogue import ImportReport
from app.usecases.read_catalogue_file import FileRefusal, RefusedRow, RowRefusal


def import_summary(report: ImportReport) -> str:
    """One sentence on what became of the file."""
    if report.file_refusal is not None:
        return file_refusal(report.file_refusal, report.file_detail)
    return tr("{new} new, {updated} updated, {unchanged} unchanged, {refused} refused.").format(
        new=report.rows_new, updated=report.rows_updated, unchanged=report.rows_unchanged, refused=report.rows_refused
    )


def file_refusal(reason: FileRefusal, detail: str = "") -> str:
    """Why nothing of a file was taken, and what to do."""
    sentence = {
        FileRefusal.EMPTY: tr("The file is empty. Export it again."),
        FileRefusal.NOT_TEXT: tr("This is not a CSV file. In the spreadsheet choose “Save as: CSV”."),
        FileRefusal.NO_HEADER: tr("The first line must name the columns, for example: nom;prix;tva;code."),
        FileRefusal.NO_NAME_COLUMN: tr("No column is called “nom” (or “name”). Name the columns in the first line."),
        FileRefusal.NO_PRICE_COLUMN: tr("No column is called “prix” (or “price”). Name the columns in the first line."),
        FileRefusal.REPEATED_COLUMN: tr("Two columns say the same thing ({detail}). Keep one of them."),
        FileRefusal.TOO_MANY_COLUMNS: tr("The file has too many columns. Keep those needed."),
        FileRefusal.TOO_MANY_ROWS: tr("The file has more than a million rows. Cut it into several files."),
        FileRefusal.BROKEN_QUOTES: tr(
            "A quotation mark is never closed ({detail}). Mend that line, then import again."
        ),
    }[reason]
    return sentence.format(detail=detail)


def row_refusal(row: RefusedRow) -> str:
    """Why one row was not taken, with what its cell says."""
    sentence = {
        RowRefusal.NO_NAME: tr("the name is missing"),
        RowRefusal.NO_PRICE: tr("the price is missing"),
        RowRefusal.PRICE_NOT_UNDERSTOOD: tr("“{value}” is not a price; write it like 3,50"),
        RowRefusal.NEGATIVE_PRICE: tr("the price {value} is negative"),
        RowRefusal.ABSURD_PRICE: tr("the price {value} is far too high; is it a bar code?"),
        RowRefusal.NO_VAT_RATE: tr("the VAT rate is missing: 20, 10, 5,5, 2,1 or 0"),
        RowRefusal.UNKNOWN_VAT_RATE: tr("“{value}” is not a VAT rate: 20, 10, 5,5, 2,1 or 0"),
        RowRefusal.UNKNOWN_UNIT: tr("“{value}” is not a unit: piece, kg, litre or hour"),
        RowRefusal.UNIT_CHANGED: tr("the unit of an article that has moved cannot change; make a new article"),
        RowRefusal.BAD_CHECK_DIGIT: tr("the bar code {value} is mistyped: its last digit does not fit"),
        RowRefusal.SPOILT_CODE: tr("the bar code {value} was spoilt by the spreadsheet; make the column text"),
        RowRefusal.CODE_TWICE_IN_FILE: tr("the code {value} stands twice in the file"),
        RowRefusal.CODE_OF_ANOTHER_ARTICLE: tr("the code {value} belongs to another article"),
        RowRefusal.ARTICLE_TWICE_IN_FILE: tr("this article stands twice in the file"),
        RowRefusal.BAD_STOCK: tr("“{value}” is not a stock"),
        RowRefusal.BAD_YES_NO: tr("“{value}” is neither yes nor no (column {column})"),
        RowRefusal.BAD_AGE: tr("“{value}” is not an age: 0 or 18"),
        RowRefusal.UNKNOWN_NATURE: tr("“{value}” is not a nature: article, service, consigne, bon or acompte"),
        RowRefusal.VAT_OUTSIDE_TURNOVER: tr("a container deposit, an advance or a voucher bears no VAT: write 0"),
        RowRefusal.MEAL_VOUCHER_AGE: tr("what minors may not buy cannot be paid with meal vouchers"),
        RowRefusal.TOO_LONG: tr("the text in column {column} is too long"),
        RowRefusal.TOO_MANY_CELLS: tr("more cells than columns: is a price with a comma not in quotation marks?"),
    }[row.reason]
    return sentence.format(value=row.value[:60], column=row.column)
