"""Owns what the pickup screen prints besides slips: labels for the bags of the card's order, and the sheet that stands
in for the till on the market. Decides nothing about orders.
"""

from __future__ import annotations

from app.domain.receipt import BagLabels
from app.i18n import tr
from app.ui.label_words import bag_labels_words, no_label_words
from app.ui.pickup.flow import PickupFlow
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane
from app.usecases.ports import PrintJob
from app.usecases.print_labels import NoLabel, print_bag_labels, print_market_sheet


class OrderPapers:
    """Each asks for a paper and says so; nothing waits for the printer."""

    def __init__(self, flow: PickupFlow) -> None:
        self._flow = flow

    def print_bag_labels(self) -> None:
        card, flow = self._flow.state.card, self._flow
        if card is not None and not card.busy and card.order_id:
            order_id = card.order_id
            flow.runner.run(
                Lane.STORE, lambda: print_bag_labels(flow.counter, order_id), self._labels_queued, flow.failed
            )

    def print_market_sheet(self) -> None:
        flow = self._flow
        flow.runner.run(
            Lane.STORE, lambda: print_market_sheet(flow.counter, flow.queries), self._sheet_queued, flow.failed
        )

    def _labels_queued(self, job: PrintJob | NoLabel) -> None:
        if isinstance(job, NoLabel):
            self._flow.view.tell(no_label_words(job), Role.WARNING)
        elif isinstance(job.document, BagLabels):
            self._flow.view.tell(bag_labels_words(job.document.bags), Role.INFO)

    def _sheet_queued(self, _job: PrintJob) -> None:
        text = tr("The market sheet goes to the printer: the orders by name, and lines to write sales on.")
        self._flow.view.tell(text, Role.INFO)
