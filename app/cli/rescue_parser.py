"""Owns the words of `comptoir rescue`. Never runs it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.i18n import tr


def add_rescue_arguments(parser: argparse.ArgumentParser) -> None:
    """What `rescue` may be told."""
    parser.add_argument("action", choices=["write", "import"])
    parser.add_argument("path", type=Path, help=tr("write: the folder, of a stick for example; import: the file"))
