"""Owns how something is written once where nothing protects from writing it twice: look, write, and when the answer is
lost look again before anything else. Never knows what is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.usecases.ports import MarketplaceUnreachable

_Found = TypeVar("_Found")


def write_once(look: Callable[[], _Found | None], write: Callable[[], object]) -> _Found:
    """What is there in the end, written now or before.

    Args:
        look: finds what an earlier try, or this one, wrote; None if it is not there.
        write: one try. What it raises beside MarketplaceUnreachable says that nothing was done.

    Raises:
        MarketplaceUnreachable: whether it is there cannot be told now: try the whole again later, it begins with a
            look.
    """
    found = look()
    if found is not None:
        return found
    lost: MarketplaceUnreachable | None = None
    try:
        write()
    except MarketplaceUnreachable as error:
        lost = error
    found = look()
    if found is None:
        raise lost or MarketplaceUnreachable("not_understood", "what was written is not there")
    return found
