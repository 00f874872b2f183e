"""Owns the words of `comptoir invoice`. Never runs it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.domain.invoice import DUE_DAYS, MAX_DUE_DAYS
from app.i18n import tr


def add_invoice_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ticket", help=tr("number of the ticket, for example A-000042"))
    parser.add_argument("--siren", default="", help=tr("of the business it is for; a SIRET will do"))
    parser.add_argument("--name", default="", help=tr("of the business"))
    parser.add_argument("--address", action="append", default=[], metavar="LINE", help=tr("may be repeated"))
    parser.add_argument("--vat-number", default="", help=tr("of the business, if it gave one"))
    parser.add_argument(
        "--delivered-to", action="append", default=[], metavar="LINE", help=tr("another address; may be repeated")
    )
    parser.add_argument(
        "--due-days",
        type=_days,
        default=DUE_DAYS,
        metavar="DAYS",
        help=tr("until when what was sold on account is to be paid"),
    )
    parser.add_argument("--debits", action="store_true", help=tr("the merchant owes VAT when invoicing services"))
    parser.add_argument("--print", dest="on_paper", action="store_true", help=tr("a new one on ticket paper too"))
    parser.add_argument("--output", type=Path, metavar="FILE", help=tr("the PDF (default: its number, in this folder)"))


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= MAX_DUE_DAYS):
        raise argparse.ArgumentTypeError(tr("a number from 0 to {most}").format(most=MAX_DUE_DAYS))
    return int(text)
