"""Owns what the pickup screen gives a customer to come back with: the slip of the card's order, or an e-mail for them
on the clipboard. Decides nothing about orders.
"""

from __future__ import annotations

from app.i18n import language, tr
from app.ui.paper_words import paper_title
from app.ui.pickup.flow import PickupFlow
from app.ui.pickup_pass_words import no_pass_words, pass_text
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane
from app.usecases.connector_kinds import abilities_of
from app.usecases.connector_ports import Linked
from app.usecases.ports import PrintJob
from app.usecases.show_pickup_code import NoPass, PickupPass, pickup_pass, print_pickup_slip


class CustomerCodes:
    """Both work for every order; where the marketplace gives no codes they are offered among the keys."""

    def __init__(self, flow: PickupFlow) -> None:
        self._flow = flow

    def look(self) -> None:
        """Find out what the marketplace can do, whether it gives codes above all."""
        flow = self._flow
        flow.runner.run(Lane.LISTS, flow.queries.linked, self._told, flow.failed)

    def print_slip(self) -> None:
        order_id, flow = self._order_id(), self._flow
        if order_id:
            flow.runner.run(Lane.STORE, lambda: print_pickup_slip(flow.counter, order_id), self._queued, flow.failed)

    def copy_text(self) -> None:
        order_id, flow = self._order_id(), self._flow
        if order_id:
            keys = flow.counter.keys
            flow.runner.run(Lane.STORE, lambda: pickup_pass(flow.queries, keys, order_id), self._came, flow.failed)

    def _order_id(self) -> str:
        card = self._flow.state.card
        return card.order_id if card is not None and not card.busy else ""

    def _told(self, linked: Linked) -> None:
        abilities = abilities_of(linked.kind)
        if abilities != self._flow.state.abilities:
            self._flow.change(abilities=abilities)

    def _queued(self, job: PrintJob | NoPass) -> None:
        if isinstance(job, NoPass):
            self._flow.view.tell(no_pass_words(job), Role.WARNING)
            return
        text = tr("{paper} goes to the printer. The customer shows it at the next visit.")
        self._flow.view.tell(text.format(paper=paper_title(job.kind, job.title)), Role.INFO)

    def _came(self, given: PickupPass | NoPass) -> None:
        if isinstance(given, NoPass):
            self._flow.view.tell(no_pass_words(given), Role.WARNING)
            return
        self._flow.view.copy(str(pass_text(given, language())))
        text = tr("The e-mail for order {number} is copied: paste it into your mail program.")
        self._flow.view.tell(text.format(number=given.order_number), Role.SUCCESS)
