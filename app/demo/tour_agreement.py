"""Owns the part of the guided tour where till and marketplace come to terms: an order is changed while it is prepared
and a person settles it, then both sides are compared. Works the window as a person does and notes what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt

from app.bootstrap.window import Assembly
from app.demo.demo_shop import DemoMarketplace
from app.demo.hands import Hands
from app.demo.summary import Proof
from app.demo.web_customer import OrderPage, WebCustomer
from app.ui.outbox.state import Act, Tab
from app.ui.outbox.view import OutboxScreen
from app.ui.pickup.state import CardState, Step
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.usecases.queries import Queries

EDITED = "order_edited"


class Agreement:
    """What happens once the network is back."""

    def __init__(self, proof: Proof, assembly: Assembly, hands: Hands, marketplace: DemoMarketplace) -> None:
        self._proof = proof
        self._assembly = assembly
        self._hands = hands
        self._marketplace = marketplace
        self._page: OrderPage | None = None

    def steps(self) -> Sequence[Callable[[], None]]:
        """The story, in order."""
        return (
            self.an_order_is_changed_while_it_is_prepared,
            self.a_person_settles_it,
            self.both_sides_are_compared,
        )

    def an_order_is_changed_while_it_is_prepared(self) -> None:
        """a customer changes an order whose first line is prepared, and the till says so"""
        customer = WebCustomer(self._marketplace.shop_url)
        articles = self._articles(2)
        self._page = customer.order(dict.fromkeys(articles, 2), "Inès Morel", prepaid=False)
        self._hands.wait_until(lambda: self._queries.find_orders(self._number), "the order is here")
        self._open_order()
        self._hands.type("1")
        self._hands.wait_until(lambda: self._card is not None and self._card.step is Step.LINE, "the line is open")
        self._hands.type("1")
        self._hands.wait_until(self._is_begun, "the line is prepared")
        self._hands.wait_until(lambda: not self._queries.outbox_state().waiting, "it is told")
        customer.change(self._page, dict(zip(articles, (1, 3), strict=True)))
        seconds = self._hands.wait_until(self._open_edits, "the change at the till")
        self._proof.check("an order changed meanwhile is said at the till", True, f"{seconds:.2f} s")

    def a_person_settles_it(self) -> None:
        """the disagreement is settled by two keys, and kept"""
        self._hands.press(Qt.Key.Key_F8)
        self._hands.wait_until(lambda: self._outbox.presenter.first_deed() is not None, "what is to be settled")
        shown = self._outbox.presenter.first_deed()
        self._proof.check("an answer is proposed", shown is not None and shown.act is Act.SETTLE, str(shown))
        self._picture("changed-by-its-customer")
        self._hands.enter()
        self._hands.wait_until(lambda: self._outbox.presenter.state.asking, "the note")
        self._hands.enter()
        self._hands.wait_until(lambda: not self._open_edits(), "that it is settled")
        kept = [row for row in self._queries.exceptions(open_only=False) if row.kind == EDITED]
        answers = ", ".join(f"{row.answer} by {row.settled_by}" for row in kept)
        self._proof.check("who settled it, and how, is kept", len(kept) == 1 and bool(kept[0].settled_by), answers)

    def both_sides_are_compared(self) -> None:
        """till and marketplace are compared from beginning to end, and agree"""
        self._hands.wait_until(lambda: not self._queries.outbox_state().waiting, "all is told")
        self._hands.press(Qt.Key.Key_F8)
        self._hands.type(str(list(Tab).index(Tab.COMPARISON) + 1))
        page = self._outbox.comparison
        before = page.presenter.state.run
        self._hands.click("compare-now")
        self._hands.wait_until(partial(self._is_compared, before), "the comparison", 60)
        run = page.presenter.state.run
        gaps = [gap.kind.value for gap in run.open_gaps] if run is not None else ["not compared"]
        self._proof.check(
            "till and marketplace agree, fact by fact and movement by movement", not gaps, ", ".join(gaps)
        )
        self._picture("both-sides-agree")

    # --- what is on the screen ---

    @property
    def _number(self) -> str:
        return self._page.number if self._page is not None else ""

    @property
    def _queries(self) -> Queries:
        assert self._assembly.core is not None  # noqa: S101  # the story has been told in this window
        return self._assembly.core.store.queries

    @property
    def _outbox(self) -> OutboxScreen:
        screen = self._assembly.window.screen(PlaceName.OUTBOX)
        assert isinstance(screen, OutboxScreen)  # noqa: S101  # the window has no other there
        return screen

    @property
    def _card(self) -> CardState | None:
        screen = self._assembly.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)  # noqa: S101  # the same
        return screen.presenter.state.card

    def _open_order(self) -> None:
        self._hands.press(Qt.Key.Key_F2)
        self._assembly.window.focus_box("")
        self._hands.type(self._number)
        self._hands.enter()
        self._hands.wait_until(self._is_open, f"the card of order {self._number}")

    def _is_open(self) -> bool:
        card = self._card
        return card is not None and card.order is not None and card.order.order.number == self._number

    def _is_begun(self) -> bool:
        card = self._card
        return card is not None and card.order is not None and bool(card.order.facts.prepared)

    def _open_edits(self) -> bool:
        return any(row.kind == EDITED for row in self._queries.exceptions())

    def _is_compared(self, before: object) -> bool:
        state = self._outbox.comparison.presenter.state
        return not state.busy and state.run is not None and state.run is not before

    def _articles(self, count: int) -> list[str]:
        """Articles by the piece with enough stock, far from those of the other steps."""
        rows = self._queries.search_products("a", 200)
        good = [row for row in rows if row.product.unit.value == "piece" and row.physical - row.promised >= 10]
        published = [row.product.product_id for row in good if row.product.published and not row.product.age_limit]
        return published[-count:]

    def _picture(self, name: str) -> None:
        self._hands.picture(self._proof.next_screenshot(name))
