"""What people do at the counter: selling, preparing, handing over, taking back, counting, closing the day."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason, Product, Unit
from app.domain.money import Money
from app.domain.order import HandoverVerdict, LineOutcome, LineResult, VerdictKind, without_goods
from app.domain.sale import Basket, Payment, PaymentMeans, line_for_product
from app.usecases.adjust_stock import correct_level, move_stock, receive_goods, record_loss
from app.usecases.close_period import CloseDayRequest, close_day
from app.usecases.correct_sale import cancel_sale, lines_coming_back, return_lines
from app.usecases.find_order import HowFound, judge_code
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.import_catalogue import import_catalogue
from app.usecases.prepare_order import mark_ready, record_preparation
from app.usecases.queries import OrderList
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.undo_handover import undo_handover
from tests.simulation.disk import AFTER, BEFORE, TORN
from tests.simulation.registry import action
from tests.simulation.tills import Till
from tests.simulation.world import World

WHO = "Zoé"


@action(per_day=(8, 16), hours=(8, 19))
def somebody_buys(world: World, chance: Random) -> None:
    _buy(world.a_running_till(chance), chance)


@action(per_day=(0, 1.5), hours=(8, 19))
def the_power_goes_while_somebody_pays(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.die_at_commit(chance.choice((BEFORE, AFTER, TORN)), chance.randint(0, 1))
        _buy(till, chance)


def _buy(till: Till | None, chance: Random) -> None:
    products = _products(till, chance, chance.randint(1, 4)) if till else []
    if till is None or not products:
        return
    lines = tuple(line_for_product(till.counter.ids.new(), product, _amount(product, chance)) for product in products)
    basket = Basket(lines)
    request = SaleRequest(basket, _paid(basket.total, chance), WHO, age_confirmed_by=WHO)
    till.act("sell", lambda: sell_at_counter(till.counter, request))


@action(per_day=(5, 10), hours=(8, 18))
def an_order_is_prepared(world: World, chance: Random) -> None:
    """Whole, with a line short, or only begun."""
    till = world.a_running_till(chance)
    if till is None:
        return
    waiting = till.queries.orders(OrderList.TO_PREPARE, till.clock.now())
    if not waiting:
        return
    order_id = chance.choice(waiting).order_id
    order = till.queries.order(order_id)
    if order is not None and order.open_lines and chance.random() < 0.3:
        short = without_goods(chance.choice(order.open_lines), LineOutcome.MISSING)
        till.act("prepare", lambda: record_preparation(till.counter, order_id, (short,), WHO))
    if till.running and chance.random() < 0.85:
        till.act("ready", lambda: mark_ready(till.counter, order_id, chance.randint(0, 3), "A1", WHO))


@action(per_day=(7, 12), hours=(9, 19))
def a_customer_comes_for_an_order(world: World, chance: Random) -> None:
    """Scans the code; sometimes comes to a second till with it right afterwards, or much later."""
    till = world.a_running_till(chance)
    if till is None or not world.orders:
        return
    code = chance.choice(world.orders[-40:]).pickup_code
    _serve(world, till, code, chance)
    if chance.random() < 0.25:
        delay_s, again = chance.choice((5.0, 300.0, 20_000.0)), Random(chance.getrandbits(64))
        world.after(delay_s, lambda: _comes_again(world, code, again))


def _comes_again(world: World, code: str, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        _serve(world, till, code, chance)


def _serve(world: World, till: Till, code: str, chance: Random) -> None:
    verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
    if verdict is None or verdict.order is None:
        return
    order_id = verdict.order.order.order_id
    if verdict.kind is VerdictKind.NOT_READY and chance.random() < 0.7:
        till.act("ready", lambda: mark_ready(till.counter, order_id, 1, "A1", WHO))
        if not till.running:
            return
        verdict = till.act("scan", lambda: judge_code(till.queries, till.secrets, code, till.clock.now()))
        if verdict is None or verdict.order is None:
            return
    override = "" if verdict.may_hand_over else _why_all_the_same(verdict, chance)
    if not (verdict.may_hand_over or override):
        return
    done = _hand_over(till, verdict, override, chance)
    if isinstance(done, HandoverDone) and till.running and chance.random() < 0.08:
        world.after(chance.uniform(5.0, 900.0), lambda: _think_again(till, order_id))


def _why_all_the_same(verdict: HandoverVerdict, chance: Random) -> str:
    """What a person says who lets the goods go although the till cannot tell, "" for most."""
    likely = {VerdictKind.CANNOT_TELL: 0.3, VerdictKind.NOT_READY: 0.2, VerdictKind.CANCELLED: 0.1}
    wants = verdict.may_override and chance.random() < likely.get(verdict.kind, 0.05)
    return "le client est connu" if wants else ""


def _hand_over(till: Till, verdict: HandoverVerdict, override: str, chance: Random) -> object:
    order = verdict.order
    if order is None:
        return None
    results: tuple[LineResult, ...] = ()
    if len(order.open_lines) > 1 and chance.random() < 0.1:
        results = tuple(replace(result) for result in order.results_at_handover()[:-1])
    request = HandoverRequest(
        order.order.order_id, HowFound.SCAN, WHO, results, override_reason=override, age_confirmed_by=WHO
    )
    due = order.with_results(order.results_at_handover(results))
    if not due.amount_due or (override and chance.random() < 0.5):
        return till.act("hand over", lambda: hand_over_order(till.counter, request))
    basket = Basket(order_basket_lines(till.counter.ids, due), order.order.order_id)
    sale = SaleRequest(basket, _paid(basket.total, chance), WHO, request, age_confirmed_by=WHO)
    sold = till.act("hand over and sell", lambda: sell_at_counter(till.counter, sale))
    return sold.handover if isinstance(sold, SaleDone) else sold


def _think_again(till: Till, order_id: str) -> None:
    if till.running:
        till.act("undo", lambda: undo_handover(till.counter, order_id, WHO, "mauvais sac"))


@action(per_day=(1, 3), hours=(7, 18))
def stock_is_put_right(world: World, chance: Random) -> None:
    """Goods come in, are counted, broken or carried to the stall."""
    till = world.a_running_till(chance)
    products = [product for product in _products(till, chance, 3) if product.stock_tracked] if till else []
    if till is None or not products:
        return
    product, counter = products[0], till.counter
    amount = _amount(product, chance) * 5
    what = chance.choice(("in", "in", "in", "count", "loss", "move"))
    if what == "in":
        received = [(each.product_id, _amount(each, chance) * 20) for each in products]
        till.act("goods in", lambda: receive_goods(counter, received, DEFAULT_LOCATION, WHO))
    elif what == "count":
        reason = chance.choice((MovementReason.CORRECTION, MovementReason.LOSS))
        till.act("count", lambda: correct_level(counter, product.product_id, amount, DEFAULT_LOCATION, reason, WHO))
    elif what == "loss":
        till.act("loss", lambda: record_loss(counter, product.product_id, amount, DEFAULT_LOCATION, WHO))
    else:
        till.act("carry", lambda: move_stock(counter, product.product_id, amount, DEFAULT_LOCATION, "étal", WHO))


@action(per_day=(0, 2), hours=(9, 19))
def a_ticket_is_corrected(world: World, chance: Random) -> None:
    """Goods come back, or the whole ticket is cancelled."""
    till = world.a_running_till(chance)
    sales = till.queries.sales(limit=10) if till else []
    if till is None or not sales:
        return
    sale_id = chance.choice(sales).sale_id
    if chance.random() < 0.5:
        till.act("cancel ticket", lambda: cancel_sale(till.counter, sale_id, WHO, "erreur"))
        return
    ticket = till.act("look at ticket", lambda: return_lines(till.counter, sale_id))
    if ticket is None or not ticket.lines:
        return
    wanted = {ticket.lines[0].line.line_no: ticket.lines[0].quantity}
    basket = Basket(lines_coming_back(till.counter.ids, ticket, wanted))
    if basket.lines and basket.total.minor < 0:
        request = SaleRequest(basket, _paid(basket.total, chance), WHO, reason="abîmé")
        till.act("take back", lambda: sell_at_counter(till.counter, request))


@action(per_day=(0, 0.5), hours=(7, 20))
def prices_are_imported(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    products = _products(till, chance, chance.randint(1, 5)) if till else []
    if till is None or not products:
        return
    rows = [f"{each.codes[0]};{each.name};{chance.randint(50, 3000) / 100:.2f}" for each in products if each.codes]
    file = "\n".join(["code;nom;prix", *rows]).encode()
    till.act("import", lambda: import_catalogue(till.counter, file, WHO))


@action(per_day=(0, 2), hours=(19, 22))
def the_day_is_closed(world: World, chance: Random) -> None:
    till = world.a_running_till(chance)
    if till is not None:
        till.act("close day", lambda: close_day(till.counter, CloseDayRequest(WHO, print_z=False)))


def _products(till: Till | None, chance: Random, count: int) -> list[Product]:
    if till is None:
        return []
    found = till.ask("SELECT product_id FROM product WHERE active ORDER BY product_id")
    chosen = chance.sample(found, min(count, len(found)))
    rows = [till.queries.product(product_id) for (product_id,) in chosen]
    return [row.product for row in rows if row is not None]


def _amount(product: Product, chance: Random) -> int:
    return chance.randint(1, 3) if product.unit is Unit.PIECE else chance.randint(1, 15) * 100


def _paid(total: Money, chance: Random) -> tuple[Payment, ...]:
    if not total:
        return ()
    means = chance.choice((PaymentMeans.CASH, PaymentMeans.CARD)) if abs(total.minor) < 900_00 else PaymentMeans.CARD
    return (Payment(means, total, total),)
