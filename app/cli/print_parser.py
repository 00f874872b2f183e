"""Owns the words of `comptoir print`. Never runs it."""

from __future__ import annotations

import argparse

from app.i18n import tr

WITHOUT_NUMBER = ("x", "notice")
PAPERS = ("ticket", "gift", "note", "z", *WITHOUT_NUMBER)


def add_print_arguments(parser: argparse.ArgumentParser) -> None:
    """What `print` may be told."""
    parser.add_argument("paper", choices=PAPERS, help=tr("what to print"))
    parser.add_argument("number", nargs="?", default="", help=tr("of the ticket or closure, as it is printed on it"))
