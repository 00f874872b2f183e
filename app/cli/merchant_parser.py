"""Owns the words of `comptoir merchant` and `comptoir attestation`. Never runs them."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from app.domain.merchant import PrepaidOrders, VatRegime, without_blanks
from app.i18n import tr


def add_merchant_arguments(parser: argparse.ArgumentParser) -> None:
    """What `merchant` may be told; without any it shows what is known."""
    parser.add_argument("--name", dest="legal_name", help=tr("legal name of the business"))
    parser.add_argument("--form", dest="legal_form", help=tr("legal form, for example SARL or EI"))
    parser.add_argument("--siret", type=without_blanks, help=tr("14 digits"))
    parser.add_argument("--vat-number", type=without_blanks, help=tr("for example FR44732829320"))
    parser.add_argument("--register", dest="rcs", help=tr("for example: RCS Lille"))
    parser.add_argument(
        "--address", dest="address_lines", action="append", metavar="LINE", help=tr("once for each line")
    )
    parser.add_argument("--regime", choices=[regime.value for regime in VatRegime])
    parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help=tr("first day of the regime"))
    parser.add_argument("--cutoff-hour", type=int, metavar="0-12", help=tr("sales before it belong to the day before"))
    parser.add_argument("--fiscal-year-month", dest="fiscal_year_start_month", type=int, metavar="1-12")
    parser.add_argument("--prepaid", dest="prepaid_orders", choices=[who.value for who in PrepaidOrders])
    parser.add_argument("--meal-voucher-sundays", choices=["yes", "no"])


def add_attestation_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help=tr("an HTML file (default: in this folder)"))
    parser.add_argument("--check", action="store_true", help=tr("only say whether a new one is needed"))
