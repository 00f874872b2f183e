"""Asks for the lease of an order whose customer stands here, while the till is on line. Nothing waits for the answer:
it comes with the order, and until then the verdict stays "cannot tell", with its override."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.order import HandoverVerdict
from app.usecases.marketplace_port import LinkState, LinkStatus


def want_lease(verdict: HandoverVerdict, link: LinkStatus | None, ask: Callable[[str], None]) -> bool:
    """Whether the lease was asked for: the verdict lacks nothing else, and we are on line.

    Args:
        ask: hands an order's id to whoever talks with the marketplace (`SyncWorker.want_lease`); returns at once.
    """
    if not verdict.lacks_lease or verdict.order is None or link is None or link.state is not LinkState.ONLINE:
        return False
    ask(verdict.order.order.order_id)
    return True
