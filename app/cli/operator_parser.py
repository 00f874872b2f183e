"""Owns the words of `comptoir operators`. Never runs it."""

from __future__ import annotations

import argparse

from app.domain.operators import Role
from app.i18n import tr

ACTIONS = ("list", "add", "pin", "role", "leave", "back")


def add_operators_arguments(parser: argparse.ArgumentParser) -> None:
    """What `operators` may be told; alone it lists them."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list")
    parser.add_argument("name", nargs="?", default="", help=tr("the person's name"))
    parser.add_argument(
        "--role",
        choices=[role.value for role in Role],
        help=tr("what the person may do (default: cashier, for the first one manager)"),
    )
