"""Owns what is kept of handovers that name what this marketplace does not know: it was set back to an older copy of its
data, and orders and edits made since are gone. What left the shop left: the movements count, and a person is told.
Never invents the order or the line, and never touches another shop's order of that id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.order import LineOutcome
from app.marketplace import tables as t
from app.marketplace.schemas import ResultPayload
from app.marketplace.store import ShopTransaction

_NAMES = select(t.product.c.product_id, t.product.c.name, t.product.c.unit).where(
    t.product.c.shop_id == bindparam("of_shop"), t.product.c.product_id.in_(bindparam("ids", expanding=True))
)


def unknown_results(lines: Mapping[int, str], results: Sequence[ResultPayload]) -> list[ResultPayload]:
    """Those whose line is not there, or is by now one of another article: the forgotten edit's number was given again.

    Args:
        lines: the articles by number of line.
    """
    return [result for result in results if not _is_known(lines, result)]


def _is_known(lines: Mapping[int, str], result: ResultPayload) -> bool:
    if result.line_no not in lines:
        return False
    return result.outcome == LineOutcome.REPLACED or result.product_id in ("", lines[result.line_no])


def shown_results(transaction: ShopTransaction, results: Sequence[ResultPayload]) -> list[dict[str, Any]]:
    """What left of such lines, as a disagreement shows it; what stayed is left out."""
    left = [result for result in results if result.quantity > 0]
    ids = sorted({result.product_id for result in left})
    found = transaction.connection.execute(_NAMES, {"of_shop": transaction.shop_id, "ids": ids})
    products = {row.product_id: row for row in found}
    return [
        {
            "line_no": result.line_no,
            "product_id": result.product_id,
            "label": result.label or (products[result.product_id].name if result.product_id in products else ""),
            "quantity": result.quantity,
            "unit": products[result.product_id].unit if result.product_id in products else "",
        }
        for result in left
    ]
