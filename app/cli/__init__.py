"""Owns the commands without a window: `comptoir COMMAND`. Decides nothing about the shop: the use cases do."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Run one command. Returns 0 done, 1 refused or failed (said in a sentence), 2 wrong use."""
    from app.cli.parser import run

    return run(argv)
