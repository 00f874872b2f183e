"""Owns what each input means at each step of the sale. No widget, no wording, no SQL.

A basket is never lost: Esc, an order, another basket or a failed store leave it on screen or park it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from app.domain.gs1_goods import DateVerdict, judge_dates
from app.domain.merchant import Merchant
from app.domain.operators import Right
from app.domain.order import OrderAtCounter
from app.domain.sale import Basket, BasketLine
from app.ui.article_finder import ArticleFinder
from app.ui.checkout.baskets import BasketShelf
from app.ui.checkout.beside import WEIGHT_KEY, Beside
from app.ui.checkout.flow import SaleFlow, SaleSurroundings, SaleView
from app.ui.checkout.lines import BasketLines
from app.ui.checkout.numeric_pad import NumericPad
from app.ui.checkout.payment import PaymentDesk, parse_tendered
from app.ui.checkout.reductions import Reductions
from app.ui.checkout.state import Notice, NoticeKind, SaleState, Step
from app.ui.checkout.tile_desk import Naming, TileDesk
from app.ui.input_grammar import (
    ActiveQuantity,
    Address,
    Code,
    OpenPrice,
    PickupCode,
    Quantity,
    SpokenCode,
    Text,
    TileNumber,
    Typed,
    WeightedSearch,
    parse_input,
)
from app.ui.screen import How
from app.ui.task_runner import Lane
from app.usecases.find_article import ArticleFound, CodeProblem, NoArticle, find_article
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.ports import Touched
from app.usecases.queries import ProductRow
from app.usecases.training import start_training, stop_training

RATE_KEYS = {"a": 2000, "b": 1000, "c": 550, "d": 210, "e": 0}
"""Department letters of open prices, by VAT rate in basis points."""

NAMELESS_OPERATOR = "Caisse"
"""Who answers for a training in a shop that gave nobody's name."""

LEAST_DIGITS_SEARCHED = 3
"""Fewer begin a price, a quantity or a scan: a search would only flash up before the next key."""

AGE_KEYS = {"o": True, "y": True, "1": True, "n": False, "0": False}
"""Oui, yes, non/no; 1 and 0 for the numeric pad."""

_QUESTIONS = frozenset({Step.AGE, Step.CONFIRM, Step.DOUBT, Step.DISCOUNT, Step.REASON})


