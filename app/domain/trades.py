"""Owns what a till is set to for each trade at its set-up: figures a shop may change later. Never applies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trade(StrEnum):
    """What a shop lives by. Stored in the settings: a value never changes its meaning."""

    FOOD = "food"
    BAKERY = "bakery"
    CLOTHES = "clothes"
    CRAFT = "craft"
    SERVICES = "services"
    MARKET = "market"


@dataclass(frozen=True, slots=True)
class TradePreset:
    """What a trade usually wants.

    Attributes:
        keep_customer_days: days after which a customer's name leaves the till, from the end of the pickup period: as
            long as somebody may come back about what they fetched.
        warn_on_negative_stock: whether stock is counted well enough for a warning to mean something.
        in_the_open: whether the screen stands in the sun.
    """

    keep_customer_days: int
    warn_on_negative_stock: bool
    in_the_open: bool = False


_PRESETS: Mapping[Trade, TradePreset] = {
    Trade.FOOD: TradePreset(30, True),
    Trade.BAKERY: TradePreset(14, False),
    Trade.CLOTHES: TradePreset(60, True),
    Trade.CRAFT: TradePreset(90, True),
    Trade.SERVICES: TradePreset(90, False),
    Trade.MARKET: TradePreset(14, False, in_the_open=True),
}


def preset_of(trade: Trade) -> TradePreset:
    """What a till of this trade is set to."""
    return _PRESETS[trade]
