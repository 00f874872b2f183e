"""Owns disagreements on the marketplace: opened by what tills tell, settled by a person at any till, told to all.

Never undoes what happened at a counter, and settles nothing by itself but the return whose original came later. What is
kept of an order is its number and its goods, never its customer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.disagreements import Answer, DisagreementKind, oversold_id, returned_id
from app.marketplace import tables as t
from app.marketplace.schemas import SettledPayload
from app.marketplace.statements import Connection, Row, fixed
from app.marketplace.stock import promised_quantities
from app.marketplace.store import ChangeKind, ShopTransaction
from app.marketplace.surroundings import time_text

_disagreement, _level, _product = t.disagreement.c, t.stock_level.c, t.product.c
_of_shop = _disagreement.shop_id == bindparam("of_shop")
_this_one = _of_shop & (_disagreement.exception_id == bindparam("of_exception"))
_KNOWN = fixed(select(t.disagreement).where(_this_one))
_SHOWN = fixed(select(t.disagreement).where(_of_shop, _disagreement.exception_id.in_(bindparam("ids", expanding=True))))
_OPEN = fixed(t.disagreement.insert())
_WRITE = fixed(t.disagreement.update().where(_this_one))
_LEVELS = fixed(
    select(
        _level.product_id, _level.physical, _level.oversold_since, _product.name, _product.unit, _product.stock_tracked
    )
    .select_from(
        t.stock_level.outerjoin(
            t.product, (_product.shop_id == _level.shop_id) & (_product.product_id == _level.product_id)
        )
    )
    .where(_level.shop_id == bindparam("of_shop"), _level.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(_level.product_id)
)
_MARK_LEVEL = fixed(
    t.stock_level.update().where(_level.shop_id == bindparam("of_shop"), _level.product_id == bindparam("of_product"))
)

_KIND_OF_CONFLICT: Mapping[str, DisagreementKind] = {
    "already_handed_over": DisagreementKind.HANDED_OVER_TWICE,
    "cancelled_before": DisagreementKind.HANDED_OVER_AFTER_CANCEL,
    "edited_before": DisagreementKind.ORDER_EDITED,
    "product_newer": DisagreementKind.PRICE_CHANGED,
}


def open_disagreement(
    transaction: ShopTransaction,
    kind: DisagreementKind,
    exception_id: str,
    view: Mapping[str, Any],
    *,
    order_id: str = "",
    product_id: str = "",
    fact_id: str = "",
    reason: str = "",
) -> bool:
    """Keep a disagreement and tell the shop's tills; one of that id that is known stays as it is (False).

    Args:
        view: plain data, without the name of a customer.
        reason: a key of `words`, "" if it has no sentence of its own.
    """
    if find_disagreement(transaction.connection, transaction.shop_id, exception_id) is not None:
        return False
    row = {
        "shop_id": transaction.shop_id,
        "exception_id": exception_id,
        "kind": kind.value,
        "order_id": order_id,
        "product_id": product_id,
        "opened_at": time_text(transaction.now),
        "view": json.dumps(view, sort_keys=True, separators=(",", ":")),
        "fact_id": fact_id,
        "reason": reason,
    }
    transaction.connection.execute(_OPEN, row)
    transaction.mark(ChangeKind.DISAGREEMENT, exception_id)
    return True


def open_for_conflict(
    transaction: ShopTransaction,
    reason: str,
    fact_id: str,
    view: Mapping[str, Any],
    *,
    order_id: str = "",
    product_id: str = "",
) -> None:
    """Keep what a fact was answered `conflict` for, under the fact's id."""
    kind = _KIND_OF_CONFLICT.get(reason, DisagreementKind.CONFLICT)
    open_disagreement(
        transaction, kind, fact_id, view, order_id=order_id, product_id=product_id, fact_id=fact_id, reason=reason
    )