class SalePresenter:
    """One sale after another."""

    def __init__(
        self,
        around: SaleSurroundings,
        view: SaleView,
        nameless: Callable[[], str],
        first_page: Callable[[], str] = str,
    ) -> None:
        """What an open price without words is called on the ticket; what the first page of tiles is called."""
        self._nameless = nameless
        self._around = around
        self.flow = SaleFlow(around, view)
        self.finder = ArticleFinder(around.queries, around.runner, view.show_found, self.flow.store_failed)
        self.tiles = TileDesk(self.flow, self.finder, first_page)
        self.lines = BasketLines(self.flow)
        self.payment = PaymentDesk(self.flow, self.lines)
        self.shelf = BasketShelf(self.flow, self.lines, self.payment)
        self.reductions = Reductions(self.flow, self.lines)
        self.beside = Beside(self.flow)
        self.pad = NumericPad(self.flow, self.lines, self.payment)
        self._choosing = False

    @property
    def state(self) -> SaleState:
        return self.flow.state

    # --- what the window reports -------------------------------------------------------------------------------------

    def activate(self) -> None:
        self.tiles.load()
        self.shelf.load()
        self.payment.cards.load()
        self._load_shop()
        self.flow.change()

    def refresh(self, touched: Touched) -> None:
        if touched.catalogue or touched.stock:
            self.tiles.load()
        if touched.baskets:
            self.shelf.load()
        if touched.merchant or touched.sales:
            self._load_shop()
        if touched.sales:
            self.payment.cards.load()

    def take(self, text: str, how: str) -> None:
        """A scan, or Enter with text."""
        self.flow.when_free(lambda: self._take(text, how))

    def typed(self, text: str) -> bool:
        """The box's text changed by a person's typing; True if a letter was used up at once."""
        if self.tiles.state.arranging:
            if self.tiles.state.naming is Naming.NOTHING:
                self.finder.typed(searched_for(parse_input(text)))
            return False
        if self.beside.take_weight(text):
            return False
        if (len(text) == 1 and self.letter(text)) or self.payment.take_letter_after_amount(text):
            return True
        if text and self.state.step is Step.PAID and not self.flow.waiting:
            self.shelf.next_sale()
        if text or not self._choosing:
            self._choosing = False
            self.finder.typed(searched_for(parse_input(text)) if self.state.step in (Step.SELL, Step.PAID) else "")
        return False

    def letter(self, char: str) -> bool:
        """A letter typed into the empty box; True if it means something at this step (then it is no text)."""
        step, key = self.state.step, char.lower()
        if step is Step.RATE and key in RATE_KEYS:
            self.flow.when_free(lambda: self.choose_rate(RATE_KEYS[key]))
        elif step is Step.RATE and key == "/":
            self.flow.when_free(lambda: self.pad.next_rate(tuple(RATE_KEYS.values())))
        elif step is Step.AGE:
            if key in AGE_KEYS:
                self.flow.when_free(lambda: self.payment.answer_age(of_age=AGE_KEYS[key]))
            return key.isalnum()
        elif step in (Step.DISCOUNT, Step.REASON):
            return self.reductions.letter(key)
        else:
            return self.payment.letter(key)
        return True

    def enter(self) -> None:
        """Enter in the empty box: the obvious next step."""
        self.flow.when_free(self.tiles.enter if self.tiles.state.arranging else self._enter)

    def pay(self) -> None:
        """F12: go to the payment, or say why not."""
        if not self.tiles.state.arranging:
            self.flow.when_free(self._pay)

    def pick(self, index: int) -> None:
        """A tile or result was touched."""
        self.flow.when_free(lambda: self.tiles.pick(index) if self.tiles.state.arranging else self._pick(index))

    def choose_rate(self, rate_bp: int) -> None:
        """RATE: a department was chosen."""
        if self.state.step is Step.RATE:
            self.lines.add_open_price(rate_bp, self._nameless())

    def walk(self, steps: int) -> None:
        """Arrows: through what was found; without results or tiles, through the ticket."""
        if self.tiles.state.arranging:
            self.tiles.walk(steps)
        elif self.finder.found.rows and self.state.step in (Step.SELL, Step.PAID):
            self.finder.move(steps)
        else:
            self.lines.move_active(steps)

    def delete(self) -> None:
        """Del: the active line; in the payment, the last payment."""
        if self.tiles.state.arranging:
            self.tiles.remove()
        elif self.state.step is Step.PAY:
            self.flow.when_free(self.payment.remove_last)
        elif self.state.step is Step.SELL:
            self.flow.when_free(self.lines.remove_active)

    def take_payment_back(self) -> None:
        """The last payment, wherever the sale is."""
        self.flow.when_free(self.payment.remove_last)

    def plus(self) -> None:
        """`+` in the empty box."""
        if self.state.step is Step.WEIGH:
            self.beside.take_weight(WEIGHT_KEY)
        else:
            self.pad.plus()

    def minus(self) -> None:
        """`-` in the empty box."""
        if not self.pad.minus():
            self.go_back()

    def tile_named(self, text: str) -> str:
        """The article of the tile whose number was typed, "" for none."""
        meaning, rows = parse_input(text), self.finder.tiles
        at = (meaning.number or 0) - 1 if isinstance(meaning, TileNumber) else -1
        return rows[at].product.name if 0 <= at < len(rows) else ""

    def undo(self) -> None:
        """Ctrl+Z: the basket as it was before its last change."""
        if self._may_undo():
            self.flow.when_free(lambda: self.lines.undo() if self._may_undo() else None)

    def _may_undo(self) -> bool:
        """Not while a question is open: the terminal may have been asked for this very total."""
        return self.state.step in (Step.SELL, Step.PAY)

    def go_back(self) -> bool:
        """Esc: one step back; False if there is nowhere to go."""
        step = self.state.step
        if self.flow.waiting:
            return True
        if self.tiles.state.arranging:
            self.tiles.go_back()
            return True
        if step is Step.CONFIRM and self.state.asked is not None and self.state.asked.attempt_id:
            self.flow.refuse(NoticeKind.ANSWER_FIRST)  # the terminal was asked: somebody must say what it answered
        elif step is Step.CONFIRM:
            self.payment.refused()
        elif step is Step.DOUBT:
            self.payment.cards.leave_for_later()
        elif step is Step.PAID and self.state.shows_code:
            self.payment.toggle_code()
        elif step is Step.PAID:
            self.shelf.next_sale()
        elif step is not Step.SELL:
            self.flow.change(step=Step.SELL, weighing=None, pricing=None, asked_reason=None, notice=None)
        elif self._choosing or self.finder.current() is not None:
            self._show_tiles()
        elif self.state.notice is not None or self.state.next_thousandths is not None or self.state.taking_back:
            self.flow.change(notice=None, next_thousandths=None, taking_back=False)
        else:
            return False
        return True

    # --- discounts, goods that come back, training -------------------------------------------------------------------

    def ask_discount(self) -> None:
        """Ctrl+D: how much off the active line, or off the ticket?"""
        self.flow.when_free(self.reductions.begin)

    def take_back_without_ticket(self) -> None:
        """The next article comes back: first, why."""
        self.flow.when_free(self.reductions.begin_taking_back)

    def bring_back(self, lines: tuple[BasketLine, ...], number: str, approved_by: str) -> None:
        """What comes back from a ticket joins the basket: alone it is a refund, with other goods an exchange."""

        def come() -> None:
            if lines:
                self.lines.add_returned(lines)
                self.flow.change(approved_by=self.state.approved_by or approved_by)
                self.flow.say(NoticeKind.COMES_BACK, count=len(lines), number=number)

        self.flow.when_free(come)

    def after_cancelling(self, basket: Basket | None, said: Mapping[str, object]) -> None:
        """Say what to give back; `basket` is sold again, what was under way is parked."""
        self.flow.when_free(lambda: self.shelf.sell_again(basket, Notice(NoticeKind.CANCELLED, said)))

    def toggle_training(self) -> None:
        """Begin or end training; the basket under way must be finished or parked first."""
        self.flow.when_free(self._toggle_training)

    def end_training(self) -> None:
        if self.state.training:
            self.toggle_training()

    def _toggle_training(self) -> None:
        around, responsible = self._around, self.state.training
        if self.state.step is Step.PAID:
            self.shelf.next_sale()
        if self.state.basket.lines:
            self.flow.refuse(NoticeKind.TRAINING_NEEDS_EMPTY)
        elif responsible:
            operator = around.operator() or NAMELESS_OPERATOR
            self.flow.ask_store(lambda: stop_training(around.counter, operator), lambda _: self._load_shop())
        else:
            around.leave(Right.TRAINING_MODE, self._start_training)

    def _start_training(self, approved_by: str | None) -> None:
        around = self._around
        if approved_by is None:
            self.flow.refuse(NoticeKind.NOT_APPROVED)
            return
        operator = around.operator()
        self.flow.ask_store(
            lambda: start_training(around.counter, operator or NAMELESS_OPERATOR, approved_by),
            lambda _: self._load_shop(),
        )

    def look_at_cards(self) -> None:
        """Ctrl+B: the card payments in doubt."""
        self.flow.when_free(self.payment.cards.look)

    def _load_shop(self) -> None:
        """Merchant's rules and whether the till is in training."""
        queries = self._around.queries

        def came(found: tuple[Merchant, str]) -> None:
            merchant, training = found
            if (merchant, training) != (self.state.merchant, self.state.training):
                self.flow.change(merchant=merchant, training=training)
            self._around.on_training(training)

        self._around.runner.run(
            Lane.STORE, lambda: (queries.merchant(), queries.training()), came, self.flow.store_failed
        )

    # --- orders and parked baskets -----------------------------------------------------------------------------------

    def take_order(self, order_id: str, request: HandoverRequest | None = None) -> None:
        """Put an order's amount due into the basket; the basket under way is parked by itself."""
        self.flow.when_free(lambda: self.shelf.take_order(order_id, request))

    def remove_order(self) -> None:
        """Take the online order out again; its card keeps everything."""
        if self.state.order is not None and self.state.step in (Step.SELL, Step.PAY, Step.AGE):
            self.flow.when_free(self.lines.without_order)

    def park_under_way(self) -> None:
        """Park what can be: an order's card is about to be shown."""
        if self.shelf.has_own_lines() and self.shelf.may_leave():
            self.flow.when_free(self.shelf.park)

    def park_or_take_back(self) -> None:
        """F5: park the basket; without goods of its own, take the newest parked one back."""
        self.flow.when_free(self._park_or_take_back)

    def take_basket_up(self) -> None:
        """Go on with the basket under way, else with the one parked last."""
        self.flow.when_free(self.shelf.take_up)

    def take_back(self, basket_id: str) -> None:
        self.flow.when_free(lambda: self.shelf.take_back(basket_id))

    # --- meanings ----------------------------------------------------------------------------------------------------

    def _take(self, text: str, how: str) -> None:
        if self.tiles.state.arranging:
            self.tiles.take(text, how)
            return
        meaning, scanned = parse_input(text), how != How.TYPED
        step = self.state.step
        if step is Step.RATE and scanned:
            self.choose_rate(self.state.suggested_rate_bp)
            step = self.state.step
        if step in (Step.DISCOUNT, Step.REASON) and not scanned:
            self.reductions.take(text)
        elif step in _QUESTIONS or (step is Step.RATE and not isinstance(meaning, OpenPrice)):
            self.flow.refuse(NoticeKind.ANSWER_FIRST)
        elif step is Step.WEIGH and not scanned:
            self.lines.weigh(text)
        elif step is Step.WEIGH and self.state.weighing is not None:
            self.flow.refuse(NoticeKind.WEIGHT_FIRST, name=self.state.weighing.product.name)
        elif step is Step.PAY and not scanned and (given := parse_tendered(text)) is not None:
            self.payment.cash(given)
        else:
            self._sell(meaning, text, how)

    def _sell(self, meaning: Typed, text: str, how: str) -> None:
        if self.state.step is Step.PAID:
            self.shelf.next_sale()
        match meaning:
            case PickupCode():
                self._to_order(text, how)
            case SpokenCode(code, _):
                self._spoken(code, text, how)
            case Code(code, thousandths):
                self._code(code, thousandths)
            case Address(address):
                self._code(address, None)
            case OpenPrice():
                self.lines.ask_rate(meaning)
            case Quantity(thousandths):
                self.flow.change(next_thousandths=thousandths, notice=None)
            case TileNumber(number):
                self._by_number(number, text)
            case ActiveQuantity(thousandths):
                self.lines.set_quantity(thousandths)
            case WeightedSearch(thousandths, words):
                self._choose(words, thousandths)
            case Text(words) if how == How.TYPED:
                self._choose(words, None)
            case Text():
                self._code(text, None)

    def _by_number(self, number: int | None, text: str) -> None:
        self._show_tiles()
        if number == 0:
            self._park_or_take_back()
        elif number is not None and number <= len(self.finder.tiles):
            self._pick(number - 1)
        else:
            self.pad.refuse_tile(text)

    def _to_order(self, text: str, how: str) -> None:
        self.park_under_way()
        self.flow.when_free(lambda: self._around.on_order_code(text, how))

    def _spoken(self, code: str, text: str, how: str) -> None:
        """An order's; but what was scanned and is an article's number was never spoken."""
        queries = self._around.queries

        def look() -> tuple[ProductRow | None, OrderAtCounter | None]:
            row = queries.product_by_code(text) if how != How.TYPED else None
            return row, queries.order_by_spoken_code(code) if row is None else None

        def came(found: tuple[ProductRow | None, OrderAtCounter | None]) -> None:
            row, order = found
            if row is not None:
                self._add(row)
            elif order is None:
                self._choose(text, None)
            else:
                self._to_order(text, how)

        self.flow.ask_store(look, came)

    def _code(self, code: str, thousandths: int | None) -> None:
        queries, reading = self._around.queries, self._around.reading()

        def came(found: ArticleFound | NoArticle) -> None:
            if isinstance(found, ArticleFound):
                self._add_scanned(found, thousandths)
                return
            self._show_tiles()
            if found.problem is CodeProblem.UNKNOWN:
                self.lines.unknown_code = found.code
                self.flow.refuse(NoticeKind.UNKNOWN_CODE, code=found.code)
            else:
                self.flow.refuse(NoticeKind.NO_ARTICLE, found=found)

        self.flow.ask_store(lambda: find_article(queries, reading, code), came)

    def _add_scanned(self, found: ArticleFound, thousandths: int | None) -> None:
        verdict = judge_dates(found.goods, self._today()) if found.goods is not None else DateVerdict.FINE
        said = {"verdict": verdict, "goods": found.goods, "name": found.row.product.name}
        if verdict is DateVerdict.PAST_USE_BY and not self.state.taking_back:
            self.flow.refuse(NoticeKind.PAST_DATE, **said)
            return
        before = self.state.basket
        self._add(found.row, thousandths, found)
        taken = self.state.basket != before or self.state.step is Step.WEIGH
        if taken and verdict is not DateVerdict.FINE:
            self.flow.say(NoticeKind.SOLD_PAST_DATE, **said)
            self.flow.view.play("stop")

    def _today(self) -> date:
        clock = self._around.counter.clock
        return (clock.now() + timedelta(minutes=clock.utc_offset_minutes())).date()

    def _choose(self, words: str, thousandths: int | None) -> None:
        """Typed words: what is highlighted for them, else look for them; only a single match goes in unseen."""
        shown, current = self.finder.results_for(words), self.finder.current()
        if shown is not None and current is not None:
            self._add(current, thousandths)
            return
        queries = self._around.queries

        def search() -> Sequence[ProductRow]:
            exact = queries.product_by_code(words)
            return [exact] if exact is not None else queries.search_products(words)

        self.flow.ask_store(search, lambda rows: self._matches_came(words, thousandths, rows))

    def _matches_came(self, words: str, thousandths: int | None, rows: Sequence[ProductRow]) -> None:
        if not rows:
            self._show_tiles()  # the sentence says it; once is enough
            self.flow.refuse(NoticeKind.NO_MATCH, text=words)
        elif len(rows) == 1:
            self._add(rows[0], thousandths)
        else:
            self._choosing = True
            self.finder.show_results(words, rows)
            self.flow.change(next_thousandths=thousandths or self.state.next_thousandths)
            self.flow.say(NoticeKind.CHOOSE, text=words, count=len(rows))

    def _add(self, row: ProductRow, thousandths: int | None = None, label: ArticleFound | None = None) -> None:
        if self.state.step is Step.PAID:
            self.shelf.next_sale()
        self._show_tiles()
        self.lines.add_article(row, thousandths, label)

    def _pick(self, index: int) -> None:
        if self.state.step not in (Step.SELL, Step.PAID):
            return
        self.finder.select(index)
        row = self.finder.current()
        if row is not None:
            self.flow.view.empty_box()
            self._add(row)

    def _enter(self) -> None:
        row = self.finder.current()
        match self.state.step:
            case Step.SELL if row is not None:
                self._add(row)
            case Step.SELL:
                self._pay()
            case Step.RATE:
                self.choose_rate(self.state.suggested_rate_bp)
            case Step.PAY:
                self.payment.exact_cash()
            case Step.CONFIRM:
                self.payment.received()
            case Step.REASON:
                self.reductions.take("1")
            case Step.DISCOUNT:
                self.reductions.remove()
            case Step.WEIGH | Step.AGE | Step.DOUBT:
                self.flow.refuse(NoticeKind.ANSWER_FIRST)
            case _:
                pass

    def _pay(self) -> None:
        if self.state.step is Step.RATE:
            self.choose_rate(self.state.suggested_rate_bp)
        if self.state.step is Step.SELL:
            self._show_tiles()
            self.payment.begin()
        elif self.state.step in (Step.WEIGH, Step.AGE, Step.DISCOUNT, Step.REASON, Step.DOUBT):
            self.flow.refuse(NoticeKind.ANSWER_FIRST)

    def _park_or_take_back(self) -> None:
        if self.shelf.has_own_lines() and self.state.step is not Step.PAID:
            self.shelf.park()
        else:
            self.shelf.take_newest_back()

    def _show_tiles(self) -> None:
        self._choosing = False
        self.finder.typed("")


def searched_for(meaning: Typed) -> str:
    """The words to search while typing, "" if the text so far is no search."""
    match meaning:
        case Text(words) if words.isdigit() and len(words) < LEAST_DIGITS_SEARCHED:
            return ""
        case Text(words) | WeightedSearch(_, words) | SpokenCode(_, words):
            return words
        case Code(code, _):
            return code
        case _:
            return ""
