"""Seals what happened: the next number of a chain, its canonical bytes, link and signature, in the running transaction.
Never commits, never changes a row.

`next_place` says where the next row of a chain goes, `seal` puts it there. Both in one transaction: the head cannot
move in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.canonical import Plain, canonical_bytes, event_body
from app.domain.fiscal import GENESIS, EventCode, LedgerHead, LedgerRow, Series, link
from app.domain.merchant import Merchant, trading_day
from app.usecases.ports import Counter, TillIdentity, UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next row of a chain goes.

    Attributes:
        previous: the row before it.
        closed: the last closure, GENESIS if there is none yet.
        happened_at: now, aware UTC.
        trading_day: by the merchant's cut-off hour, never before that of the row before (R10).
    """

    till: TillIdentity
    merchant: Merchant
    series: Series
    previous: LedgerHead
    happened_at: datetime
    utc_offset_minutes: int
    trading_day: date
    closed: LedgerHead = GENESIS

    @property
    def number(self) -> int:
        return self.previous.number + 1

    @property
    def clock_is_behind(self) -> bool:
        """Whether the computer's clock says a moment before the last row's."""
        return self.previous.happened_at is not None and self.happened_at < self.previous.happened_at


def next_place(uow: UnitOfWork, counter: Counter, series: Series, till: TillIdentity | None = None) -> Place:
    """The place of the next row: number, moment, trading day. A key that is new, and a clock that was set back behind
    the chain's last row (R10), have their own event recorded first.

    Args:
        till: whose chain it is; None for this till as it is now. Only closures of what was sold under an earlier
            letter, and the names of what was lost under it, go elsewhere.
    """
    _make_key_known(uow, counter)
    place = _place(uow, counter, series, till)
    if not place.clock_is_behind:
        return place
    _note_clock_set_back(uow, counter, place)
    return _place(uow, counter, series, till) if series is Series.EVENTS else place


def _place(uow: UnitOfWork, counter: Counter, series: Series, till: TillIdentity | None = None) -> Place:
    till, merchant = till or uow.identity(), uow.merchant()
    previous = uow.ledger.head(till.till_letter, series)
    now, offset = counter.clock.now(), counter.clock.utc_offset_minutes()
    today = trading_day(now, offset, merchant.cutoff_hour)
    closed = uow.ledger.head(till.till_letter, Series.CLOSURES)
    # a cut-off hour that was moved must not bring a document back into a month that is closed
    day = max(today, previous.trading_day or today, closed.trading_day or today)
    return Place(till, merchant, series, previous, now, offset, day, closed)


def seal(
    uow: UnitOfWork,
    counter: Counter,
    place: Place,
    *,
    kind: str,
    record_id: str,
    operator: str,
    body: Mapping[str, Plain],
    after: LedgerHead | None = None,
) -> LedgerRow:
    """Add the row at its place, signed and chained.

    Args:
        body: what belongs to the kind (`canonical.sale_body`, `event_body` ...).
        after: the previous head with the perpetual totals as they are after this row; None if they do not move.

    Raises:
        KeyStoreUnavailable: nothing can be signed; nothing is recorded then.
    """
    return _append(uow, counter, place, kind, record_id, operator, body, after)


def _make_key_known(uow: UnitOfWork, counter: Counter) -> None:
    """The first signature with a key is of the event that says so, the public key with it."""
    signer = counter.signer
    if uow.ledger.knows_key(signer.key_id):
        return
    code = EventCode.KEY_REPLACED if uow.ledger.knows_any_key() else EventCode.KEY_CREATED
    place = _place(uow, counter, Series.EVENTS)
    uow.ledger.add_key(signer.key_id, signer.public_pem, place.happened_at)
    details: dict[str, str | int] = {"key_id": signer.key_id, "public_key": signer.public_pem}
    _append(uow, counter, place, code, counter.ids.new(), "", event_body(details), None)


def _note_clock_set_back(uow: UnitOfWork, counter: Counter, place: Place) -> None:
    last = place.previous.happened_at
    details: dict[str, str | int] = {
        "series": place.series.value,
        "number": place.number,
        "last": last.isoformat() if last else "",
    }
    own = _place(uow, counter, Series.EVENTS)
    _append(uow, counter, own, EventCode.CLOCK_SET_BACK, counter.ids.new(), "", event_body(details), None)


def _append(
    uow: UnitOfWork,
    counter: Counter,
    place: Place,
    kind: str,
    record_id: str,
    operator: str,
    body: Mapping[str, Plain],
    after: LedgerHead | None,
) -> LedgerRow:
    canonical = canonical_bytes(
        series=place.series,
        number=place.number,
        kind=kind,
        till_letter=place.till.till_letter,
        till_id=place.till.till_id,
        happened_at=place.happened_at,
        utc_offset_minutes=place.utc_offset_minutes,
        trading_day=place.trading_day,
        record_id=record_id,
        operator=operator,
        software=counter.software,
        body=body,
    )
    digest = link(place.previous, canonical)
    totals = after or place.previous
    row = LedgerRow(
        till_letter=place.till.till_letter,
        series=place.series,
        number=place.number,
        kind=str(kind),
        record_id=record_id,
        happened_at=place.happened_at,
        trading_day=place.trading_day,
        canonical=canonical,
        hash=digest,
        signature=counter.signer.sign(digest),
        key_id=counter.signer.key_id,
        perpetual=totals.perpetual,
        perpetual_absolute=totals.perpetual_absolute,
    )
    uow.ledger.append(row)
    return row
