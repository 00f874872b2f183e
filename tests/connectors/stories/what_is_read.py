"""What a till makes of what it reads: late rows, pages that come twice, senseless records, wrong clocks."""

from __future__ import annotations

from datetime import timedelta

from app.domain.abilities import Ability
from app.domain.order import PickupMode, VerdictKind
from app.sync.pull import stored_cursor
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE, CHEESE, Power
from tests.connectors.kit.story import story
from tests.connectors.kit.till import Till
from tests.connectors.kit.wire import Fault


@story("nothing happens, and nothing is written for it")
def a_quiet_hour(shop: Shop) -> None:
    till = shop.till()
    shop.place({BREAD: 1, CANDLE: 1})
    shop.place({CHEESE: 1})
    shop.exchange()
    shop.exchange()
    before = till.stands()
    for _ in range(12):
        shop.exchange()
    assert till.stands() == before
    till.restart()
    shop.exchange()
    assert till.stands() == before


@story("many orders are placed between two polls")
def many_at_once(shop: Shop) -> None:
    till = shop.till()
    placed = [shop.place({CANDLE: 1}, customer=f"Client {number}") for number in range(12)]
    shop.a_moment_later()
    till.round()
    assert all(till.knows(each.order_id) for each in placed)
    more = [shop.place({BREAD: 1}) for _ in range(3)]
    shop.a_moment_later()
    till.round()
    assert all(till.knows(each.order_id) for each in more)


@story("an order shows up after another one that was placed later", powers={Power.LATE_ROWS})
def a_late_row(shop: Shop) -> None:
    """Its transaction was long. The next poll must bring it, not only the next reading of everything."""
    till = shop.till()
    shop.place({BREAD: 1})
    shop.a_moment_later()
    till.round()
    late = shop.place({CANDLE: 1}, late_row_s=60.0)
    shop.a_moment_later()
    till.round()
    assert till.knows(late.order_id)


@story("a list brings each order twice", powers={Power.LISTED_TWICE})
def listed_twice(shop: Shop) -> None:
    till = shop.till()
    shop.stage.list_twice()
    placed = shop.place({BREAD: 1})
    till.sell({CANDLE: 1})
    shop.exchange()
    till.ready(placed.order_id)
    shop.exchange()
    till.hand_over(placed.order_id)


@story("two orders bear the same moment, and a page ends between them")
def same_moment(shop: Shop) -> None:
    till = shop.till()
    first = shop.place({BREAD: 1})
    till.round()
    second = shop.place({BREAD: 1})
    till.round()
    assert till.knows(first.order_id)
    assert till.knows(second.order_id)


@story("a page comes again, because an older cursor was put back")
def a_page_again(shop: Shop) -> None:
    till = shop.till()
    cursor = stored_cursor(till.counter)
    placed = shop.place({BREAD: 2, CHEESE: 1})
    till.round()
    till.ready(placed.order_id)
    till.hand_over(placed.order_id)
    till.sell({CANDLE: 1})
    till.round()
    shop.exchange()
    levels = [till.level(each) for each in (BREAD, CHEESE, CANDLE)]
    _set_cursor(till, cursor)
    till.restart()
    shop.exchange()
    assert [till.level(each) for each in (BREAD, CHEESE, CANDLE)] == levels
    assert till.verdict(placed.order_id).kind is VerdictKind.ALREADY_HANDED_OVER
    _set_cursor(till, "")
    till.restart()
    shop.exchange()
    assert [till.level(each) for each in (BREAD, CHEESE, CANDLE)] == levels


@story("an older copy of the till is put in its place")
def an_older_copy(shop: Shop) -> None:
    till = shop.till()
    first = shop.place({BREAD: 2})
    shop.exchange()
    shop.exchange()
    copy = till.keep_copy()
    second = shop.place({CHEESE: 1})
    till.round()
    till.ready(first.order_id)
    till.hand_over(first.order_id)
    shop.left_on_site[first.order_id] = {BREAD: 2}  # the copy knows of it by the site alone
    till.sell({CANDLE: 2})
    till.round()
    till.put_back(copy)
    shop.exchange()
    shop.exchange()
    assert till.verdict(first.order_id).kind is VerdictKind.ALREADY_HANDED_OVER
    assert till.knows(second.order_id)
    assert till.level(CANDLE) == CANDLE.opening - 2


