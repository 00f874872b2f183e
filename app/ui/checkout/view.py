"""Owns the sale screen's widgets and how a state is laid out on them. Decides nothing: inputs go to the presenter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.card import CardAttempt
from app.domain.sale import Basket, BasketLine, PaymentMeans
from app.i18n import tr
from app.ui import messages
from app.ui.article_finder import Found
from app.ui.checkout import tile_words, words
from app.ui.checkout.articles import ArticleChoice
from app.ui.checkout.flow import SaleSurroundings
from app.ui.checkout.notices import notice_role, notice_words
from app.ui.checkout.parked import ParkedStrip
from app.ui.checkout.pay_pane import PaidPage, PayPane
from app.ui.checkout.pieces import Answer, QuestionCard
from app.ui.checkout.presenter import RATE_KEYS, SalePresenter
from app.ui.checkout.reasons import usual_reasons
from app.ui.checkout.state import AskedReason, Notice, NoticeKind, SaleState, Step
from app.ui.checkout.ticket import TicketPane
from app.ui.checkout.tile_desk import Naming, TileState
from app.ui.components.layouts import Pages, Shares, column, pane
from app.ui.components.notice import NoticeBar
from app.ui.input_grammar import PickupCode, Quantity, parse_input
from app.ui.returns import words as return_words
from app.ui.returns.pane import ReturnsPane
from app.ui.returns.presenter import ReturnsPresenter, SaleSide
from app.ui.returns.state import Page, ReturnsState
from app.ui.screen import How, KeyHint, PlaceName, Screen, Shell
from app.ui.style.look import Look
from app.ui.style.tokens import LIST_SHARE, Space
from app.usecases.correct_sale import Cancelled
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.ports import Touched
from app.usecases.take_payment import PaymentRefusal

_WIDE_PX = 640
"""From here on five buttons stand side by side."""

_ALONE = frozenset({Step.DISCOUNT, Step.REASON, Step.DOUBT})
"""Questions that have nothing to do with the articles, which make room for them."""

_SELLING_KEYS = (Qt.Key.Key_F12, Qt.Key.Key_F5, Qt.Key.Key_F11, Qt.Key.Key_Plus, Qt.Key.Key_Minus)
"""Without effect while tiles are arranged."""

_PAYING = frozenset({Step.PAY, Step.CONFIRM, Step.SETTLING})


class SaleScreen(Screen):
    """F3. Also a `SaleView` for its presenter."""

    def __init__(self, look: Look, shell: Shell, around: SaleSurroundings) -> None:
        self._look = look
        self._shell = shell
        self._box_text = ""
        self._showing_tickets = False
        self._build()
        self.presenter = SalePresenter(around, self, lambda: words.NAMELESS, lambda: tr("Favourites"))
        self.returns = ReturnsPresenter(
            self.presenter.flow, self, SaleSide(self._lines_come_back, self._ticket_cancelled, self._other_scan)
        )
        self._connect()
        self.show(self.presenter.state)

    # --- Screen ------------------------------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        return self._page

    def activate(self) -> None:
        self._shell.focus_box("")
        self.presenter.activate()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)
        if touched.sales and self._showing_tickets:
            self.returns.load()

    def take_input(self, text: str, how: str) -> bool:
        if isinstance(parse_input(text), PickupCode) and how != How.TYPED:
            return False  # the pickup screen shows the card, and has the basket parked
        if not self._page.isVisible() and text:
            self._shell.go_to(PlaceName.SALE)
        if self._showing_tickets:
            if text:
                self.returns.take(text, how, scanned=how != How.TYPED)
            else:
                self.returns.enter(self.tickets.current)
            return True
        if text:
            self._take_quantity_before(how)
            self.presenter.take(text, how)
        else:
            self.presenter.enter()
        return True

    def _take_quantity_before(self, how: str) -> None:
        """`3*` in the box, and the scanner: nobody presses Enter in between."""
        if how != How.TYPED and isinstance(parse_input(self._box_text), Quantity):
            before, self._box_text = self._box_text, ""
            self.presenter.take(before, How.TYPED)
            self._shell.clear_box()

    def typed(self, text: str) -> bool:
        self._box_text = text
        if self._showing_tickets:
            return bool(text) and self.returns.typed(text)
        return self.presenter.typed(text)

    def preview(self, text: str) -> str:
        self._box_text = text
        if self._showing_tickets:
            return return_words.preview(self.returns.state, text)
        row = self.presenter.finder.current()
        highlighted = row.product.name if row is not None else ""
        self.articles.tiles.show_numbers(text.startswith("/"))
        highlighted = self.presenter.tile_named(text) if text.startswith("/") else highlighted
        if self.presenter.tiles.state.arranging:
            return tile_words.preview(self.presenter.tiles.state, text, highlighted)
        return words.preview_words(self.presenter.state, text, highlighted)

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        action = self._action_of(key, modifiers)
        if action is None:
            return False
        return action() is not False

    def leave_corner(self, height_px: int) -> bool:
        """Under tiles and results, which stand closer for it; whoever pays or looks a ticket up needs all the room."""
        free = self._page.currentWidget() is self._work and self._left.currentWidget() is self._finding
        self._left_side.layout().setContentsMargins(0, 0, 0, height_px if free else 0)
        return free

    def placeholder(self) -> str:
        if self._showing_tickets:
            return return_words.placeholder(self.returns.state)
        if self.presenter.tiles.state.arranging:
            return tile_words.placeholder(self.presenter.tiles.state)
        return words.placeholder(self.presenter.state)

    def hints(self) -> Sequence[KeyHint]:
        if self._showing_tickets:
            return return_words.hints(self.returns.state)
        if self.presenter.tiles.state.arranging:
            return tile_words.hints(self.presenter.tiles.state)
        return words.hints(self.presenter.state)

    def step(self) -> str:
        if self._showing_tickets:
            return f"tickets-{self.returns.state.page}"
        tiles = self.presenter.tiles.state
        if tiles.arranging:
            return "tiles" if tiles.naming is Naming.NOTHING else "tiles-name"
        return self.presenter.state.step

    def topic(self) -> str:
        return "retours" if self._showing_tickets else ""

    # --- for the window ----------------------------------------------------------------------------------------------

    def take_order(self, order_id: str, request: HandoverRequest | None = None) -> None:
        """Pay for an order: its amount due comes into the basket. The window calls it after `go_to(SALE)`."""
        self._close_tickets()
        self.presenter.take_order(order_id, request)

    def end_training(self) -> None:
        """The band over the window was pressed."""
        self._close_tickets()
        self.presenter.end_training()
        self._shell.focus_box("")

    def park_under_way(self) -> None:
        """Put the basket aside by itself: an order's card is about to be shown."""
        self.presenter.park_under_way()

    def basket_waits(self) -> bool:
        """Whether there is a basket to go on with."""
        return self.presenter.shelf.waits()

    def take_basket_up(self) -> None:
        """Go on with the basket under way, else with the one parked last. The window calls it after `go_to(SALE)`."""
        self._close_tickets()
        self.presenter.take_basket_up()

    # --- SaleView ----------------------------------------------------------------------------------------------------

    def show(self, state: SaleState) -> None:
        self.ticket.show_state(state)
        self.parked.show_state(state)
        self._show_question(state)
        self._show_notice(state)
        if state.step in _PAYING:
            self.paying.show_state(state)
        self._choose_pages(state)
        self._shell.hints_changed()

    def show_found(self, found: Found) -> None:
        self.articles.show_found(found)
        self._shell.hints_changed()

    def show_tiles(self, tiles: TileState) -> None:
        self.articles.show_tiles(tiles)
        self.parked.setVisible(not tiles.arranging)
        self.ticket.setEnabled(not tiles.arranging)  # nothing is sold meanwhile
        self._shell.hints_changed()

    def empty_box(self) -> None:
        self._shell.focus_box("")

    def fill_box(self, text: str) -> None:
        self._shell.focus_box(text)

    def play(self, sound: str) -> None:
        self._shell.play(sound)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        look = self._look
        self.articles = ArticleChoice(look)
        self.question = QuestionCard(look)
        self.question.hide()
        self.parked = ParkedStrip(look)
        self.notice = NoticeBar(look)
        self.paying = PayPane(look)
        self.tickets = ReturnsPane(look)
        self.ticket = TicketPane(look)
        self.paid = PaidPage(look)
        finding = column(self.question, self.articles, self.parked, gap=Space.BETWEEN)
        finding.insertStretch(2, 0)
        finding.setStretch(1, 1)
        self._finding = pane(finding)
        self._left = Pages(self._finding, self.paying, self.tickets)
        left = column(self._left, self.notice, gap=Space.INSIDE)
        left.setStretch(0, 1)
        self._left_side = pane(left)
        self._work = Shares(self._left_side, self.ticket, 100 - LIST_SHARE)
        self._page = Pages(self._work, self.paid)
        self._page.setObjectName("sale-screen")

    def _connect(self) -> None:
        presenter, payment = self.presenter, self.presenter.payment
        self.articles.picked.connect(self._then_box(presenter.pick))
        self._connect_tiles()
        self.ticket.line_chosen.connect(lambda line_id: presenter.flow.change(active=line_id))
        self.ticket.pay_pressed.connect(self._then_box(self._pay_or_back))
        self.ticket.order_removed.connect(self._then_box(presenter.remove_order))
        self.parked.chosen.connect(self._then_box(presenter.take_back))
        self.parked.toggled.connect(self._then_box(presenter.park_or_take_back))
        self.parked.tickets_pressed.connect(self._toggle_tickets)
        self.ticket.doubt_pressed.connect(self._then_box(presenter.look_at_cards))
        self.ticket.discount_pressed.connect(self._then_box(presenter.ask_discount))
        self.paying.exact.connect(self._then_box(presenter.enter))
        touch = self.ticket.touch
        touch.one_less.connect(self._then_box(presenter.minus))
        touch.one_more.connect(self._then_box(presenter.plus))
        touch.taken_out.connect(self._then_box(presenter.delete))
        touch.undone.connect(self._then_box(presenter.undo))
        self.paying.given.connect(self._then_box(lambda minor: presenter.take(f"{minor / 100:.2f}", How.TYPED)))
        self.paying.means.connect(self._then_box(self._other_means))
        self.paying.ticket.connect(self._then_box(payment.ask_for_ticket))
        self.paying.received.connect(self._then_box(presenter.enter))
        self.paying.refused.connect(self._then_box(payment.refused))
        self.paying.unknown.connect(self._then_box(payment.unknown))
        self.paying.discount.connect(self._then_box(presenter.ask_discount))
        self.paying.taken_back.connect(self._then_box(presenter.take_payment_back))
        self.paying.keypad.typed.connect(lambda text: self._shell.focus_box(self._box_text + text))
        self.paying.keypad.erase.connect(lambda: self._shell.focus_box(self._box_text[:-1]))
        self.paying.keypad.entered.connect(self._keypad_enter)
        self.paid.print_pressed.connect(self._then_box(payment.ask_for_ticket))
        self.paid.phone_pressed.connect(self._then_box(payment.toggle_code))
        self.paid.other_language_pressed.connect(self._then_box(payment.ask_for_other_language))
        self.paid.gift_pressed.connect(self._then_box(payment.ask_for_gift_receipt))
        self.paid.tickets_pressed.connect(self._toggle_tickets)
        self.paid.next_pressed.connect(self._then_box(presenter.go_back))
        self._connect_tickets()

    def _connect_tiles(self) -> None:
        desk, strip = self.presenter.tiles, self.articles.strip
        self.articles.tiles.held.connect(self._then_box(desk.begin))
        self.articles.dropped.connect(self._then_box(desk.drop))
        self.articles.dropped_on_page.connect(self._then_box(desk.drop_on_page))
        strip.page_chosen.connect(self._then_box(desk.show_page))
        strip.named.connect(self._then_box(lambda naming: desk.ask_name(Naming(naming))))
        strip.removed.connect(self._then_box(desk.remove))
        strip.finished.connect(self._then_box(desk.finish))

    def _connect_tickets(self) -> None:
        tickets, returns = self.tickets, self.returns
        tickets.key.connect(self._then_box(returns.typed))
        tickets.line_touched.connect(self._then_box(returns.choose))
        tickets.row_entered.connect(self._then_box(returns.show_ticket))
        tickets.entered.connect(self._then_box(lambda: returns.enter(tickets.current)))
        tickets.one_less.connect(self._then_box(lambda: returns.add(-1)))
        tickets.one_more.connect(self._then_box(lambda: returns.add(1)))
        tickets.back.connect(self._then_box(self._go_back))
        tickets.without_ticket.connect(self._then_box(self._return_without_ticket))
        tickets.training.connect(self._then_box(self._toggle_training))

    def _then_box(self, act: Callable) -> Callable[..., None]:
        """After a touch the one box has the focus again, so that the next scan or key goes where it always goes."""

        def acted(*values: object) -> None:
            act(*values)
            self._shell.focus_box("")

        return acted

    def _action_of(self, key: int, modifiers: Qt.KeyboardModifier) -> Callable[[], object] | None:
        presenter = self.presenter
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            if self._showing_tickets:
                return {
                    Qt.Key.Key_S: self._return_without_ticket,
                    Qt.Key.Key_E: self._toggle_training,
                }.get(Qt.Key(key))
            if presenter.tiles.state.arranging:
                return self._control_of_tiles(key)
            return {
                Qt.Key.Key_T: presenter.tiles.toggle,
                Qt.Key.Key_PageDown: lambda: presenter.tiles.turn(1),
                Qt.Key.Key_PageUp: lambda: presenter.tiles.turn(-1),
                Qt.Key.Key_Z: presenter.undo,
                Qt.Key.Key_D: presenter.ask_discount,
                Qt.Key.Key_B: presenter.look_at_cards,
            }.get(Qt.Key(key))
        if self._showing_tickets:
            return self._action_on_tickets(key)
        if presenter.tiles.state.arranging:
            return self._action_on_tiles(key)
        return {
            Qt.Key.Key_F12: presenter.pay,
            Qt.Key.Key_F5: presenter.park_or_take_back,
            Qt.Key.Key_F11: self._toggle_tickets,
            Qt.Key.Key_Escape: self._go_back,
            Qt.Key.Key_Up: lambda: presenter.walk(-1),
            Qt.Key.Key_Down: lambda: presenter.walk(1),
            Qt.Key.Key_PageUp: lambda: presenter.lines.move_active(-1),
            Qt.Key.Key_PageDown: lambda: presenter.lines.move_active(1),
            Qt.Key.Key_Delete: presenter.delete,
            Qt.Key.Key_Plus: presenter.plus,
            Qt.Key.Key_Minus: presenter.minus,
        }.get(Qt.Key(key))

    def _control_of_tiles(self, key: int) -> Callable[[], object] | None:
        desk = self.presenter.tiles
        return {
            Qt.Key.Key_T: desk.finish,
            Qt.Key.Key_Z: desk.undo,
            Qt.Key.Key_N: lambda: desk.ask_name(Naming.NEW_PAGE),
            Qt.Key.Key_M: lambda: desk.ask_name(Naming.THIS_PAGE),
            Qt.Key.Key_PageDown: lambda: desk.turn(1),
            Qt.Key.Key_PageUp: lambda: desk.turn(-1),
        }.get(Qt.Key(key))

    def _action_on_tiles(self, key: int) -> Callable[[], object] | None:
        presenter, columns = self.presenter, self.articles.tiles.columns
        row = 1 if presenter.finder.found.text else columns
        return {
            Qt.Key.Key_Escape: presenter.go_back,
            Qt.Key.Key_Delete: presenter.delete,
            Qt.Key.Key_Up: lambda: presenter.walk(-row),
            Qt.Key.Key_Down: lambda: presenter.walk(row),
            Qt.Key.Key_Left: lambda: presenter.walk(-1),
            Qt.Key.Key_Right: lambda: presenter.walk(1),
            Qt.Key.Key_PageDown: lambda: presenter.tiles.turn(1),
            Qt.Key.Key_PageUp: lambda: presenter.tiles.turn(-1),
            **dict.fromkeys(_SELLING_KEYS, lambda: True),
        }.get(Qt.Key(key))

    def _action_on_tickets(self, key: int) -> Callable[[], object] | None:
        one_ticket = self.returns.state.page is not Page.LIST
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        if step is not None and self.returns.state.page is Page.MEANS:
            return self.returns.next_means
        if step is not None:
            return (lambda: self.returns.move(step)) if one_ticket else (lambda: self.tickets.list.step(step))
        if one_ticket and key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            return lambda: self.returns.add(1 if key == Qt.Key.Key_Plus else -1)
        return {
            Qt.Key.Key_F11: self._toggle_tickets,
            Qt.Key.Key_Escape: self._go_back,
        }.get(Qt.Key(key))

    def _go_back(self) -> bool:
        if self._showing_tickets:
            if not self.returns.go_back():
                self._close_tickets()
            return True
        return self.presenter.go_back()

    def _pay_or_back(self) -> None:
        if self.presenter.state.step in _PAYING:
            self.presenter.go_back()
        else:
            self.presenter.pay()

    def _other_means(self, value: str) -> None:
        self.presenter.flow.when_free(lambda: self.presenter.payment.ask(PaymentMeans(value)))

    def _keypad_enter(self) -> None:
        text = self._box_text
        self._shell.focus_box("")
        self.take_input(text, How.TYPED)

    def _toggle_tickets(self) -> None:
        if self._showing_tickets:
            self._close_tickets()
            return
        state = self.presenter.state
        if state.step is Step.PAID or (state.step is Step.PAY and not state.payments):
            self.presenter.go_back()
        if self.presenter.state.step is not Step.SELL:
            self.presenter.flow.refuse(NoticeKind.ANSWER_FIRST)
            return
        self._showing_tickets = True
        self.returns.open()
        self._choose_pages(self.presenter.state)
        self._shell.focus_box("")

    def _close_tickets(self) -> None:
        if self._showing_tickets:
            self._showing_tickets = False
            self._choose_pages(self.presenter.state)
            self._shell.hints_changed()

    def show_returns(self, state: ReturnsState) -> None:
        """The `ReturnsView`."""
        self.tickets.show_returns(state)
        self._shell.hints_changed()

    def _lines_come_back(self, lines: tuple[BasketLine, ...], number: str, approved_by: str) -> None:
        self._close_tickets()
        self.presenter.bring_back(lines, number, approved_by)

    def _ticket_cancelled(self, done: Cancelled, number: str, basket: Basket | None) -> None:
        self._close_tickets()
        given = [(payment.means, -payment.amount) for payment in done.document.payments]
        said = return_words.cancelled_words(number, done.document.display_number, given)
        self.presenter.after_cancelling(basket, said)

    def _other_scan(self, text: str, how: str) -> None:
        self._close_tickets()
        self.presenter.take(text, how)

    def _return_without_ticket(self) -> None:
        self._close_tickets()
        self.presenter.take_back_without_ticket()

    def _toggle_training(self) -> None:
        self._close_tickets()
        self.presenter.toggle_training()

    def _choose_pages(self, state: SaleState) -> None:
        self._page.setCurrentWidget(self.paid if state.step is Step.PAID else self._work)
        if self._showing_tickets:
            self._left.setCurrentWidget(self.tickets)
        else:
            self._left.setCurrentWidget(self.paying if state.step in _PAYING else self._finding)

    def _show_notice(self, state: SaleState) -> None:
        notice = state.notice
        said = notice_words(notice) if notice is not None else ""
        if state.step is Step.PAID:
            self.paid.show_state(state, said)
        if notice is None:
            self.notice.hide()
        else:
            self.notice.tell(said, notice_role(notice), *self._remedy(notice))

    def _remedy(self, notice: Notice) -> tuple[str, Callable[[], None] | None, str]:
        """What the notice's button says and does, and the key that does the same."""
        if notice.kind is NoticeKind.LINE_REMOVED:
            return tr("Put back"), self.presenter.undo, "Ctrl+Z"
        if notice.kind in (NoticeKind.DISCOUNT_GIVEN, NoticeKind.DISCOUNT_REMOVED):
            return tr("Undo"), self.presenter.undo, "Ctrl+Z"
        if notice.kind is NoticeKind.PARKED:
            return tr("Take back"), self.presenter.park_or_take_back, "F5"
        if notice.kind is NoticeKind.PAYMENTS_KEPT:
            return tr("Take the last payment back"), self._then_box(self.presenter.take_payment_back), ""
        if notice.kind is NoticeKind.HANDOVER_REFUSED:
            return tr("Take the order out"), self.presenter.remove_order, ""
        if notice.kind is NoticeKind.ORDER_LINE:
            return tr("Take the order out"), self.presenter.remove_order, ""
        if notice.kind is NoticeKind.PAYMENT_NOT_TAKEN and notice.values["reason"] is PaymentRefusal.CASH_OVER_LIMIT:
            return tr("Lives abroad: passport seen"), self._then_box(self.presenter.payment.abroad), ""
        return "", None, ""

    def _show_question(self, state: SaleState) -> None:
        self.articles.setVisible(state.step not in _ALONE)
        if state.step is Step.WEIGH and state.weighing is not None:
            self._ask_measure(state)
        elif state.step is Step.RATE and state.pricing is not None:
            self._ask_rate(state)
        elif state.step is Step.AGE:
            self._ask_age(state)
        elif state.step is Step.DISCOUNT:
            self._ask_discount(state)
        elif state.step is Step.REASON and state.asked_reason is not None:
            self._ask_reason(state.asked_reason)
        elif state.step is Step.DOUBT and state.doubts:
            self._ask_doubt(state.doubts[0])
        else:
            self.question.hide()

    def _ask_measure(self, state: SaleState) -> None:
        product = state.weighing.product
        title = words.measure_question(product.unit).format(name=product.name)
        hint = f"{messages.unit_price(product.price, product.unit)}  ·  {words.measure_hint(product.unit)}"
        if state.on_scale is None:
            self.question.ask(title, hint)
            return
        said = words.on_scale(state.on_scale)
        take = words.take_weight(state.on_scale)
        answers = [Answer(take, "P", "take-weight", lambda: self.presenter.beside.take_weight("p"))] if take else []
        self.question.ask(title, f"{hint}\n{said}", answers, columns=1)

    def _ask_rate(self, state: SaleState) -> None:
        answers = [
            Answer(
                messages.vat_rate(rate_bp),
                key.upper(),
                f"rate-{rate_bp}",
                self._then_box(lambda rate_bp=rate_bp: self.presenter.choose_rate(rate_bp)),
                main=rate_bp == state.suggested_rate_bp,
            )
            for key, rate_bp in RATE_KEYS.items()
        ]
        pricing = state.pricing
        what = f"{messages.amount(pricing.amount)} {pricing.words or words.NAMELESS}"
        times = f"{pricing.quantity} × " if pricing.quantity > 1 else ""
        title = tr("{what}: which VAT?").format(what=times + what)
        hint = tr("One letter; Enter takes {rate}.").format(rate=messages.vat_rate(state.suggested_rate_bp))
        self.question.ask(title, hint, answers, columns=5 if self.articles.width() > _WIDE_PX else 3)

    def _ask_age(self, state: SaleState) -> None:
        limited = ", ".join(dict.fromkeys(line.label for line in state.basket.lines if line.age_limit))
        if not limited and state.order is not None:
            limited = tr("on-line order {number}").format(number=state.order.number)
        answer = self.presenter.payment.answer_age
        answers = (
            Answer(tr("Yes, checked"), tr("Y"), "of-age", self._then_box(lambda: answer(of_age=True)), main=True),
            Answer(tr("No"), "N", "not-of-age", self._then_box(lambda: answer(of_age=False))),
        )
        title = tr("Is the customer {age} or older?").format(age=state.age_limit)
        hint = tr("Proof of age must be asked for: {articles}").format(articles=limited)
        self.question.ask(title, hint, answers, columns=2)

    def _ask_discount(self, state: SaleState) -> None:
        choose = self.presenter.reductions.choose_whole
        answers = (
            Answer(tr("This line"), "L", "discount-line", self._then_box(lambda: choose(whole_ticket=False))),
            Answer(tr("Whole ticket"), "T", "discount-ticket", self._then_box(lambda: choose(whole_ticket=True))),
        )
        title, hint = words.discount_question(state)
        self.question.ask(title, hint, answers, columns=2)

    def _ask_reason(self, asked: AskedReason) -> None:
        take = self.presenter.reductions.take
        answers = [
            Answer(
                reason.said,
                str(place),
                f"reason-{place}",
                self._then_box(lambda place=place: take(str(place))),
                main=place == 1,
            )
            for place, reason in enumerate(usual_reasons(asked.purpose), start=1)
        ]
        title, hint = words.reason_question(asked)
        self.question.ask(title, hint, answers, columns=3 if self.articles.width() > _WIDE_PX else 2, low=True)

    def _ask_doubt(self, attempt: CardAttempt) -> None:
        decide = self.presenter.payment.cards.decide
        paid, not_paid = words.doubt_answers(attempt)
        later = self._then_box(self.presenter.go_back)
        answers = (
            Answer(paid, tr("Y"), "card-paid", self._then_box(lambda: decide(paid=True))),
            Answer(not_paid, "N", "card-not-paid", self._then_box(lambda: decide(paid=False))),
            Answer(tr("Later"), tr("Esc"), "card-later", later),
        )
        self.question.ask(words.doubt_title(attempt), words.doubt_hint(attempt), answers, columns=3)


__all__ = ["SaleScreen", "SaleSurroundings"]
