"""Owns the words of `comptoir pickup-code`. Never runs it."""

from __future__ import annotations

import argparse

from app.i18n import tr


def add_pickup_code_arguments(parser: argparse.ArgumentParser) -> None:
    """What `pickup-code` may be told."""
    parser.add_argument("order", help=tr("order number, pickup code or spoken code"))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--print", dest="printed", action="store_true", help=tr("print the slip that the customer shows"))
    how.add_argument("--text", action="store_true", help=tr("write the e-mail to the customer"))
    parser.add_argument("--language", choices=("fr", "en"), help=tr("of the e-mail (default: the settings')"))
