"""Owns what it means that a site understood what it was asked, and will not. Never asks a site."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from app.sync.wire_values import BrokenRuleError
from app.usecases.ports import MarketplaceUnreachable


class Declined(Exception):
    """Nothing was done. `code`: the site's own keyword; `status`: of HTTP, 200 for a refusal inside an answer."""

    def __init__(self, code: str, message: str = "", status: int = 200) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


@contextlib.contextmanager
def answers_expected() -> Iterator[None]:
    """Of questions that no person could ask better: that the site declines one, or answers what it should not know, is
    a failure of that site, now."""
    try:
        yield
    except Declined as refusal:
        raise MarketplaceUnreachable("server_error", refusal.code) from None
    except BrokenRuleError:
        raise MarketplaceUnreachable("not_understood", "of the site's own settings") from None
