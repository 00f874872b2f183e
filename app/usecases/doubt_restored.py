"""Notes, when a copy of the database was put in place, which facts may have been told after it was made: the reference
marketplace knows each fact by its id, somebody else's knows a stock level only. Nothing is told or counted here."""

from __future__ import annotations

from dataclasses import replace

from app.usecases.connector_ports import MarketplaceKind
from app.usecases.ports import Counter


def doubt_what_waits(counter: Counter) -> None:
    """From now on nobody guesses what became of the stock of what waits now (`ConnectorBooks.may_be_told_already`).

    Raises StoreUnavailable.
    """
    with counter.unit_of_work() as uow:
        linked = uow.linked()
        if linked.kind is MarketplaceKind.COMPTOIR:
            return
        uow.set_linked(replace(linked, restored_through_seq=uow.fact_numbers.last_drawn()))
        uow.commit()
