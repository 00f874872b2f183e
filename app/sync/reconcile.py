"""Owns the comparing of till and marketplace: one small request after the other, in what order, and when it is due.
Never judges what differs (`domain.reconciliation`), never mends by itself (`usecases.reconcile`).

    facts     ranges of 500 numbers, summed up; those that differ are listed
    stock     article by article, summed up; those that differ are listed, movement by movement
    orders    the open ones
    chains    the ends of the ledger as the marketplace remembers them

A comparison that breaks off goes on with the very request that failed. Selling goes on meanwhile, so whatever differs
is looked at in an order in which nothing under way can be taken for a gap: what the marketplace lists is asked for
first, then all its changes are fetched, then this till's own side is read.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.catalogue import StockMovement
from app.domain.facts import FactKind
from app.domain.fiscal import KnownHead
from app.domain.reconciliation import (
    MOST_GAPS,
    RANGE_SIZE,
    DayFigures,
    Gap,
    GapKind,
    KindFigures,
    Mend,
    OpenOrder,
    OwnFact,
    ProductStock,
    RangeFigures,
    ReconciliationRun,
    Standing,
    compare_chains,
    compare_facts,
    compare_movements,
    compare_orders,
    explanations,
    products_that_differ,
    ranges_that_differ,
    wrong_levels,
)
from app.sync.pull import fetch_page, store_page, stored_cursor
from app.usecases.marketplace_port import Marketplace
from app.usecases.ports import Counter, MarketplaceRefused, MarketplaceUnreachable, Secrets
from app.usecases.queries import Queries
from app.usecases.reconcile import is_due, keep_run, mend_gaps, must_be_thorough
from app.usecases.reconciliation_ports import Agreed, Edge

_log = logging.getLogger(__name__)

PRODUCTS_AT_ONCE = 50
_OWN_PRODUCTS_AT_ONCE = 500
_KNOWN_AT_ONCE = 200
_ORDERS_AT_ONCE = 500
_GAPS_LOGGED = 20
_TOO_OLD = timedelta(hours=6)
"""A comparison whose last answer is that old begins anew: a slow line alone never makes it."""
_PAUSE = timedelta(minutes=10)
"""So long the comparison makes way after a request that may have failed by its own fault: what is sold meanwhile is
told without waiting behind it, and the link is not called broken because of it."""
_MAYBE_ITS_FAULT = frozenset({"server_error", "not_understood", "timeout"})
_ABOUT_WHAT_WAS_ASKED = frozenset({"refused", "conflict"})

_Request = Callable[[Marketplace], None]


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at an article's movements. `edge`: how things stood before they were asked for; `listed`: what the
    marketplace has; `seen`: what the look before found, None for the first."""

    product_id: str
    edge: Edge
    seen: Collection[Gap] | None
    listed: tuple[StockMovement, ...] = ()


