"""Owns what `comptoir print` does: put a paper into the print queue, by its number. Holds no rule."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from app.cli.invoice_commands import sale_of
from app.cli.output import Answer
from app.cli.print_parser import WITHOUT_NUMBER
from app.domain.fiscal import Series
from app.i18n import tr
from app.ui.paper_words import paper_title

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.usecases.ports import PrintJob

_CLOSURE = re.compile(r"(?:([A-Z])-?(?=Z))?Z?([0-9]{1,9})")


def run_print(options: argparse.Namespace, core: Core) -> Answer:
    if not options.number and options.paper not in WITHOUT_NUMBER:
        return Answer(tr("Say which one: the number stands on the paper."), reason="number_missing")
    job = _queued(options, core)
    if job is None:
        text = tr("There is no {number} at this till. Check the number.")
        return Answer(text.format(number=options.number), reason="unknown_number")
    text = tr("{paper} waits for the printer; it comes out while Comptoir's window is open.")
    data: dict[str, Any] = {"job_id": job.job_id, "kind": job.kind.value, "number": job.title}
    return Answer(text.format(paper=paper_title(job.kind, job.title)), data)


def _queued(options: argparse.Namespace, core: Core) -> PrintJob | None:
    from app.usecases.close_period import print_x, print_z
    from app.usecases.print_document import print_gift_receipt, print_receipt_copy
    from app.usecases.print_papers import print_notice, print_service_note

    counter, operator = core.counter, options.operator
    match options.paper:
        case "notice":
            return print_notice(counter)
        case "x":
            return print_x(counter, operator)
        case "z":
            return print_z(counter, _closure_of(core, options.number), operator)
        case "note":
            return print_service_note(counter, sale_of(core, options.number), operator)
        case "gift":
            return print_gift_receipt(counter, sale_of(core, options.number), _every_line(core, options), operator)
        case _:
            return print_receipt_copy(counter, sale_of(core, options.number), operator)


def _every_line(core: Core, options: argparse.Namespace) -> tuple[int, ...]:
    sale = core.store.queries.sale(sale_of(core, options.number))
    return tuple(line.line_no for line in sale.lines) if sale else ()


def _closure_of(core: Core, text: str) -> str:
    """The id of the closure with this number (`A-Z0012`, `12`), "" if there is none."""
    match = _CLOSURE.fullmatch(text.strip().upper())
    if match is None:
        return ""
    number = int(match[2])
    with core.counter.unit_of_work() as uow:
        letter = match[1] or uow.identity().till_letter
        return next((row.record_id for row in uow.ledger.rows(letter, Series.CLOSURES, number, number)), "")
