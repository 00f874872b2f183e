"""A till paired anew is still itself: its token shows who it was, its drawer's cash passes with the letter, and the
journal says so. And its token is renewed in time, whatever fails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from app.domain.cash import CashMovementKind
from app.domain.fiscal import EventCode, Series
from app.domain.money import Money
from app.domain.receipt import ShopIdentity
from app.usecases.close_period import CloseDayRequest, DayClosed, close_day, due_closures
from app.usecases.keep_cash import open_cash, session_now
from app.usecases.marketplace_port import Pairing
from app.usecases.pair_till import pair_till
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused, MarketplaceUnreachable, TillIdentity
from app.usecases.renew_token import RENEWED_EVERY, is_token_due, renew_token
from tests.fakes.shop import Shop
from tests.fakes.silent_marketplace import SilentMarketplace
from tests.fakes.surroundings import MemorySecrets

PAIRED = Pairing("till-9", "B", "Caisse B", "shop-1", ShopIdentity("Épicerie"), "token-of-b", {"K": b"key" * 8})


@dataclass
class Desk(SilentMarketplace):
    """A marketplace that pairs, and renews tokens."""

    pairing: Pairing = PAIRED
    previous: list[str] = field(default_factory=list)
    fails: Exception | None = None
    tokens: int = 0

    def pair(self, code: str, till_name: str, previous_token: str = "") -> Pairing:
        self.previous.append(previous_token)
        return self.pairing

    def renew_token(self) -> str:
        if self.fails is not None:
            raise self.fails
        self.tokens += 1
        return f"token-{self.tokens}"


def pair(shop: Shop, desk: Desk, *, cash_passes: bool = False) -> TillIdentity:
    return pair_till(
        shop.counter, shop.secrets, desk, "GOODCODE", "Caisse B", "https://m.example", cash_passes=cash_passes
    )


def events(shop: Shop, letter: str) -> list[str]:
    with shop.store.unit_of_work() as uow:
        end = uow.ledger.head(letter, Series.EVENTS).number
        return [row.kind for row in uow.ledger.rows(letter, Series.EVENTS, 1, end)]


def cash(shop: Shop, letter: str) -> list[tuple[CashMovementKind, int]]:
    with shop.store.unit_of_work() as uow:
        return [(movement.kind, movement.amount.minor) for movement in uow.cash.after(letter, 0)]


def test_the_token_it_had_says_who_it_was(shop: Shop) -> None:
    shop.secrets.set_device_token("token-of-a")
    desk = Desk()
    pair(shop, desk)
    assert desk.previous == ["token-of-a"]
    assert shop.secrets.device_token() == "token-of-b"


def test_a_new_database_is_a_new_till_whatever_the_key_store_holds(shop: Shop) -> None:
    """The key store may be that of another database on this computer, still at work."""
    with shop.store.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), shop_id="", till_id="", paired_at=None))
        uow.commit()
    shop.secrets.set_device_token("token-of-a")
    desk = Desk()
    pair(shop, desk)
    assert desk.previous == [""]


def test_an_open_drawer_is_said_before_the_code_is_used_up(shop: Shop) -> None:
    open_cash(shop.counter, Money(150_00), "Léa")
    desk = Desk()
    before = shop.queries.identity()
    with pytest.raises(MarketplaceRefused) as refused:
        pair(shop, desk)
    assert (refused.value.reason, desk.previous) == ("drawer_open", [])
    assert shop.queries.identity() == before


def test_the_cash_of_an_open_drawer_passes_to_the_new_letter(shop: Shop) -> None:
    open_cash(shop.counter, Money(150_00), "Léa")
    pair(shop, Desk(), cash_passes=True)
    assert cash(shop, "A") == [(CashMovementKind.OPENED, 150_00), (CashMovementKind.CASH_OUT, 150_00)]
    assert cash(shop, "B") == [(CashMovementKind.OPENED, 150_00)]
    assert events(shop, "A")[-2:] == [EventCode.PAIRED, EventCode.CASH_OUT]
    assert events(shop, "B")[-2:] == [EventCode.PAIRED, EventCode.CASH_OPENED]
    with shop.store.unit_of_work() as uow:
        _, session = session_now(uow)
    assert (session.is_open, session.totals.expected) == (True, Money(150_00))


def test_a_letter_under_which_only_cash_moved_gets_its_z(shop: Shop) -> None:
    open_cash(shop.counter, Money(80_00), "Léa")
    pair(shop, Desk(), cash_passes=True)
    due = due_closures(shop.counter)
    assert [(period.till_letter, period.document_count) for period in due] == [("B", 0), ("A", 0)]
    closed = close_day(shop.counter, CloseDayRequest("Léa"))
    assert isinstance(closed, DayClosed)
    assert [(closure.till_letter, closure.cash.left) for closure in closed.closures] == [
        ("A", Money(0)),
        ("B", Money(80_00)),
    ]
    assert due_closures(shop.counter) == ()
    assert {closure.till_letter for closure in shop.queries.closures()} == {"A", "B"}


def test_a_closed_drawer_needs_no_word(shop: Shop) -> None:
    open_cash(shop.counter, Money(150_00), "Léa")
    assert isinstance(close_day(shop.counter, CloseDayRequest("Léa")), DayClosed)
    pair(shop, Desk())
    assert cash(shop, "B") == []
    assert events(shop, "B")[-1] == events(shop, "A")[-1] == EventCode.PAIRED


def test_a_till_that_keeps_its_letter_keeps_its_drawer(shop: Shop) -> None:
    """The first pairing gives the letter that the till had by itself."""
    with shop.store.unit_of_work() as uow:
        uow.set_identity(replace(uow.identity(), shop_id="", till_id="", paired_at=None))
        uow.commit()
    open_cash(shop.counter, Money(150_00), "Léa")
    pair(shop, Desk(replace(PAIRED, till_letter="A")))
    assert cash(shop, "A") == [(CashMovementKind.OPENED, 150_00)]


# --- the token ---


def test_a_token_is_renewed_once_a_month(shop: Shop) -> None:
    pair(shop, Desk())
    desk = Desk()
    assert not is_token_due(shop.counter)
    shop.clock.go_on(days=RENEWED_EVERY.days)
    assert is_token_due(shop.counter)
    assert renew_token(shop.counter, shop.secrets, desk)
    assert shop.secrets.device_token() == "token-1"
    assert not is_token_due(shop.counter)
    shop.clock.go_on(days=RENEWED_EVERY.days)
    assert is_token_due(shop.counter)


def test_a_clock_set_back_renews_rather_than_never(shop: Shop) -> None:
    pair(shop, Desk())
    shop.clock.go_on(seconds=-timedelta(days=400).total_seconds())
    assert is_token_due(shop.counter)


@pytest.mark.parametrize("failure", [MarketplaceUnreachable("timeout"), MarketplaceRefused("revoked")])
def test_a_failure_keeps_the_old_token_and_asks_again(shop: Shop, failure: Exception) -> None:
    pair(shop, Desk())
    shop.clock.go_on(days=31)
    with pytest.raises(type(failure)):
        renew_token(shop.counter, shop.secrets, Desk(fails=failure))
    assert shop.secrets.device_token() == "token-of-b"
    assert is_token_due(shop.counter)


def test_a_marketplace_that_renews_none_is_asked_a_month_later(shop: Shop) -> None:
    pair(shop, Desk())
    shop.clock.go_on(days=31)
    assert not renew_token(shop.counter, shop.secrets, Desk(fails=MarketplaceRefused("gone")))
    assert shop.secrets.device_token() == "token-of-b"
    assert not is_token_due(shop.counter)


def test_a_key_store_that_takes_no_token_leaves_the_old_one(shop: Shop) -> None:
    class Full(MemorySecrets):
        def set_device_token(self, token: str | None) -> None:
            raise KeyStoreUnavailable("denied")

    pair(shop, Desk())
    shop.clock.go_on(days=31)
    with pytest.raises(KeyStoreUnavailable):
        renew_token(shop.counter, Full(), Desk())
    assert is_token_due(shop.counter)
