"""Owns the widgets of the pickup screen and the way keys reach its presenter. Decides nothing about orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.domain.order import HandoverVerdict, LineOutcome
from app.i18n import tr
from app.ui.components.buttons import ActionButton
from app.ui.components.layouts import Pages, Shares, column, pane, row
from app.ui.components.lists import RowList
from app.ui.components.segments import Segments
from app.ui.components.states import EmptyState, Skeleton
from app.ui.components.text import label
from app.ui.on_duty import Leave, leave_to_all
from app.ui.pickup.card import OrderCard, print_key
from app.ui.pickup.order_rows import OrderDelegate, order_model
from app.ui.pickup.presenter import PickupPresenter
from app.ui.pickup.state import CardState, MainAction, PickupState, Step
from app.ui.pickup.steps import AGE_KEYS, OUTCOME_KEYS
from app.ui.screen import KeyHint, PlaceName, Screen, Shell
from app.ui.style.look import Look
from app.ui.style.tokens import LIST_SHARE, Role, Space, Type
from app.ui.task_runner import Runner
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.ports import Counter, Touched
from app.usecases.queries import OrderList, Queries

Pay = Callable[[str, HandoverRequest], None]


class PickupScreen(Screen):
    """The pickup screen: `Screen` for the window, `View` for its presenter."""

    def __init__(
        self,
        look: Look,
        shell: Shell,
        counter: Counter,
        queries: Queries,
        runner: Runner,
        operator: Callable[[], str],
        on_pay: Pay,
        on_step_aside: Callable[[], None] = lambda: None,
        rings: Callable[[], bool] = lambda: True,
        leave: Leave = leave_to_all,
        want_lease: Callable[[HandoverVerdict], bool] = lambda verdict: False,
        on_take_basket_up: Callable[[], None] = lambda: None,
        basket_waits: Callable[[], bool] = lambda: False,
    ) -> None:
        """Args: on_pay: takes an order to the sale screen; on_step_aside: parks what is under way elsewhere;
        want_lease: see the presenter; on_take_basket_up: back to that sale, if `basket_waits` says there is one."""
        self._look = look
        self._shell = shell
        self._on_pay = on_pay
        self._on_step_aside = on_step_aside
        self._on_take_basket_up = on_take_basket_up
        self._basket_waits = basket_waits
        self._widget: QWidget | None = None
        self._shown: PickupState | None = None
        self._corner_taken = False
        self.presenter = PickupPresenter(counter, queries, runner, self, operator, rings, leave, want_lease)

    # --- Screen -----------------------------------------------------------------------------------

    def widget(self) -> QWidget:
        if self._widget is None:
            self._widget = self._build()
            self.show(self.presenter.state)
        return self._widget

    def activate(self) -> None:
        self.presenter.activate()
        if self.presenter.state.card is not None:
            self.card.setFocus()
        else:
            self._shell.focus_box()

    def refresh(self, touched: Touched) -> None:
        self.presenter.refresh(touched)

    def take_input(self, text: str, how: str) -> bool:
        taken = self.presenter.take_input(text, HowFound(how))
        if taken:
            self._shell.clear_box()
        return taken

    def typed(self, text: str) -> bool:
        self.presenter.search(text)
        return False

    def preview(self, text: str) -> str:
        if not text.strip():
            return _verb(self.presenter.state.card)
        return self.presenter.preview(text)

    def leave_corner(self, height_px: int) -> bool:
        """Below the list, which ends above it; the button there goes, and its key is there still."""
        self._corner_taken = bool(height_px)
        self._offer_market_sheet(self.presenter.state.card)
        self._places.setContentsMargins(0, 0, 0, max(height_px - Space.NEAR, 0))
        return True

    def placeholder(self) -> str:
        return tr("Code, name or number")

    def hints(self) -> Sequence[KeyHint]:
        state = self.presenter.state
        hints = _hints(state.card, makes_codes=state.makes_codes)
        if not self._basket_waits():
            return hints
        return [*hints[:1], KeyHint("F5", tr("back to the basket")), *hints[1:]]

    def step(self) -> str:
        card = self.presenter.state.card
        return card.step if card is not None else "list"

    def key_pressed(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Escape:
            return self._go_back()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.list.step({Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}.get(key, -8))
            return True
        if control and key == Qt.Key.Key_Z:
            self.presenter.undo()
            return True
        if control and key == Qt.Key.Key_P:
            self._print_in_view()
            return True
        if key == Qt.Key.Key_F5 and self._basket_waits():
            self._on_take_basket_up()
            return True
        return not control and self._card_key(key)

    def _card_key(self, key: int) -> bool:
        card = self.presenter.state.card
        if card is None or self._box_has_focus():
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(card)
        elif card.just_handed_over:
            return False  # it is done: what is typed now is the next customer's name
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and card.line(key - Qt.Key.Key_0) is not None:
            self.presenter.lines.open_line(key - Qt.Key.Key_0)
        elif card.step is Step.AGE and key in AGE_KEYS:
            self._answer_age(of_age=AGE_KEYS[key])
        elif card.step is Step.LINE and (outcome := _outcome_of(key)) is not None:
            self.presenter.lines.choose_outcome(outcome)
        elif card.step is Step.LOOK and key == Qt.Key.Key_P and card.may_print:
            self.presenter.print()
        elif card.step is Step.LOOK and key == Qt.Key.Key_L and card.may_print:
            self.presenter.papers.print_bag_labels()
        elif card.step is Step.LOOK and key == Qt.Key.Key_B and card.may_print:
            self.presenter.codes.print_slip()
        elif card.step is Step.LOOK and key == Qt.Key.Key_E and card.may_print:
            self.presenter.codes.copy_text()
        elif card.step is Step.LOOK and key == Qt.Key.Key_A and card.may_override:
            self.presenter.ask_reason()
        else:
            return card.step is not Step.LOOK
        return True

    def _enter(self, card: CardState) -> None:
        if card.verdict.order is None:
            self._find_by_name()
        else:
            self.presenter.act()

    def _print_in_view(self) -> None:
        card = self.presenter.state.card
        if card is not None and card.just_handed_over:
            self.presenter.print()
        else:
            self.presenter.papers.print_market_sheet()

    def _offer_market_sheet(self, card: CardState | None) -> None:
        """Its key prints the slip of an order just handed over: one key is not shown for two papers."""
        self._sheet.setVisible(not self._corner_taken and not (card is not None and card.just_handed_over))

    def _answer_age(self, *, of_age: bool) -> None:
        if of_age:
            self.presenter.confirm_age()
        else:
            self.presenter.go_back()

    def _go_back(self) -> bool:
        gone = self.presenter.go_back()
        if gone and self.presenter.state.card is None:
            self._shell.focus_box()
        return gone

    # --- View of the presenter --------------------------------------------------------------------

    def show(self, state: PickupState) -> None:
        if self._widget is None:
            return
        before, self._shown = self._shown, state
        if before is None or before.rows != state.rows or before.search != state.search or before.which != state.which:
            self._delegate.now = state.now
            self.list.replace_rows(state.rows)
        if state.counts is not None and (before is None or before.counts != state.counts):
            self._shell.set_count(PlaceName.PICKUP, state.counts.to_prepare)
            self.lists.set_count(OrderList.TO_PREPARE, state.counts.to_prepare)
            self.lists.set_count(OrderList.READY, state.counts.ready)
            self.lists.set_count(OrderList.TODAY, state.counts.today)
        self.lists.choose(state.which)
        self._show_place_of_list(state)
        if self.list.current_key != state.selected:
            self.list.select_key(state.selected)
        if before is None or before.card is not state.card:
            self._show_card(state.card)
            self._offer_market_sheet(state.card)
        if before is None or before.card is not state.card or before.makes_codes != state.makes_codes:
            self._show_papers(state)
            self._shell.hints_changed()

    def focus_card(self) -> None:
        if self._widget is not None:
            self.card.setFocus()

    def tell(
        self, text: str, role: Role = Role.INFO, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._shell.show_notice(text, role, action, on_action)

    def play(self, sound: str) -> None:
        self._shell.play(sound)

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def pay(self, order_id: str, request: HandoverRequest) -> None:
        self._on_pay(order_id, request)

    def step_aside(self) -> None:
        self._on_step_aside()
        self._shell.clear_notice()
        if self._widget is None or not self._widget.isVisible():
            self._shell.go_to(PlaceName.PICKUP)

    # --- inside -----------------------------------------------------------------------------------

    def _build(self) -> QWidget:
        look = self._look
        choices = [
            (OrderList.TO_PREPARE, tr("To prepare")),
            (OrderList.READY, tr("Ready to go")),
            (OrderList.TODAY, tr("Today")),
        ]
        self.lists = Segments(look, choices, tr("List"))
        self.lists.setObjectName("lists")
        self._delegate = OrderDelegate(look)
        self.list = RowList(order_model(), self._delegate, tr("Orders"))
        self.list.setObjectName("orders")
        self.card = OrderCard(look)
        self._searched = label("", Type.BODY, Role.MUTED)
        self._no_orders = EmptyState(look, "package")
        self._places = Pages(self.list, self._no_orders, Skeleton(look))
        nothing_yet = EmptyState(
            look,
            "scan-line",
            tr("Scan the customer's code"),
            tr("The order appears here, from any screen. Without a code, type three letters of the name."),
        )
        self._sheet = ActionButton(look, tr("Market sheet"), "Ctrl+P", icon="printer")
        self._sheet.setObjectName("market-sheet")
        self._sheet.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cards = Pages(nothing_yet, self.card)
        below = row(self._sheet, None)  # on the left, where no sheet from the side covers it
        left = pane(column(self.lists, self._searched, self._places, below, gap=Space.NEAR))
        self._connect()
        return Shares(left, self._cards, LIST_SHARE)

    def _connect(self) -> None:
        p, card = self.presenter, self.card
        self.lists.chosen.connect(lambda key: p.choose_list(OrderList(key)))
        self._sheet.clicked.connect(lambda _checked=False: p.papers.print_market_sheet())
        self.list.row_chosen.connect(p.choose_order)
        self.list.row_entered.connect(p.enter_order)
        card.acted.connect(p.act)
        card.printed.connect(p.print)
        card.reasoned.connect(p.ask_reason)
        card.undone.connect(p.undo)
        card.line_pressed.connect(p.lines.open_line)
        card.outcome_chosen.connect(p.lines.choose_outcome)
        card.measured.connect(p.lines.measure)
        card.shelved.connect(p.shelve)
        card.overridden.connect(p.override)
        card.age_confirmed.connect(p.confirm_age)
        card.age_denied.connect(p.go_back)
        card.replacement_typed.connect(p.lines.find_replacement)
        card.replaced.connect(p.lines.replace_line)
        card.replacement_stepped.connect(p.lines.step_replacement)
        card.dearer_agreed.connect(p.lines.agree_dearer)
        card.search_asked.connect(self._find_by_name)
        card.papers.labels.connect(p.papers.print_bag_labels)
        card.papers.slip.connect(p.codes.print_slip)
        card.papers.e_mail.connect(p.codes.copy_text)

    def _show_place_of_list(self, state: PickupState) -> None:
        self._searched.setVisible(bool(state.search and state.rows))
        if state.search:
            self._searched.setText(tr("Found for “{text}”").format(text=state.search))
        if not state.loaded:
            self._places.setCurrentIndex(2)
        elif state.rows:
            self._places.setCurrentIndex(0)
        else:
            self._no_orders.say(*_nothing_here(state))
            self._places.setCurrentIndex(1)

    def _show_card(self, card: CardState | None) -> None:
        if card is not None:
            self.card.show_card(card)
        self._cards.setCurrentIndex(0 if card is None else 1)

    def _show_papers(self, state: PickupState) -> None:
        card = state.card
        at_hand = card is not None and card.step is Step.LOOK and card.may_print and not card.just_handed_over
        self.card.papers.show_for(may_print=at_hand, makes_codes=state.makes_codes)

    def _find_by_name(self) -> None:
        self.presenter.close_card()
        self._shell.focus_box("")

    def _box_has_focus(self) -> bool:
        focused = self._widget.window().focusWidget() if self._widget is not None else None
        return focused is not None and focused.objectName() == "one-box"


def _outcome_of(key: int) -> LineOutcome | None:
    return OUTCOME_KEYS.get(chr(key)) if key < 128 else None


def _nothing_here(state: PickupState) -> tuple[str, str]:
    if state.search:
        return tr("No order found"), tr("Try three letters of the name, or the order's number.")
    return {
        OrderList.TO_PREPARE: (tr("Nothing to prepare"), tr("A new order rings and appears here by itself.")),
        OrderList.READY: (tr("No order is ready"), tr("Orders that you have prepared wait here for their customers.")),
    }.get(state.which, (tr("Nobody is expected today"), tr("Orders to be fetched today appear here.")))


def _verb(card: CardState | None) -> str:
    if card is None or card.step is not Step.LOOK:
        return ""
    return {
        MainAction.HAND_OVER: tr("Hand over"),
        MainAction.PAY: tr("Take the payment"),
        MainAction.SHELVE: tr("It is ready"),
        MainAction.NONE: "",
    }[card.main_action]


def _hints(card: CardState | None, *, makes_codes: bool = False) -> list[KeyHint]:
    if card is None:
        choose = KeyHint("↑ ↓", tr("choose an order"))
        return [choose, KeyHint("F3", tr("sale")), KeyHint("F7", tr("paper")), KeyHint("Ctrl+P", tr("market sheet"))]
    back = KeyHint(tr("Esc"), tr("back"))
    if card.step is Step.LINE:
        return [KeyHint("M R K X S", tr("what became of it")), back]
    if card.step is Step.AGE:
        return [KeyHint(f"{tr('Y')} N", tr("the age was checked, or not")), back]
    if card.step is not Step.LOOK:
        return [KeyHint(tr("Enter"), tr("confirm")), back]
    hints = [KeyHint(tr("Enter"), _verb(card))] if _verb(card) else []
    if card.verdict.order is not None and card.verdict.order.open_lines and not card.just_handed_over:
        hints.append(KeyHint("1-9", tr("a line")))
    hints += [KeyHint("Ctrl+Z", tr("undo"))] if card.may_undo else []
    hints += [KeyHint(print_key(card), tr("print"))] if card.may_print else []
    if card.may_print and not card.just_handed_over:
        hints.append(KeyHint("L", tr("bag labels")))
    if makes_codes and card.may_print and not card.just_handed_over:
        hints += [KeyHint("B", tr("pickup slip")), KeyHint("E", tr("e-mail with the code"))]
    return [*hints, KeyHint("↑ ↓", tr("choose an order")), back]
