"""Owns the words of `comptoir outbox` and `comptoir exceptions`. Never runs them."""

from __future__ import annotations

import argparse

from app.domain.disagreements import Answer
from app.i18n import tr

OUTBOX_ACTIONS = ("list", "resend", "repair", "set-aside")
EXCEPTION_ACTIONS = ("list", "settle", "ask-again")


def add_outbox_arguments(parser: argparse.ArgumentParser) -> None:
    """What `outbox` may be told; alone it lists what waits."""
    parser.add_argument("action", nargs="?", choices=OUTBOX_ACTIONS, default="list")
    parser.add_argument("fact", nargs="?", default="", help=tr("its number in the list"))
    parser.add_argument(
        "--set",
        dest="wording",
        action="append",
        default=[],
        metavar="FIELD=TEXT",
        help=tr("repair: a field and its new text"),
    )
    parser.add_argument("--note", default="", help=tr("set-aside: why"))


def add_exceptions_arguments(parser: argparse.ArgumentParser) -> None:
    """What `exceptions` may be told; alone it lists those to settle."""
    parser.add_argument("action", nargs="?", choices=EXCEPTION_ACTIONS, default="list")
    parser.add_argument("exception", nargs="?", default="", help=tr("its number in the list"))
    parser.add_argument(
        "--answer",
        choices=[answer.value for answer in Answer],
        default="",
        metavar="ANSWER",
        help=tr("what is done about it (default: what is proposed)"),
    )
    parser.add_argument("--note", default="", help=tr("what was done, in a few words"))
    parser.add_argument("--all", dest="also_settled", action="store_true", help=tr("those that are settled too"))
