"""Owns what the sale tells the customer's display and hears from the scale. Waits for neither, decides no weight.

A weight the scale shows is put into the box by a person, and confirmed with Enter as one that was typed: the program
never takes it over unseen (2014/31/EU).
"""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.i18n import language
from app.ui.checkout.display_words import display_rows
from app.ui.checkout.flow import SaleFlow
from app.ui.checkout.state import SaleState, Step
from app.usecases.counter_devices import ScaleReading, ScaleState

WEIGHT_KEY = "p"
"""Poids: puts the scale's weight into the box."""


class Beside:
    """The devices beside the sale under way."""

    def __init__(self, flow: SaleFlow) -> None:
        self._flow = flow
        self._watching = False
        flow.listeners.append(self._changed)

    def take_weight(self, typed: str) -> bool:
        """WEIGH, and a weight stands on the scale: put it into the box; False if the key means nothing now."""
        reading = self._flow.state.on_scale
        if typed.lower() != WEIGHT_KEY or reading is None or reading.state is not ScaleState.STABLE:
            return False
        self._flow.view.fill_box(as_typed(reading.grams))
        return True

    def _changed(self, state: SaleState) -> None:
        self._flow.around.display.show(*display_rows(state))
        asked = self._asks_weight(state)
        if asked and not self._watching:
            self._watching = True
            self._flow.around.scale.watch(self._heard)
        elif not asked and self._watching:
            self._watching = False
            self._flow.around.scale.unwatch()
            self._flow.change(on_scale=None)

    def _asks_weight(self, state: SaleState) -> bool:
        weighing = state.weighing if state.step is Step.WEIGH else None
        return weighing is not None and weighing.product.unit is Unit.KG and self._flow.around.scale.is_there

    def _heard(self, reading: ScaleReading) -> None:
        if self._watching and reading != self._flow.state.on_scale:
            self._flow.change(on_scale=reading)


def as_typed(grams: int) -> str:
    """A weight as one types it: in kilograms, with three decimals."""
    mark = "," if language() == "fr" else "."
    return f"{grams // 1000}{mark}{grams % 1000:03d}"
