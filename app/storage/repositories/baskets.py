"""Owns parked baskets in the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select

from app.domain.sale import Basket
from app.storage.documents import basket_of, document_text
from app.storage.sale_tables import parked_basket
from app.storage.session import Session
from app.storage.values import time_text

_INSERT = insert(parked_basket)
_GET = select(parked_basket.c.basket).where(parked_basket.c.basket_id == bindparam("basket_id"))
_COUNT = select(func.count()).select_from(parked_basket)
_FORGET = delete(parked_basket).where(parked_basket.c.basket_id == bindparam("of_basket"))


class BasketRows:
    """Implements `ports.Baskets`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def park(self, basket_id: str, basket: Basket, parked_at: datetime, title: str) -> None:
        self._session.run(
            _INSERT,
            basket_id=basket_id,
            parked_at=time_text(parked_at),
            title=title,
            basket=document_text(basket),
            total_minor=basket.total.minor,
            line_count=len(basket.lines),
        )

    def count(self) -> int:
        return int(self._session.value(_COUNT))

    def take(self, basket_id: str) -> Basket | None:
        row = self._session.one(_GET, basket_id=basket_id)
        if row is None:
            return None
        self._session.run(_FORGET, of_basket=basket_id)
        return basket_of(row[0])