class Comparison:
    """One comparison, request by request. Belongs to one thread at a time."""

    def __init__(self, counter: Counter, queries: Queries, secrets: Secrets, *, thorough: bool) -> None:
        """Args: thorough: read everything anew; else what was found equal by earlier runs is only counted.

        Raises StoreUnavailable.
        """
        self._counter = counter
        self._queries = queries
        self._secrets = secrets
        self.begun_at = self._answered_at = counter.clock.now()
        self._run_id = counter.ids.new()
        self._edge = queries.comparison_edge()
        self._agreed = queries.agreed()
        self.history_lost_at = self._agreed.history_lost_at
        self._thorough = thorough or must_be_thorough(self._agreed, self.begun_at) or self._own_facts_are_gone()
        self._digests_after = 0 if self._thorough else self._agreed.through_seq
        self._gaps: list[Gap] = []
        self._own_ranges: list[RangeFigures] = []
        self._facts: dict[str, tuple[KindFigures, KindFigures]] = {}
        self._heads: tuple[KnownHead, ...] = ()
        self._listed: dict[str, StockMovement] = {}
        self._orders: list[OpenOrder] = []
        self._order_gaps: list[Gap] | None = None
        self._products: set[str] = set()
        self._order_count = 0
        self._requests: deque[_Request] = deque(
            [
                lambda marketplace: self._ask_ranges(marketplace, 0),
                self._ask_known,
                lambda marketplace: self._ask_stock(marketplace, ""),
                self._look_for_more_stock,
                lambda marketplace: self._ask_orders(marketplace, ""),
                self._fetch_changes,
                self._look_at_orders,
                self._finish,
            ]
        )
        self._next: list[_Request] = []
        self.run: ReconciliationRun | None = None

    def step(self, marketplace: Marketplace) -> bool:
        """Make the next request; whether it was the last. What fails is asked again by the next step.

        Raises MarketplaceUnreachable, MarketplaceRefused (`gone`: this marketplace cannot compare), StoreUnavailable.
        """
        self._next = []
        self._requests[0](marketplace)
        self._answered_at = self._counter.clock.now()
        self._requests.popleft()
        self._requests.extendleft(reversed(self._next))
        return not self._requests

    @property
    def requests_left(self) -> int:
        """How many are to be made as far as is known now; what differs makes more of them."""
        return len(self._requests)

    def is_too_old(self, now: datetime) -> bool:
        return not self._answered_at <= now < self._answered_at + _TOO_OLD

    # --- facts ---

    def _own_facts_are_gone(self) -> bool:
        """Whether facts are fewer than what is remembered of them."""
        left_out = {fact.till_seq for fact in self._edge.unsettled}
        ranges = self._queries.own_ranges(0, self._edge.last_seq, left_out, anew=False)
        return sum(figures.count for figures in ranges) + len(left_out) != self._edge.fact_count

    def _ask_ranges(self, marketplace: Marketplace, after_seq: int) -> None:
        page = marketplace.fact_ranges(after_seq, self._edge.last_seq, self._digests_after)
        through_seq = self._edge.last_seq if page.next_after_seq is None else page.next_after_seq
        left_out = {fact.till_seq for fact in self._edge.unsettled}
        own = self._queries.own_ranges(after_seq, through_seq, left_out, anew=self._thorough)
        self._own_ranges += own
        self._sum_up(own, page.ranges)
        self._next += [self._listing(first_seq) for first_seq in ranges_that_differ(own, page.ranges)]
        if page.next_after_seq is not None:
            self._next.append(lambda marketplace: self._ask_ranges(marketplace, through_seq))
            return
        self._heads = tuple(page.heads)
        if page.last_seq > self._edge.last_seq:
            last_seq = page.last_seq
            self._next.append(lambda marketplace: self._list_facts(marketplace, self._edge.last_seq + 1, last_seq))

    def _sum_up(self, own: Sequence[RangeFigures], theirs: Sequence[RangeFigures]) -> None:
        """Add up by kind what was summed up on the other side too."""
        for side, ranges in enumerate((own, theirs)):
            for figures in ranges:
                if figures.first_seq <= self._digests_after:
                    continue
                for kind, each in figures.kinds.items():
                    here, there = self._facts.get(kind, (KindFigures(), KindFigures()))
                    self._facts[kind] = (here + each, there) if side == 0 else (here, there + each)

    def _listing(self, first_seq: int) -> _Request:
        last_seq = min(first_seq + RANGE_SIZE - 1, self._edge.last_seq)
        return lambda marketplace: self._list_facts(marketplace, first_seq, last_seq)

    def _list_facts(self, marketplace: Marketplace, from_seq: int, to_seq: int) -> None:
        page = marketplace.listed_facts(from_seq, to_seq)
        listed_to = page.facts[-1].till_seq if page.more else to_seq
        standings = {fact.fact_id: fact.standing for fact in self._edge.unsettled}
        own = [
            replace(fact, standing=standings.get(fact.fact_id, fact.standing))
            for fact in self._queries.own_facts(from_seq, min(listed_to, self._edge.last_seq))
        ]
        known_here = self._queries.numbers_of([fact.fact_id for fact in page.facts])
        unsettled = [fact_id for fact_id, standing in standings.items() if standing is not Standing.TOLD]
        gaps = compare_facts(own, page.facts, known_here, unsettled)
        lost = [gap.record_id for gap in gaps if gap.kind is GapKind.FACT_LOST_HERE]
        named_before = self._queries.lost_before(lost)
        self._gaps += [
            replace(gap, kind=GapKind.FACT_LOST_BEFORE) if gap.record_id in named_before else gap for gap in gaps
        ]
        if page.more:
            self._next.append(lambda marketplace: self._list_facts(marketplace, listed_to + 1, to_seq))

    def _ask_known(self, marketplace: Marketplace) -> None:
        """Facts told before this till was paired anew are there, under the till it was then."""
        missing = [gap.record_id for gap in self._gaps if gap.kind is GapKind.FACT_MISSING_THERE]
        for start in range(0, len(missing), _KNOWN_AT_ONCE):
            part = missing[start : start + _KNOWN_AT_ONCE]
            self._next.append(lambda marketplace, part=part: self._drop_known(marketplace, part))  # type: ignore[misc]  # a default binds the part now

    def _drop_known(self, marketplace: Marketplace, fact_ids: Sequence[str]) -> None:
        known = set(marketplace.known_facts(fact_ids))
        self._gaps = [
            gap for gap in self._gaps if gap.kind is not GapKind.FACT_MISSING_THERE or gap.record_id not in known
        ]

    # --- stock ---

    def _ask_stock(self, marketplace: Marketplace, after: str) -> None:
        page = marketplace.stock_summed_up(after, PRODUCTS_AT_ONCE, digests=self._thorough)
        self._compare_stock([stock.product_id for stock in page.products], page.products)
        if page.next_after is not None:
            going_on = page.next_after
            self._next.append(lambda marketplace: self._ask_stock(marketplace, going_on))

    def _look_for_more_stock(self, _marketplace: Marketplace, after: str = "") -> None:
        """Articles that only this till has ever moved."""
        product_ids = self._queries.moved_products(after, _OWN_PRODUCTS_AT_ONCE)
        self._compare_stock([each for each in product_ids if each not in self._products], ())
        if product_ids:
            self._next.append(lambda marketplace: self._look_for_more_stock(marketplace, product_ids[-1]))

    def _compare_stock(self, product_ids: Sequence[str], theirs: Sequence[ProductStock]) -> None:
        self._products.update(product_ids)
        own = self._queries.own_stock(product_ids, digests=self._thorough)
        wrong = wrong_levels(own, GapKind.LEVEL_WRONG_HERE) + wrong_levels(theirs, GapKind.LEVEL_WRONG_THERE)
        self._gaps += self._with_product_names(wrong)
        there = [gap.record_id for gap in wrong if gap.mend is Mend.RECOUNT_THERE]
        if there:
            self._next.append(self._recounting(there))
        self._next += [self._movements_of(product_id) for product_id in products_that_differ(own, theirs)]

    def _recounting(self, product_ids: Sequence[str]) -> _Request:
        return lambda marketplace: marketplace.recount(product_ids)

    def _movements_of(self, product_id: str, seen: Collection[Gap] | None = None) -> _Request:
        """Args: seen: what the first look found, None for the first look."""

        def ask(marketplace: Marketplace) -> None:
            # what waits now is not held against the marketplace, even if it arrives while the list is made
            look = _Look(product_id, self._queries.comparison_edge(), seen)
            self._list_movements(marketplace, look, "")

        return ask

    def _list_movements(self, marketplace: Marketplace, look: _Look, after: str) -> None:
        page = marketplace.listed_movements(look.product_id, after)
        listed = replace(look, listed=(*look.listed, *page.movements))
        if page.next_after is not None:
            going_on = page.next_after
            self._next.append(lambda marketplace: self._list_movements(marketplace, listed, going_on))
            return
        self._next += [self._fetch_changes, lambda _: self._look_at_movements(listed)]

    def _look_at_movements(self, look: _Look) -> None:
        """Twice, if anything differs: what another till told between the list and the changes is in the second list."""
        own = self._queries.own_movements(look.product_id)
        till_id = self._queries.identity().till_id
        gaps = compare_movements(own, look.listed, own_till_id=till_id, not_told=self._not_told(look.edge))
        if look.seen is None:
            if gaps:
                self._next.append(self._movements_of(look.product_id, gaps))
            return
        by_id = {movement.movement_id: movement for movement in (*look.listed, *own)}
        name = self._queries.product_names([look.product_id]).get(look.product_id)
        title, unit = (name.name, name.unit.value) if name is not None else (look.product_id, "")
        for gap in gaps:
            if gap not in look.seen:
                continue
            if gap.mend is Mend.RECORD_MOVEMENT:
                self._listed[gap.record_id] = by_id[gap.record_id]
            document = self._queries.document_of(by_id[gap.record_id])
            self._gaps.append(replace(gap, title=title, unit=unit, document=document))

    def _not_told(self, edge: Edge) -> frozenset[str]:
        """Movements whose facts explain why the marketplace does not have them."""
        newest = self._queries.comparison_edge().last_seq
        facts = [*edge.unsettled, *self._queries.own_facts(edge.last_seq + 1, newest)]
        missing = [gap for gap in self._gaps if gap.kind is GapKind.FACT_MISSING_THERE]
        for gap in missing:
            facts += self._queries.own_facts(gap.till_seq, gap.till_seq)
        return frozenset(movement_id for fact in facts for movement_id in fact.movement_ids)

    def _with_product_names(self, gaps: Sequence[Gap]) -> list[Gap]:
        names = self._queries.product_names([gap.record_id for gap in gaps])
        return [
            replace(gap, title=names[gap.record_id].name, unit=names[gap.record_id].unit.value)
            if gap.record_id in names
            else replace(gap, title=gap.record_id)
            for gap in gaps
        ]

    # --- what is new ---

    def _fetch_changes(self, marketplace: Marketplace) -> None:
        """One page; again until there is none: whatever was listed before is then here, unless it was lost."""
        cursor = stored_cursor(self._counter)
        page = fetch_page(marketplace, cursor, 0.0)
        stored = store_page(self._counter, self._secrets, cursor, page)
        if page.more or stored.overtaken:
            self._next.append(self._fetch_changes)

    def _fetch_all_anew(self, marketplace: Marketplace) -> None:
        cursor = stored_cursor(self._counter)
        page = fetch_page(marketplace, cursor, 0.0)
        if not page.history_lost:  # it would never be noticed if the feed were read from its beginning at once
            page = replace(fetch_page(marketplace, "", 0.0), begins_anew=True)
        stored = store_page(self._counter, self._secrets, cursor, page)
        if stored.overtaken:
            self._next.append(self._fetch_all_anew)
        elif page.more:
            self._next.append(self._fetch_changes)

    # --- orders ---

    def _ask_orders(self, marketplace: Marketplace, after: str) -> None:
        page = marketplace.open_orders(after)
        self._orders += page.orders
        if page.next_after is not None:
            going_on = page.next_after
            self._next.append(lambda marketplace: self._ask_orders(marketplace, going_on))

    def _look_at_orders(self, _marketplace: Marketplace) -> None:
        """Twice, if anything differs: an order that comes or goes at this moment does not differ in the same way."""
        own: list[OpenOrder] = []
        after = ""
        while page := self._queries.own_open_orders(after, _ORDERS_AT_ONCE):
            own += page
            after = page[-1].order_id
        gaps = [gap for gap in compare_orders(own, self._orders) if not self._is_newer_here(gap)]
        if gaps and self._order_gaps is None:
            self._order_gaps, self._orders = gaps, []
            self._next += [
                lambda marketplace: self._ask_orders(marketplace, ""),
                self._fetch_changes,
                self._look_at_orders,
            ]
            return
        self._order_count = len(own)
        stays = [gap for gap in gaps if gap in (self._order_gaps or ())]
        self._gaps += stays
        if stays:
            self._next.append(self._fetch_all_anew)

    def _is_newer_here(self, gap: Gap) -> bool:
        """Whether our copy of an order that seems to be missing is of a later moment: it was closed meanwhile."""
        known = self._queries.order(gap.record_id) if gap.kind is GapKind.ORDER_MISSING_HERE else None
        return known is not None and known.order.version >= (gap.there or 0)

    # --- the end ---

    def _finish(self, _marketplace: Marketplace) -> None:
        gaps = [*self._gaps, *self._chain_gaps(), *explanations(self._still_unsettled())]
        gaps.sort(key=lambda gap: gap.explains_itself)
        mended = mend_gaps(self._counter, gaps, self._listed)
        mended += sum(gap.mend in (Mend.RECOUNT_THERE, Mend.FRESH_PULL) for gap in gaps)
        run = ReconciliationRun(
            run_id=self._run_id,
            begun_at=self.begun_at,
            ended_at=self._counter.clock.now(),
            thorough=self._thorough,
            through_seq=self._edge.last_seq,
            facts=dict(sorted(self._facts.items())),
            days=self._days(gaps),
            products=len(self._products),
            orders=self._order_count,
            chains=len(self._heads),
            gaps=tuple(gaps[:MOST_GAPS]),
            left_out=max(len(gaps) - MOST_GAPS, 0),
            mended=mended,
        )
        keep_run(self._counter, run, self._edge, self._own_ranges, self.history_lost_at)
        self.run = run

    def _still_unsettled(self) -> list[OwnFact]:
        now = self._queries.comparison_edge()
        return [fact for fact in now.unsettled if fact.till_seq <= self._edge.last_seq]

    def _chain_gaps(self) -> list[Gap]:
        here: dict[tuple[str, str], dict[int, bytes]] = {}
        for head in self._heads:
            chain = (head.till_letter, head.series.value)
            found = self._queries.ledger_hash(*chain, head.number)
            if found is not None:
                here.setdefault(chain, {})[head.number] = found
        return compare_chains(here, self._heads)

    def _days(self, gaps: Sequence[Gap]) -> tuple[DayFigures, ...]:
        """The sales by trading day: what the marketplace has is what we have but for the gaps that were found."""
        figures = self._queries.trading_days_of(self._digests_after, self._edge.last_seq)
        here = {day: KindFigures(count, cents) for day, (count, cents) in figures.items()}
        there = dict(here)
        for gap in gaps:
            if gap.fact_kind != FactKind.SALE_RECORDED.value or gap.till_seq <= self._digests_after:
                continue
            day = self._queries.trading_day_of_fact(gap.record_id)
            if day is None:
                day = gap.happened_at.date() if gap.happened_at is not None else None
            if day is None:
                continue
            count = (gap.there is not None) - (gap.here is not None)
            change = KindFigures(count, (gap.there or 0) - (gap.here or 0))
            there[day] = there.get(day, KindFigures()) + change
        return tuple(
            DayFigures(day, here.get(day, KindFigures()), there.get(day, KindFigures()))
            for day in sorted(here.keys() | there.keys())
        )


