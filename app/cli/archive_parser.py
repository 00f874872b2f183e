"""Owns the words of `comptoir archive`, `comptoir verify` and `comptoir export`. Never runs them."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from app.i18n import tr

EXPORTS = ("lines", "z", "journal", "e-reporting")


def add_archive_arguments(parser: argparse.ArgumentParser) -> None:
    _add_period(parser)
    parser.add_argument("--output", type=Path, metavar="DIR", help=tr("where to (default: beside the database)"))


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "archive",
        type=Path,
        nargs="?",
        help=tr("an archive, or the folder it was unpacked to (default: this till's ledger)"),
    )
    parser.add_argument(
        "--quick", action="store_true", help=tr("of the ledger: its chains alone, not the other tables")
    )
    parser.add_argument("--previous", type=Path, metavar="ARCHIVE", help=tr("the archive of the period before"))
    parser.add_argument("--every-signature", action="store_true", help=tr("check each signature, which takes longer"))
    parser.add_argument("--print", dest="on_paper", action="store_true", help=tr("of the ledger: print the report too"))
    parser.add_argument("--key", default="", metavar="SHA256", help=tr("the public key that must have signed"))


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=EXPORTS)
    _add_period(parser)
    parser.add_argument("--output", type=Path, metavar="DIR", help=tr("where to (default: this folder)"))
    parser.add_argument("--accounts", type=Path, metavar="FILE", help=tr("the accountant's accounts, for the journal"))


def _add_period(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--month", type=_month, metavar="YYYY-MM", help=tr("a month (default: the last one)"))
    which.add_argument("--year", type=_year, metavar="YYYY", help=tr("the fiscal year that begins in it"))
    which.add_argument("--from", dest="first_day", type=_day, metavar="YYYY-MM-DD", help=tr("first day"))
    parser.add_argument("--to", dest="last_day", type=_day, metavar="YYYY-MM-DD", help=tr("last day"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("a day is written 2026-11-22")) from None


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month of the calendar, in no zone
    except ValueError:
        raise argparse.ArgumentTypeError(tr("a month is written 2026-11")) from None


def _year(text: str) -> int:
    if not (text.isdecimal() and len(text) == 4 and int(text) > 0):
        raise argparse.ArgumentTypeError(tr("a year is written 2026"))
    return int(text)
