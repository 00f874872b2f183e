"""Owns the words of `comptoir connect`. Never runs it."""

from __future__ import annotations

import argparse

from app.i18n import tr
from app.usecases.connector_kinds import LINKABLE

JOIN_CODE = "join-code"
PASSWORD_VARIABLE = "COMPTOIR_LINK_PASSWORD"  # noqa: S105  # a name, not a password


def add_connect_arguments(parser: argparse.ArgumentParser) -> None:
    """What `connect` may be told. A password is never among it: others could read it there."""
    parser.epilog = tr(
        "The password (Vendure) or consumer secret (WooCommerce) is no argument: it is asked for, or read from "
        "standard input or from {variable}."
    ).format(variable=PASSWORD_VARIABLE)
    parser.add_argument("kind", choices=[*(kind.value for kind in LINKABLE), JOIN_CODE])
    parser.add_argument("--url", default="", help=tr("address of the marketplace (default: the one it is linked to)"))
    parser.add_argument(
        "--user",
        "--key",
        dest="user",
        default="",
        metavar="NAME",
        help=tr("user name (Vendure) or consumer key (WooCommerce)"),
    )
    parser.add_argument("--channel", default="", metavar="TOKEN", help=tr("token of the shop's channel (Vendure)"))
    parser.add_argument("--location", default="", metavar="ID", help=tr("the shop's stock location, if it has several"))
    parser.add_argument(
        "--pickup-method",
        dest="pickup_methods",
        action="append",
        default=[],
        metavar="CODE",
        help=tr("a shipping method that means collection; may be given several times"),
    )
    parser.add_argument(
        "--counter-method",
        dest="counter_methods",
        action="append",
        default=[],
        metavar="CODE",
        help=tr("a payment method that means payment at the counter; may be given several times (Vendure)"),
    )
    parser.add_argument(
        "--code-page",
        default="",
        metavar="URL",
        help=tr("page of the town that shows codes as QR for this shop, if there is one"),
    )
    parser.add_argument("--name", default="", help=tr("name of this till"))
    parser.add_argument("--shop-name", default="", help=tr("the shop's name on papers (default: what the site says)"))
    parser.add_argument("--letter", default="", help=tr("letter of this till (default: the join code's, or A)"))
    tills = parser.add_mutually_exclusive_group()
    tills.add_argument("--only-till", dest="only_till", action="store_true", help=tr("no other till hands over"))
    tills.add_argument("--with-other-tills", dest="only_till", action="store_false", help=tr("other tills do too"))
    parser.set_defaults(only_till=True)
    parser.add_argument(
        "--join", default="", metavar="TEXT", help=tr("the join code of the shop's first till, or a file that holds it")
    )
    parser.add_argument("--new-key", action="store_true", help=tr("all other tills are lost: make another pickup key"))
    parser.add_argument(
        "--drawer-open",
        action="store_true",
        help=tr("link a till anew although its drawer is open: the cash passes to its new letter"),
    )
    parser.add_argument("--test", action="store_true", help=tr("only try the link, keep nothing"))
