"""Owns `comptoir import` and `stock`: articles and their levels, in sentences and plain data. Holds no rule."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.domain.abilities import Ability
from app.i18n import tr, trn
from app.ui import formats
from app.ui.import_words import import_summary, row_refusal
from app.ui.input_grammar import parse_thousandths, quantity_in_base_units
from app.ui.link_words import missing_words
from app.usecases.connector_kinds import abilities_of
from app.usecases.queries import ProductRow, Queries

if TYPE_CHECKING:
    from app.bootstrap.core import Core

MAX_CATALOGUE_BYTES = 500_000_000
"""A million rows with everything in them; a device or a film is not read to its end."""


def read_catalogue(path: Path) -> bytes | Answer:
    """What the file holds, or why it is not taken. Raises OSError."""
    with path.open("rb") as file:
        data = file.read(MAX_CATALOGUE_BYTES + 1)
    if len(data) <= MAX_CATALOGUE_BYTES:
        return data
    text = tr("The file is larger than {megabytes} MB. Cut it into several files.")
    return Answer(text.format(megabytes=MAX_CATALOGUE_BYTES // 1_000_000), reason="file_too_large")


def run_import(options: argparse.Namespace, core: Core, data: bytes) -> Answer:
    from app.usecases.import_catalogue import import_catalogue

    report = import_catalogue(core.counter, data, options.operator)
    if report.file_refusal is not None:
        return Answer(import_summary(report), reason=report.file_refusal.value)
    counts: dict[str, Any] = {
        "new": report.rows_new,
        "updated": report.rows_updated,
        "unchanged": report.rows_unchanged,
    }
    refused: list[dict[str, Any]] = [
        {"line": row.line_no, "reason": row.reason.value, "column": row.column, "value": row.value[:100]}
        for row in report.refused
    ]
    kept_here = Ability.PRODUCT_CHANGES not in abilities_of(core.store.queries.linked().kind)
    return Answer(
        f"{import_summary(report)} {missing_words(Ability.PRODUCT_CHANGES)}" if kept_here else import_summary(report),
        {**counts, "rows_refused": report.rows_refused, "refused": refused},
        [(tr("line {number}").format(number=row.line_no), row_refusal(row)) for row in report.refused],
        reason="rows_refused" if refused else "",
    )


def is_changing(options: argparse.Namespace) -> bool:
    """Whether a level is to be changed, and not only looked at."""
    return options.receive is not None or options.counted is not None


def run_stock(options: argparse.Namespace, core: Core) -> Answer:
    from app.domain.barcodes import normalise_code
    from app.usecases.adjust_stock import correct_level, receive_goods

    changing = is_changing(options)
    queries: Queries = core.store.queries
    exact = queries.product_by_code(normalise_code(options.article))
    found: Sequence[ProductRow] = [exact] if exact else queries.search_products(options.article)
    if not changing or len(found) != 1:
        return _stock_answer(found, several=changing)
    product = found[0].product
    if not product.stock_tracked:
        return Answer(
            tr("The stock of {article} is not kept: nothing to record.").format(article=product.name),
            reason="stock_not_kept",
        )
    typed = options.receive if options.receive is not None else options.counted
    thousandths = parse_thousandths(typed)
    counted_nought = options.counted is not None and thousandths == 0
    quantity = 0 if counted_nought else quantity_in_base_units(thousandths or 0, product.unit)
    if quantity is None:
        return Answer(
            tr("“{text}” is not a quantity. Type for example 12 or 0,456.").format(text=typed),
            reason="not_a_quantity",
        )
    if options.receive is not None:
        receive_goods(core.counter, [(product.product_id, quantity)], options.location, options.operator, options.note)
    else:
        from app.domain.catalogue import MovementReason

        correct_level(
            core.counter,
            product.product_id,
            quantity,
            options.location,
            MovementReason.CORRECTION,
            options.operator,
            options.note,
        )
    after = queries.product(product.product_id)
    return _stock_answer([after] if after else [], several=False)


def _stock_answer(rows: Sequence[ProductRow], *, several: bool) -> Answer:
    data = {
        "articles": [
            {
                "product_id": row.product.product_id,
                "name": row.product.name,
                "unit": row.product.unit.value,
                "physical": row.physical,
                "promised": row.promised,
            }
            for row in rows
        ]
    }
    cells = [
        (
            row.product.name,
            formats.quantity(row.physical, row.product.unit),
            tr("{quantity} promised").format(quantity=formats.quantity(row.promised, row.product.unit))
            if row.promised
            else "",
        )
        for row in rows
    ]
    if not rows:
        return Answer(tr("No article answers to this."), data, reason="unknown_article")
    if several:
        return Answer(
            tr("Several articles answer to this: give the bar code of one."), data, cells, reason="several_articles"
        )
    return Answer(trn("{count} article", "{count} articles", len(rows)).format(count=len(rows)), data, cells)
