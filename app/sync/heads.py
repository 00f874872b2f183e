"""Owns telling the marketplace how far this till's ledger goes, and hearing from it how far it went. Never judges what
is heard: the check of the ledger's ends does (`usecases.start_ledger`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from app.domain.fiscal import KnownHead, Series
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, Unavailable, UnitOfWork

_log = logging.getLogger(__name__)

OnHeads = Callable[[Sequence[KnownHead]], object]
"""Told what the marketplace remembers of this till's ledger. May raise Unavailable: then it is asked again at the next
start."""


def ends_of(uow: UnitOfWork) -> tuple[KnownHead, ...]:
    """The ends of this till's chains, those without a row left out."""
    letter = uow.identity().till_letter
    heads = ((series, uow.ledger.head(letter, series)) for series in Series)
    return tuple(KnownHead.of(letter, series, head) for series, head in heads if head.number)


class HeadsTold:
    """What the marketplace was told last, so that it is not told twice. Belongs to one thread."""

    def __init__(self) -> None:
        self._told: tuple[KnownHead, ...] = ()

    def are_news(self, heads: tuple[KnownHead, ...]) -> bool:
        return bool(heads) and heads != self._told

    def note(self, heads: tuple[KnownHead, ...]) -> None:
        self._told = heads


def tell_heads(counter: Counter, marketplace: Marketplace, told: HeadsTold) -> bool:
    """Tell the ends alone, for when no fact takes them along: after a closure, an event. Whether there was news.

    Raises:
        MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable: nothing is lost by it.
    """
    with counter.unit_of_work() as uow:
        heads = ends_of(uow)
    if not told.are_news(heads):
        return False
    marketplace.push((), heads)
    told.note(heads)
    return True


def pass_heads_on(heads: Sequence[KnownHead], on_heads: OnHeads) -> None:
    """Pass on what the marketplace remembers, if it remembers anything."""
    if not heads:
        return
    try:
        on_heads(heads)
    except Unavailable as failure:
        _log.info("what the marketplace knows of the ledger was not looked at: %s", failure.reason)
