"""Looks at the ends of the ledger when the program starts, and goes on safely; remembers the ends outside the database.

In constant time, before anything else is recorded: a number must never be drawn twice, and what is lost must be named
for ever. Whatever is found, the shop can sell: a chain goes on after the last number that any witness knows (R6, I7).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.fiscal import FISCAL_VERSION, EventCode, KnownHead, LedgerHead, Series
from app.domain.ledger_check import ChainEnd, Finding, FindingKind, content_or_none
from app.domain.ledger_ends import Ends, Repair, end_of, examine_ends
from app.usecases.fiscal_ports import FiscalSecrets, SignatureCheck
from app.usecases.give_up_leases import give_up_all_leases
from app.usecases.ledger_books import EndsReader
from app.usecases.ledger_keys import KnownKeys, Turning
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, UnitOfWork


def check_at_start(
    counter: Counter,
    secrets: FiscalSecrets,
    check: SignatureCheck,
    *,
    starting: bool = True,
    other_heads: Sequence[KnownHead] = (),
) -> tuple[Finding, ...]:
    """Look at every chain's end, note what is wrong with it in the journal, and set the counters so that it can go on.

    Args:
        starting: the program starts: the journal says so, and whether it is another version than last time. Otherwise
            only what is wrong is recorded, and nothing at all in a database without a ledger.
        other_heads: what the marketplace knows, beside the key store.

    Raises:
        KeyStoreUnavailable, StoreUnavailable: nothing was looked at or changed.
    """
    known_heads = [*secrets.known_heads(), *other_heads]
    with counter.unit_of_work() as uow:
        letter = uow.identity().till_letter
        examined = look_at_ends(uow.ledger, known_heads, check)
        ends = uow.ledger.ends()
        findings = [*examined.findings, *_key_findings(uow, counter), *_clock_findings(ends, counter.clock.now())]
        for repair in examined.repairs:  # of earlier letters too: what was sold under them is still closed
            uow.ledger.set_head(repair.till_letter, repair.series, _with_moment(repair.head, counter))
        _tell_journal(uow, counter, findings, examined.repairs)
        if any(finding.kind in _LOST for finding in findings):
            give_up_all_leases(uow, counter.clock.now())  # an older copy of itself: they may have passed on since
        if starting:
            _tell_start(uow, counter, ends, letter)
        if starting or findings:
            uow.commit()
    return tuple(findings)


def look_at_ends(books: EndsReader, known_heads: Sequence[KnownHead], check: SignatureCheck) -> Ends:
    """The same without changing anything: for the check-up of a till."""
    ends = books.ends()
    letters = dict.fromkeys(end.till_letter for end in ends)
    keys, turning = KnownKeys(books.keys(), check), Turning(books)
    return examine_ends(ends, turning.gaps_of_all(letters), known_heads, keys.is_signed, books.row_at)


def log_stop(counter: Counter) -> None:
    """Note in the journal that the program ends."""
    with counter.unit_of_work() as uow:
        log_event(uow, counter, EventCode.STOPPED, "")
        uow.commit()


def log_restored(counter: Counter, operator: str = "") -> None:
    """Note in the journal that the database is a copy that a person put in place. What it lacks is named by the check
    at start, which must have been made before. Its leases may have passed on or been used since: none is used."""
    with counter.unit_of_work() as uow:
        give_up_all_leases(uow, counter.clock.now())
        log_event(uow, counter, EventCode.RESTORED, operator)
        uow.commit()


def witness_heads(books: EndsReader, secrets: FiscalSecrets) -> bool:
    """Remember the chains' ends outside the database. Never goes back: a lower number is no better knowledge.

    Returns whether there was something new. Raises KeyStoreUnavailable, StoreUnavailable.
    """
    known = {(head.till_letter, head.series): head for head in secrets.known_heads()}
    before = dict(known)
    for end in books.ends():
        head = _known_head(end)
        if head is not None and head.number > getattr(known.get((head.till_letter, head.series)), "number", 0):
            known[head.till_letter, head.series] = head
    if known == before:
        return False
    secrets.set_known_heads(list(known.values()))
    return True


def _known_head(end: ChainEnd) -> KnownHead | None:
    if end.series not in _KNOWN_SERIES:
        return None
    head = end_of(end)
    return KnownHead.of(end.till_letter, Series(end.series), head) if head.number else None


_KNOWN_SERIES: Collection[str] = frozenset(series.value for series in Series)


def _key_findings(uow: UnitOfWork, counter: Counter) -> list[Finding]:
    """Whether the key store still has the key of this ledger. No key is made for a ledger without any."""
    if not uow.ledger.knows_any_key():
        return []
    if uow.ledger.knows_key(counter.signer.key_id):
        return []
    return [Finding(FindingKind.KEY_REPLACED, details={"key": counter.signer.key_id})]


def _clock_findings(ends: Sequence[ChainEnd], now: datetime) -> list[Finding]:
    moments = [(moment, end) for end in ends if (moment := end_of(end).happened_at) is not None]
    if not moments:
        return []
    last, end = max(moments, key=lambda pair: pair[0])
    if now >= last:
        return []
    return [Finding(FindingKind.CLOCK_BEHIND, end.till_letter, end.series, details={"last": last.isoformat()})]


def _tell_journal(uow: UnitOfWork, counter: Counter, findings: Sequence[Finding], repairs: Sequence[Repair]) -> None:
    """A gap for each chain that lost numbers, in the journal of its letter; a fault for everything else; a key and a
    clock have events of their own."""
    for repair in repairs:
        if repair.first_missing:
            till = replace(uow.identity(), till_letter=repair.till_letter)
            log_event(uow, counter, EventCode.LEDGER_GAP, "", _gap_details(repair, counter), till)
    gone_on = {(repair.till_letter, repair.series.value) for repair in repairs if repair.first_missing}
    for finding in findings:
        is_recorded = finding.kind in _LOST and (finding.till_letter, finding.series) in gone_on
        if finding.kind in _WITH_OWN_EVENT or is_recorded:
            continue
        said = {"finding": finding.kind.value, "till": finding.till_letter, "series": finding.series}
        log_event(uow, counter, EventCode.LEDGER_FAULT, "", {**said, "number": finding.number})


_LOST = frozenset({FindingKind.TAIL_CUT, FindingKind.OLDER_COPY})
_WITH_OWN_EVENT = frozenset({FindingKind.KEY_REPLACED, FindingKind.CLOCK_BEHIND})


def _gap_details(repair: Repair, counter: Counter) -> dict[str, str | int]:
    """All that a check needs to go on after the gap."""
    head = _with_moment(repair.head, counter)
    return {
        "series": repair.series.value,
        "first": repair.first_missing,
        "last": head.number,
        "source": repair.source,
        "hash": head.hash.hex(),
        "signature": head.signature.hex(),
        "perpetual": head.perpetual.minor,
        "perpetual_absolute": head.perpetual_absolute.minor,
        "day": head.trading_day.isoformat() if head.trading_day else "",
        "at": head.happened_at.isoformat(timespec="microseconds") if head.happened_at else "",
    }


def _with_moment(head: LedgerHead, counter: Counter) -> LedgerHead:
    """A head of which nobody knows the moment is taken to be of now."""
    now = counter.clock.now()
    return replace(head, happened_at=head.happened_at or now, trading_day=head.trading_day or now.date())


def _tell_start(uow: UnitOfWork, counter: Counter, ends: Sequence[ChainEnd], letter: str) -> None:
    before = _versions_before(ends, letter)
    now = (counter.software, FISCAL_VERSION)
    if before is not None and before != now:
        details: dict[str, str | int] = {
            "from": before[0],
            "to": now[0],
            "fiscal_from": before[1],
            "fiscal_to": now[1],
        }
        log_event(uow, counter, EventCode.UPGRADED, "", details)
    log_event(uow, counter, EventCode.STARTED, "")


def _versions_before(ends: Sequence[ChainEnd], letter: str) -> tuple[str, str] | None:
    """Software and fiscal version that wrote the last event, None if there is none."""
    for end in ends:
        if end.till_letter == letter and end.series == Series.EVENTS and end.last is not None:
            content = content_or_none(end.last)
            if content is not None:
                return str(content.get("software", "")), str(content.get("fiscal", ""))
    return None