def settle_disagreement(transaction: ShopTransaction, settled: SettledPayload, happened_at: datetime) -> None:
    """Note a person's answer; the first counts. One that only a till had opened is kept, settled, for the others."""
    known = find_disagreement(transaction.connection, transaction.shop_id, settled.exception_id)
    answer = {
        "settled_at": time_text(happened_at),
        "settled_by": settled.operator,
        "answer": settled.answer,
        "note": settled.note,
    }
    if known is None:
        transaction.connection.execute(
            t.disagreement.insert().values(
                shop_id=transaction.shop_id,
                exception_id=settled.exception_id,
                kind=settled.kind,
                order_id=settled.order_id,
                product_id=settled.product_id,
                opened_at=time_text(happened_at),
                view="{}",
                fact_id="",
                reason="",
                **answer,
            )
        )
    elif known.settled_at is None:
        _write(transaction, settled.exception_id, answer)
    transaction.mark(ChangeKind.DISAGREEMENT, settled.exception_id)


def close_return_of(transaction: ShopTransaction, document_id: str) -> None:
    """What a return was told of has come: nothing is missing any more."""
    known = find_disagreement(transaction.connection, transaction.shop_id, returned_id(document_id))
    if known is None or known.settled_at is not None:
        return
    came = {"settled_at": time_text(transaction.now), "answer": Answer.CAME_LATER.value}
    _write(transaction, known.exception_id, came)
    transaction.mark(ChangeKind.DISAGREEMENT, known.exception_id)


def notice_oversold(transaction: ShopTransaction, moved: Mapping[str, str]) -> None:
    """Open a disagreement for each article whose promises have just outgrown what is there; judged when everything that
    a fact does is done, inside its transaction. Once, until enough is there again.

    Without promises nobody waits for the goods: a level below nought alone is for a count, not for a person to settle.

    Args:
        moved: the newest movement by product; "" if only promises changed.
    """
    if not moved:
        return
    promised = promised_quantities(transaction.connection, transaction.shop_id, list(moved))
    for row in _levels(transaction, list(moved)):
        waiting = promised.get(row.product_id, 0)
        short = waiting > 0 and row.physical < waiting
        if short and row.oversold_since is None and row.stock_tracked is not False:
            _open_oversold(transaction, row, waiting, moved[row.product_id])
        if short != (row.oversold_since is not None):
            _mark_level(transaction, row.product_id, time_text(transaction.now) if short else None)


def _open_oversold(transaction: ShopTransaction, row: Row, promised: int, movement_id: str) -> None:
    view = {
        "label": row.name or "",
        "unit": row.unit or "",
        "physical": row.physical,
        "promised": promised,
        "missing": promised - row.physical,
    }
    open_disagreement(
        transaction,
        DisagreementKind.OVERSOLD,
        oversold_id(row.product_id, movement_id),
        view,
        product_id=row.product_id,
        reason="oversold",
    )


def _levels(transaction: ShopTransaction, product_ids: Sequence[str]) -> Sequence[Any]:
    return transaction.connection.execute(_LEVELS, {"of_shop": transaction.shop_id, "ids": product_ids}).all()


def _mark_level(transaction: ShopTransaction, product_id: str, since: str | None) -> None:
    marked = {"of_shop": transaction.shop_id, "of_product": product_id, "oversold_since": since}
    transaction.connection.execute(_MARK_LEVEL, marked)


def _write(transaction: ShopTransaction, exception_id: str, values: Mapping[str, Any]) -> None:
    written = {"of_shop": transaction.shop_id, "of_exception": exception_id, **values}
    transaction.connection.execute(_WRITE, written)


def find_disagreement(connection: Connection, shop_id: str, exception_id: str) -> Row | None:
    return connection.execute(_KNOWN, {"of_shop": shop_id, "of_exception": exception_id}).one_or_none()


def show_disagreements(
    connection: Connection, shop_id: str, exception_ids: Sequence[str]
) -> Mapping[str, dict[str, Any]]:
    """The disagreements of this shop among these ids, as they go on the wire."""
    rows = connection.execute(_SHOWN, {"of_shop": shop_id, "ids": exception_ids})
    return {row.exception_id: _shown(row) for row in rows}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "exception_id": row.exception_id,
        "kind": row.kind,
        "opened_at": row.opened_at,
        "order_id": row.order_id,
        "product_id": row.product_id,
        "fact_id": row.fact_id,
        "reason": row.reason,
        "view": json.loads(row.view),
        "settled_at": row.settled_at,
        "settled_by": row.settled_by,
        "answer": row.answer,
        "note": row.note,
    }