def reconcile(
    counter: Counter, queries: Queries, secrets: Secrets, marketplace: Marketplace, *, thorough: bool = True
) -> ReconciliationRun | None:
    """Compare from beginning to end, now; None if this marketplace cannot compare.

    Raises MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable.
    """
    comparison = Comparison(counter, queries, secrets, thorough=thorough)
    try:
        while not comparison.step(marketplace):
            pass
    except MarketplaceRefused as refusal:
        if refusal.reason != "gone":
            raise
        return None
    return comparison.run


class DailyComparison:
    """Compares once a day, a request a step, between the exchanges of the lane it belongs to."""

    def __init__(self, counter: Counter, queries: Queries, secrets: Secrets) -> None:
        self._counter = counter
        self._queries = queries
        self._secrets = secrets
        self._under_way: Comparison | None = None
        self._cannot = False
        self._failed_at: datetime | None = None

    def reconcile_if_due(self, marketplace: Marketplace) -> bool:
        """Make the next request of the comparison under way, or of today's. Whether one was made.

        A marketplace that was set back is compared with at once: until it is told again what it forgot, it may tell
        another till that an order handed over here is still to be collected.

        Raises MarketplaceUnreachable, MarketplaceRefused, StoreUnavailable; a later call goes on where this one was.
        """
        now = self._counter.clock.now()
        if self._cannot or self._makes_way(now):
            return False
        agreed = self._queries.agreed()
        if self._under_way is None or self._is_overtaken(self._under_way, agreed, now):
            self._under_way = None
            if not is_due(agreed, self._queries.identity().paired_at, now):
                return False
            self._under_way = Comparison(self._counter, self._queries, self._secrets, thorough=False)
        try:
            if self._under_way.step(marketplace):
                self._note(self._under_way.run)
                self._under_way = None
        except MarketplaceUnreachable as failure:
            if failure.reason in _MAYBE_ITS_FAULT:
                self._failed_at = now
            raise
        except MarketplaceRefused as refusal:
            return self._refused(refusal, now)
        return True

    def _is_overtaken(self, comparison: Comparison, agreed: Agreed, now: datetime) -> bool:
        """Whether it was begun too long ago, or the marketplace was set back since, or somebody saw to that."""
        return comparison.is_too_old(now) or comparison.history_lost_at != agreed.history_lost_at

    def _makes_way(self, now: datetime) -> bool:
        return self._failed_at is not None and self._failed_at <= now < self._failed_at + _PAUSE

    def _refused(self, refusal: MarketplaceRefused, now: datetime) -> bool:
        """Raises MarketplaceRefused for what concerns this till itself."""
        if refusal.reason == "gone":
            self._cannot = True  # until the next start: it may be brought up to date meanwhile
            return False
        if refusal.reason not in _ABOUT_WHAT_WAS_ASKED:
            raise refusal
        _log.info("the comparison was refused: %s", refusal.reason)
        self._under_way, self._failed_at = None, now
        return True

    def _note(self, run: ReconciliationRun | None) -> None:
        """Keywords, ids and figures: no name of a customer or an operator."""
        if run is None:
            return
        _log.info("compared with the marketplace: %d gaps, %d mended", len(run.open_gaps), run.mended)
        for gap in run.open_gaps[:_GAPS_LOGGED]:
            _log.info("gap %s %s: %s here, %s there, %s", gap.kind, gap.record_id, gap.here, gap.there, gap.mend)
