"""Names what a conflict answered to a fact disagrees on. Never opens nor settles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.disagreements import DisagreementKind
from app.domain.facts import FactKind

_BY_REASON = {
    "already_handed_over": DisagreementKind.HANDED_OVER_TWICE,
    "cancelled_before": DisagreementKind.HANDED_OVER_AFTER_CANCEL,
    "product_newer": DisagreementKind.PRICE_CHANGED,
    "edited_before": DisagreementKind.ORDER_EDITED,
}


def kind_of_conflict(fact_kind: FactKind, reason: str, view: Mapping[str, Any]) -> str:
    """Args: reason: the marketplace's keyword; "" or an unknown one from another marketplace: judged by its view."""
    if reason in _BY_REASON:
        return _BY_REASON[reason].value
    if fact_kind is FactKind.ORDER_HANDED_OVER and not reason:
        if view.get("cancelled_at"):
            return DisagreementKind.HANDED_OVER_AFTER_CANCEL.value
        return DisagreementKind.HANDED_OVER_TWICE.value
    if fact_kind is FactKind.PRODUCT_CHANGED:
        return DisagreementKind.PRICE_CHANGED.value
    return DisagreementKind.CONFLICT.value