@story("a copy in which a sale and a handover still waited is put in its place after both were told")
def an_older_copy_with_something_to_tell(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.hand_over(placed.order_id, because="le client attend")
    till.sell({CHEESE: 3})
    copy = till.keep_copy()
    till.round()
    till.put_back(copy)
    shop.expect_doubts()
    for _ in range(3):
        shop.exchange()
        assert shop.stage.level(CHEESE) == CHEESE.opening - 3
        assert shop.stage.level(BREAD) == BREAD.opening - 2
    assert shop.stage.order(placed.order_id).has_left
    assert not till.exceptions(placed.order_id)


@story(
    "one order makes no sense: it is set aside, all others pass, and it comes once it is mended", powers={Power.SPOIL}
)
def a_senseless_order(shop: Shop) -> None:
    till = shop.till()
    bad = shop.place({BREAD: 1})
    shop.stage.spoil(bad.order_id)
    good = shop.place({CANDLE: 1})
    shop.exchange()
    assert till.knows(good.order_id)
    assert not till.knows(bad.order_id)
    assert [row.record_id for row in till.store.queries.quarantined()] == [bad.order_id]
    before = till.stands()
    for _ in range(3):
        shop.exchange()
    assert till.stands() == before
    shop.stage.mend(bad.order_id)
    shop.exchange()
    assert till.knows(bad.order_id)
    assert not till.store.queries.quarantined()


@story("the till's clock is wrong by an hour")
def a_wrong_clock(shop: Shop) -> None:
    till = shop.till()
    for hours in (1, -1):
        till.clock.wrong_by = timedelta(hours=hours)
        placed = shop.place({BREAD: 1})
        shop.exchange()
        assert till.knows(placed.order_id), f"{hours} h"
        till.ready(placed.order_id)
        shop.exchange()
        till.hand_over(placed.order_id, because="l'heure est fausse")
        shop.exchange()
        assert shop.stage.order(placed.order_id).has_left
        shop.a_moment_later()
        after = shop.place({CHEESE: 1})
        shop.a_moment_later()
        till.round()
        assert till.knows(after.order_id), f"{hours} h"


@story("what is to be delivered is not for the counter", powers={Power.DELIVERY})
def a_delivery(shop: Shop) -> None:
    till = shop.till()
    sent = shop.stage.place_for_delivery({BREAD: 1})
    shop.exchange()
    assert not till.knows(sent.order_id) or till.order(sent.order_id).order.mode is PickupMode.DELIVERY


@story("the answer to a question breaks off, is lost, or comes from a broken proxy")
def broken_answers(shop: Shop) -> None:
    till = shop.till()
    for fault in (Fault.CUT, Fault.LOST, Fault.GATEWAY, Fault.DROPPED):
        placed = shop.place({CANDLE: 1})
        shop.a_moment_later()
        till.wire.suffer_next(fault)
        assert till.hear()
        shop.a_moment_later()
        assert till.hear() == ""
        assert till.knows(placed.order_id)


@story("the server dies and comes back with what is on its disk", powers={Power.RESTART})
def the_server_restarts(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 2, CANDLE: 1})
    till.round()
    till.ready(placed.order_id)
    shop.stage.restart()
    till.try_round()
    shop.exchange()
    till.hand_over(placed.order_id)
    shop.stage.restart()
    till.try_round()
    shop.exchange()
    assert shop.stage.order(placed.order_id).has_left


@story("nobody is asked for what the marketplace does not offer", without={Ability.LEASES})
def no_leases_are_asked_for(shop: Shop) -> None:
    till = shop.till()
    placed = shop.place({BREAD: 1})
    shop.exchange()
    till.ready(placed.order_id)
    shop.exchange()
    assert till.verdict(placed.order_id).kind is VerdictKind.READY


def _set_cursor(till: Till, cursor: str) -> None:
    with till.store.unit_of_work() as uow:
        uow.pulled.set_cursor(cursor)
        uow.commit()
