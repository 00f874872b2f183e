"""Owns what must hold after every story, once everything has come to rest (I1 to I4, I9). Each yields sentences of what
does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from app.domain.disagreements import choices_for, proposed_answer
from app.domain.order import GOODS_LEAVE
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import ARTICLES


def broken_in(shop: Shop) -> list[str]:
    """What does not hold, in sentences; empty if all is well."""
    return [sentence for invariant in _INVARIANTS for sentence in invariant(shop)]


def nothing_in_limbo(shop: Shop) -> Iterator[str]:
    """I3, I9: everything was told, and what was refused was refused with a reason that the story knows."""
    for till in shop.tills.values():
        for fact in till.unsaid():
            yield f"till {till.name} still has to tell {fact}"
        for kind, reason, message in till.refused():
            if reason not in shop.refusals:
                yield f"till {till.name}: {kind} was refused ({reason}): {message}"
        for kind, record_id, reason in till.ask("SELECT kind, record_id, reason FROM quarantine"):
            if record_id not in shop.quarantined:
                yield f"till {till.name}: {kind} {record_id} is in quarantine: {reason}"
        for (operation_id,) in till.ask("SELECT operation_id FROM connector_write WHERE state = 'sent'"):
            if not shop.doubted:
                yield f"till {till.name} does not know what became of {operation_id}"


def goods_leave_once(shop: Shop) -> Iterator[str]:
    """I1: no piece of an order left twice, unless somebody let it and the disagreement was told."""
    for order_id in shop.orders:
        ordered = {key: line.ordered for key, line in shop.stage.order(order_id).lines.items()}
        for key, pieces in _left_here(shop, order_id).items():
            if pieces > ordered.get(key, 0) and not _disagreement_known(shop, order_id):
                yield f"{pieces} {key} of order {order_id} left of {ordered.get(key, 0)}, and nobody was told"


def the_site_knows_what_left(shop: Shop) -> Iterator[str]:
    """I3: what left here is what the site calls handed over, nothing doubled, unless a person was told why not."""
    for order_id in shop.orders:
        there = shop.stage.order(order_id)
        if _disagreement_known(shop, order_id):
            continue
        left = _left_here(shop, order_id)
        for key, line in there.lines.items():
            if line.handed_over != left[key]:
                yield f"order {order_id}: {left[key]} {key} left here, {line.handed_over} on the site"
            if line.ready + line.handed_over > line.ordered:
                yield f"order {order_id}: {line.ready} {key} ready and {line.handed_over} gone of {line.ordered}"


def stock_agrees(shop: Shop) -> Iterator[str]:
    """I4: each till's level, the site's and what is on the shelves are one number."""
    for article in ARTICLES:
        if article in shop.doubted:
            continue
        there = shop.stage.level(article)
        if there != shop.goods[article]:
            yield f"{article.name}: {shop.goods[article]} are there, the site says {there}"
        for till in shop.tills.values():
            if till.level(article) != shop.goods[article]:
                yield f"{article.name}: {shop.goods[article]} are there, till {till.name} says {till.level(article)}"


def disagreements_have_an_answer(shop: Shop) -> Iterator[str]:
    """Each open one is shown with exactly one answer proposed, which a person may give."""
    for till in shop.tills.values():
        for row in till.exceptions():
            if row.proposed_answer != proposed_answer(row.kind).value or row.choices != choices_for(row.kind):
                yield f"till {till.name}: {row.kind} proposes {row.proposed_answer!r} of {row.choices}"


def _left_here(shop: Shop, order_id: str) -> Counter[str]:
    """Pieces that left at the tills and did not come back, by the article's key."""
    left: Counter[str] = Counter({article.key: n for article, n in shop.left_on_site.get(order_id, {}).items()})
    for till in shop.tills.values():
        if not till.knows(order_id):
            continue
        for handover in till.order(order_id).facts.handovers:
            for result in handover.results:
                article = shop.article(result.product_id)
                if article is not None and result.outcome in GOODS_LEAVE:
                    left[article.key] += result.quantity
    return left


def _disagreement_known(shop: Shop, order_id: str) -> bool:
    """Open or settled, at any till."""
    return any(
        row.order_id == order_id
        for till in shop.tills.values()
        for row in till.store.queries.exceptions(open_only=False)
    )


_INVARIANTS: tuple[Callable[[Shop], Iterator[str]], ...] = (
    nothing_in_limbo,
    goods_leave_once,
    the_site_knows_what_left,
    stock_agrees,
    disagreements_have_an_answer,
)
