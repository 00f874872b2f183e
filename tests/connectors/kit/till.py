"""Owns a till of a story: the real one (store on a file, use cases, greeting, push and pull) on the story's clock and
its own wire; how it stops, dies and comes back; and what people do at it, in one line each.

Its connection lasts as long as the program runs, as in the window: what a connector keeps in memory is kept, and lost
with it.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.catalogue import DEFAULT_LOCATION, MovementReason
from app.domain.facts import FactKind, product_payload
from app.domain.money import Money
from app.domain.order import (
    GOODS_LEAVE,
    HandoverVerdict,
    LineOutcome,
    LineResult,
    OrderAtCounter,
    as_ordered,
    weighed,
    without_goods,
)
from app.domain.sale import Basket, BasketLine, Payment, PaymentMeans, line_for_product
from app.i18n import tr
from app.storage.signing import LedgerSigner
from app.storage.store import Store, open_store
from app.surroundings import TimeOrderedIds
from app.sync.greeting import Greeting
from app.sync.heads import HeadsTold
from app.sync.lane_steps import Connection
from app.sync.one_round import run_round
from app.sync.pull import fetch_page, store_page, stored_cursor
from app.sync.push import BatchSize, push_batch
from app.usecases.adjust_stock import correct_level, receive_goods, record_loss
from app.usecases.doubt_restored import doubt_what_waits
from app.usecases.exception_queries import ExceptionRow
from app.usecases.find_order import HowFound, judge_code, judge_order
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.ports import Counter, Unavailable
from app.usecases.prepare_order import mark_ready, record_preparation
from app.usecases.record_fact import record_fact
from app.usecases.sell_at_counter import SaleDone, SaleRequest, order_basket_lines, sell_at_counter
from app.usecases.settle_exception import Settling, settle_exception
from app.usecases.show_pickup_code import PickupPass, pickup_pass
from app.usecases.undo_handover import UndoDone, undo_handover
from tests.connectors.kit.clock import ComputersClock
from tests.connectors.kit.stage import Article
from tests.connectors.kit.wire import TillDied, Wire
from tests.fakes.surroundings import MemorySecrets

if TYPE_CHECKING:
    from tests.connectors.kit.shop import Shop

WHO = "Zoé"
_UNSAID = """SELECT kind, fact.subject FROM fact JOIN outbox o USING (fact_id) WHERE o.state IN ('pending', 'sending')
    AND NOT EXISTS (SELECT 1 FROM outbox r WHERE r.subject = o.subject AND r.till_seq < o.till_seq
    AND r.state = 'refused')"""
_REFUSED = "SELECT kind, reason, message FROM fact JOIN outbox USING (fact_id) WHERE state = 'refused'"
_COUNT_TOO = "The answer to a stock change was lost as well: count these articles"
_CONFLICTED = "SELECT payload, message FROM fact JOIN outbox USING (fact_id) WHERE state = 'conflicted'"
_BEHIND_DOUBT = """SELECT payload FROM fact JOIN outbox o USING (fact_id) WHERE EXISTS (SELECT 1 FROM outbox r
    WHERE r.subject = o.subject AND r.till_seq <= o.till_seq AND r.state = 'refused' AND r.reason = 'stock_in_doubt')"""


class Till:
    """One till of the shop, linked.

    Attributes:
        running: its program is up; it dies of a deadly fault, and `start` brings it back.
        counter, store: while it runs.
    """

    def __init__(self, name: str, folder: Path, shop: Shop, template: Path) -> None:
        self.name = name
        self.shop = shop
        self.clock = ComputersClock(shop.time)
        self.wire = Wire(shop.stage.adapter(), shop.stage.is_write)
        self.secrets = MemorySecrets({})
        self._signer = LedgerSigner(self.secrets)
        self.running = False
        self.database = folder / f"till-{name}.sqlite3"
        self._ids = TimeOrderedIds(self.clock, random.Random(name).getrandbits)
        self._connection: Connection | None = None
        self._lives = 0
        self.store: Store
        self.counter: Counter
        if not template.exists():
            open_store(template, clock=self.clock).close()
        shutil.copyfile(template, self.database)
        self.start()

    # --- its life ---

    def start(self) -> None:
        """Nothing if it is up."""
        if self.running:
            return
        self.store = open_store(self.database, clock=self.clock)
        self.counter = Counter(
            unit_of_work=self.store.unit_of_work,
            clock=self.clock,
            ids=self._ids,
            keys=self.secrets,
            announce=lambda touched: None,
            software="Comptoir test",
            signer=self._signer,
        )
        self.running = True

    def stop(self) -> None:
        """It is closed, or dies: on the disk both look the same, because nothing is written that is not committed."""
        if not self.running:
            return
        self.running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.store.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def keep_copy(self) -> Path:
        copy = self.database.with_suffix(".copy")
        self.store.backup(copy)
        return copy

    def put_back(self, copy: Path) -> None:
        """An older copy takes the database's place, and the command that does it says so to the till."""
        self.stop()
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.database)
        self.start()
        doubt_what_waits(self.counter)

    # --- the link ---

    @property
    def marketplace(self) -> Connection:
        if self._connection is None:
            self._connection = self.shop.stage.connect(self)
        return self._connection

    def round(self) -> None:
        """Tell everything, hear everything. Raises Unavailable."""
        run_round(self.counter, self.store.queries, self.secrets, self.marketplace)

    def try_round(self) -> str:
        """The same over a line that may break; the reason if it did, "dead" if the till died of it."""
        return self._try(self.round)

    def tell(self) -> str:
        """Tell what waits, hear nothing; as the push lane does while the other one waits."""
        return self._try(self._tell)

    def hear(self) -> str:
        """Hear what is new, tell nothing; as the pull lane does while the other one waits."""
        return self._try(self._hear)

    def _tell(self) -> None:
        Greeting(self.counter, lambda heads: None).say(self.marketplace)
        batch, told = BatchSize(), HeadsTold()
        while push_batch(self.counter, self.marketplace, batch, told).claimed:
            pass

    def _hear(self) -> None:
        more = True
        while more:
            cursor = stored_cursor(self.counter)
            page = fetch_page(self.marketplace, cursor, wait_s=0.0)
            store_page(self.counter, self.secrets, cursor, page)
            more = page.more

    def _try(self, call: Callable[[], None]) -> str:
        try:
            call()
        except Unavailable as failure:
            return failure.reason
        except TillDied:
            self.stop()
            return "dead"
        return ""

    @contextlib.contextmanager
    def off_line(self) -> Iterator[None]:
        self.wire.is_down = True
        try:
            yield
        finally:
            self.wire.is_down = False

    # --- what people do at it ---

    def sell(self, lines: Mapping[Article, int]) -> None:
        """Over the counter, paid by card."""
        basket = Basket(tuple(self._basket_line(article, pieces) for article, pieces in lines.items()))
        done = sell_at_counter(self.counter, SaleRequest(basket, _by_card(basket), WHO))
        assert isinstance(done, SaleDone), done
        self._left(lines)

    def receive(self, article: Article, pieces: int) -> None:
        assert receive_goods(self.counter, [(self._id(article), pieces)], DEFAULT_LOCATION, WHO)
        self._left({article: -pieces})

    def lose(self, article: Article, pieces: int) -> None:
        assert record_loss(self.counter, self._id(article), pieces, DEFAULT_LOCATION, WHO)
        self._left({article: pieces})

    def count(self, article: Article, counted: int) -> None:
        reason = MovementReason.CORRECTION
        movement = correct_level(self.counter, self._id(article), counted, DEFAULT_LOCATION, reason, WHO)
        if movement is not None:
            self._left({article: -movement.quantity})

    def prepare(self, order_id: str, *, missing: Collection[Article] = ()) -> None:
        """Each line found as ordered, but for those that are missing."""
        order = self.order(order_id)
        gone = {self._id(article) for article in missing}
        results = [
            without_goods(line, LineOutcome.MISSING) if line.product_id in gone else as_ordered(line)
            for line in order.open_lines
        ]
        assert record_preparation(self.counter, order_id, results, WHO) is not None

    def ready(self, order_id: str, *, missing: Collection[Article] = ()) -> None:
        self.prepare(order_id, missing=missing)
        assert mark_ready(self.counter, order_id, 1, "A1", WHO) is not None

    def hand_over(
        self,
        order_id: str,
        only: Collection[Article] = (),
        *,
        fewer: Mapping[Article, int] | None = None,
        and_sell: Mapping[Article, int] | None = None,
        because: str = "",
        unpaid: bool = False,
    ) -> HandoverDone:
        """To its customer, who pays what is due by card.

        Args:
            only: the lines that leave, the others follow later; none named: all.
            fewer: pieces of a line that leave, if not all of them; the rest of it never comes.
            and_sell: what else the customer buys at the same visit.
            because: why the goods go although the verdict says no.
            unpaid: what is due is not asked for (with `because`).
        """
        order = self.order(order_id)
        results = self._fewer(order, fewer) if fewer else self._results_of(order, only)
        request = HandoverRequest(order_id, HowFound.NAME, WHO, results, override_reason=because, age_confirmed_by=WHO)
        after = order.with_results(order.results_at_handover(results))
        extra = [self._basket_line(article, pieces) for article, pieces in (and_sell or {}).items()]
        due = () if unpaid else order_basket_lines(self.counter.ids, after) if after.amount_due else ()
        if not (due or extra):
            done = hand_over_order(self.counter, request)
        else:
            basket = Basket((*due, *extra), order_id)
            sold = sell_at_counter(self.counter, SaleRequest(basket, _by_card(basket), WHO, request))
            assert isinstance(sold, SaleDone), sold
            assert isinstance(sold.handover, HandoverDone)
            done = sold.handover
            self._left(and_sell or {})
        assert isinstance(done, HandoverDone), done
        self._left(self._pieces(order.results_at_handover(results)))
        return done

    def undo(self, order_id: str) -> None:
        left = self.order(order_id).facts.handovers[-1].results
        done = undo_handover(self.counter, order_id, WHO, "mauvais sac")
        assert isinstance(done, UndoDone), done
        self._left({article: -pieces for article, pieces in self._pieces(left).items()})

    def change_price(self, article: Article, price_minor: int) -> None:
        """A change that was noted while the shop could still tell such."""
        row = self.store.queries.product(self._id(article))
        assert row is not None
        payload = product_payload(replace(row.product, price=Money(price_minor)))
        subject, now = f"product:{row.product.product_id}", self.clock.now()
        with self.store.unit_of_work() as uow:
            record_fact(uow, self.counter, FactKind.PRODUCT_CHANGED, subject, now, payload)
            uow.commit()

    def settle(self, exception: ExceptionRow) -> None:
        """A person gives the answer that is proposed."""
        assert settle_exception(self.counter, exception.exception_id, WHO, "vu") is Settling.SETTLED

    # --- what its screen shows ---

    def verdict(self, order_id: str) -> HandoverVerdict:
        return judge_order(self.store.queries, order_id, self.clock.now())

    def scan(self, code: str) -> HandoverVerdict:
        return judge_code(self.store.queries, self.secrets, code, self.clock.now())

    def pickup_code(self, order_id: str) -> str:
        """The code that the shop gives its customer itself."""
        made = pickup_pass(self.store.queries, self.secrets, order_id)
        assert isinstance(made, PickupPass), made
        return made.pickup_code

    def knows(self, order_id: str) -> bool:
        return self.store.queries.order(order_id) is not None

    def order(self, order_id: str) -> OrderAtCounter:
        order = self.store.queries.order(order_id)
        assert order is not None, f"till {self.name} has not heard of order {order_id}"
        return order

    def level(self, article: Article) -> int:
        with self.store.unit_of_work() as uow:
            return uow.stock.level(self._id(article))

    def exceptions(self, order_id: str = "") -> Sequence[ExceptionRow]:
        """The open ones; of an order, or all."""
        rows = self.store.queries.exceptions()
        return [row for row in rows if not order_id or row.order_id == order_id]

    def the_exception(self, order_id: str, kind: str) -> ExceptionRow:
        """The only open one of an order, with exactly one answer proposed."""
        rows = self.exceptions(order_id)
        assert [row.kind for row in rows] == [kind], f"till {self.name} shows {[(r.kind, r.reason) for r in rows]}"
        assert rows[0].proposed_answer == rows[0].choices[0].value
        return rows[0]

    # --- its books, from outside ---

    def unsaid(self) -> list[tuple[Any, ...]]:
        """But for what waits behind a refusal of its subject, which a person must see to first."""
        return self.ask(_UNSAID)

    def refused(self) -> list[tuple[Any, ...]]:
        return self.ask(_REFUSED)

    def articles_in_doubt(self) -> list[Article]:
        """Of which somebody is told to count them, and those in what waits behind such a refusal."""
        told = [payload for (payload,) in self.ask(_BEHIND_DOUBT)]
        told += [payload for payload, message in self.ask(_CONFLICTED) if tr(_COUNT_TOO) in message]
        moved = {each["product_id"] for payload in told for each in json.loads(payload).get("movements", ())}
        return [article for article in map(self.shop.article, moved) if article is not None]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        writer: Any = self.store._writer
        return list(writer.connection.execute(sql).fetchall())

    def stands(self) -> tuple[object, ...]:
        """What does not change any more once nothing happens."""
        return (
            stored_cursor(self.counter),
            self.ask("SELECT order_id, version FROM server_order ORDER BY order_id"),
            self.ask("SELECT product_id, version FROM product ORDER BY product_id"),
            self.ask("SELECT count(*) FROM stock_movement"),
            self.ask("SELECT count(*) FROM exception"),
            self.ask("SELECT fact_id, state FROM outbox ORDER BY fact_id"),
        )

    # --- inside ---

    def _id(self, article: Article) -> str:
        return self.shop.stage.product_id(article)

    def _basket_line(self, article: Article, pieces: int) -> BasketLine:
        row = self.store.queries.product(self._id(article))
        assert row is not None, f"till {self.name} does not sell {article.name}"
        return line_for_product(self.counter.ids.new(), row.product, pieces)

    def _results_of(self, order: OrderAtCounter, only: Collection[Article]) -> tuple[LineResult, ...]:
        wanted = {self._id(article) for article in only}
        return tuple(as_ordered(line) for line in order.open_lines if line.product_id in wanted)

    def _fewer(self, order: OrderAtCounter, pieces: Mapping[Article, int]) -> tuple[LineResult, ...]:
        wanted = {self._id(article): count for article, count in pieces.items()}
        return tuple(
            weighed(line, wanted[line.product_id]) if line.product_id in wanted else as_ordered(line)
            for line in order.open_lines
        )

    def _pieces(self, results: Sequence[LineResult]) -> dict[Article, int]:
        pieces: dict[Article, int] = {}
        for result in results:
            if result.outcome in GOODS_LEAVE:
                article = self.shop.article(result.product_id)
                if article is not None:
                    pieces[article] = pieces.get(article, 0) + result.quantity
        return pieces

    def _left(self, pieces: Mapping[Article, int]) -> None:
        self.shop.goods_left(pieces)


def _by_card(basket: Basket) -> tuple[Payment, ...]:
    total: Money = basket.total
    return (Payment(PaymentMeans.CARD, total, total),) if total else ()
