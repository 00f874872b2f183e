"""Owns the words of `comptoir close`. Never runs it."""

from __future__ import annotations

import argparse

from app.i18n import tr


def add_close_arguments(parser: argparse.ArgumentParser) -> None:
    """What `close` may be told; without any it closes the day without a count."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--day", dest="what", action="store_const", const="day", help=tr("every open day (default)"))
    what.add_argument("--month", dest="what", action="store_const", const="month", help=tr("the months that are over"))
    what.add_argument("--year", dest="what", action="store_const", const="year", help=tr("the fiscal years over"))
    what.add_argument("--x", dest="what", action="store_const", const="x", help=tr("only show the period under way"))
    what.add_argument("--due", dest="what", action="store_const", const="due", help=tr("only say what can be closed"))
    parser.add_argument("--counted", metavar="AMOUNT", help=tr("what was counted in the drawer"))
    parser.add_argument("--float", dest="next_float", metavar="AMOUNT", help=tr("what stays in it for tomorrow"))
    parser.add_argument("--reason", default="", metavar="TEXT", help=tr("why the drawer differs"))
    parser.add_argument("--print", dest="print_z", action="store_true", help=tr("queue the Z for the printer"))
    parser.add_argument(
        "--date-is-right", dest="date_confirmed", action="store_true", help=tr("close although the clock looks wrong")
    )
    parser.set_defaults(what="day")
