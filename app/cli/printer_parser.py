"""Owns the words of `comptoir printer`. Never runs it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.i18n import tr

PLACES = {"tickets": "printer", "preparation": "preparation_printer", "fallback": "fallback_printer"}
"""Words for a place, and the setting's name."""

CHANGING = ("use", "answer", "import")
ACTIONS = ("find", "use", "chart", "answer", "test", "drawer", "export", "import")


def add_printer_arguments(parser: argparse.ArgumentParser) -> None:
    """What `printer` may be told."""
    parser.add_argument("action", choices=ACTIONS, help=tr("look for printers, set one up, try it, pass it on"))
    parser.add_argument("file", nargs="?", type=Path, help=tr("export, import: the profile's file"))
    parser.add_argument("--place", choices=list(PLACES), default="tickets", help=tr("whose printer (default: tickets)"))
    parser.add_argument("--no-network", action="store_true", help=tr("find: look on this computer only"))
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--network", metavar="HOST[:PORT]", help=tr("use: a printer on the network"))
    where.add_argument("--device", metavar="FILE", help=tr("use: a device, for example /dev/usb/lp0"))
    where.add_argument("--serial", metavar="PORT", help=tr("use: a serial port, for example COM3"))
    where.add_argument("--queue", metavar="NAME", help=tr("use: a queue of this computer"))
    where.add_argument("--pdf", metavar="FOLDER", help=tr("use: write papers as PDF into a folder"))
    where.add_argument("--screen", action="store_true", help=tr("use: show papers on the screen"))
    where.add_argument("--none", action="store_true", help=tr("use: no printer there"))
    parser.add_argument("--line", type=int, metavar="N", help=tr("answer: first line that reads right, 0 for none"))
    parser.add_argument("--width", type=int, metavar="N", help=tr("answer: largest number on a whole line"))
    parser.add_argument("--code", choices=["a", "b", "neither"], help=tr("answer: the code that can be scanned"))
    parser.add_argument("--cut", choices=["yes", "no"], help=tr("answer: whether the paper was cut"))
    parser.add_argument("--pin", type=int, choices=[0, 2, 5], help=tr("answer, drawer: its plug; 0 for no drawer"))
