"""Owns one shop of a story: a stage, its tills, the goods that are really on its shelves, and how everything comes to
rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.domain.abilities import Ability
from tests.connectors.kit.clock import StoryTime
from tests.connectors.kit.stage import ARTICLES, Article, Payment, Placed, Power, Stage
from tests.connectors.kit.till import Till

POLL_GAP_S = 15.0
REREAD_GAP_S = 360.0
"""Longer than a connector waits before it reads all open orders again."""
_LONGEST_REST = 12
IN_DOUBT = "stock_in_doubt"


class Shop:
    """
    Attributes:
        goods: pieces really there, those in bags that wait for their customers included.
        orders: all that were placed in the story, by id.
        left_on_site: pieces by order that left by the word of somebody at the shop's computer.
        doubted: articles of which somebody was told to count them: nobody knows better until then.
        refusals: reasons of facts that the story's marketplace was right to refuse.
        quarantined: ids of the records that the story made senseless.
    """

    def __init__(self, stage: Stage, folder: Path, template: Path) -> None:
        self.stage = stage
        self.time: StoryTime = stage.time
        self.tills: dict[str, Till] = {}
        self.goods = {article: stage.level(article) for article in ARTICLES}
        self.orders: dict[str, Placed] = {}
        self.left_on_site: dict[str, dict[Article, int]] = {}
        self.doubted: set[Article] = set()
        self.refusals: set[str] = set()
        self.quarantined: set[str] = set()
        self._doubts_are_expected = False
        self._folder = folder
        self._template = template

    def till(self, name: str = "A", *, only_till: bool = True) -> Till:
        """The till of that letter; a new one is linked first and has heard everything."""
        if name not in self.tills:
            till = Till(name, self._folder, self, self._template)
            self.tills[name] = till
            self.stage.link(till, only_till=only_till)
            till.round()
        return self.tills[name]

    def two_tills(self) -> tuple[Till, Till]:
        return self.till("A", only_till=False), self.till("B", only_till=False)

    # --- outside the counter ---

    def place(
        self,
        lines: Mapping[Article, int],
        payment: Payment = Payment.PAID,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> Placed:
        placed = self.try_to_place(lines, payment, customer=customer, late_row_s=late_row_s)
        assert placed is not None, "the site does not sell it"
        return placed

    def try_to_place(
        self,
        lines: Mapping[Article, int],
        payment: Payment = Payment.PAID,
        *,
        customer: str = "Camille Martin",
        late_row_s: float = 0.0,
    ) -> Placed | None:
        placed = self.stage.place(lines, payment, customer=customer, late_row_s=late_row_s)
        if placed is not None:
            self.orders[placed.order_id] = placed
        return placed

    def count_on_site(self, article: Article, level: int) -> None:
        """Somebody counts and says so on the site; what tills have not told yet still comes off."""
        self.goods[article] += level - self.stage.level(article)
        self.stage.set_level(article, level)

    def cancel_on_site(self, order_id: str) -> bool:
        """Somebody on the site cancels. What left already the site may call back in the shop: that is to be counted."""
        left = [key for key, line in self.stage.order(order_id).lines.items() if line.handed_over]
        done = self.stage.cancel(order_id)
        if done:
            self.doubted |= {article for article in ARTICLES if article.key in left}
        return done

    def goods_left(self, pieces: Mapping[Article, int]) -> None:
        for article, count in pieces.items():
            self.goods[article] -= count

    def doubted_if_levels_are_absolute(self, article: Article) -> None:
        """Two wrote a level at once: where a site takes no movements, nobody can keep one from undoing the other."""
        if Ability.STOCK_MOVEMENTS not in self.stage.abilities:
            self.doubted.add(article)

    def expect_doubts(self) -> None:
        """A level that somebody else wrote while the answer to ours was lost is for a person to count: that it is
        refused, and which articles are concerned, is known only then."""
        self._doubts_are_expected = True

    def note_doubts(self) -> None:
        """Take the refusals that ask for a count as the story's own."""
        if not self._doubts_are_expected:
            return
        self.refusals.add(IN_DOUBT)
        for till in self.tills.values():
            self.doubted |= set(till.articles_in_doubt())

    def article(self, product_id: str) -> Article | None:
        """None for what is none of the kit's goods: a fee for the collection has no article."""
        return next((each for each in ARTICLES if self.stage.product_id(each) == product_id), None)

    def may(self, power: Power) -> bool:
        return power in self.stage.powers

    # --- time ---

    def a_moment_later(self) -> None:
        """The next poll is due, a re-read of everything is not."""
        self.time.go_on(seconds=POLL_GAP_S)

    def later(self) -> None:
        """Everything that is read now and then is due."""
        self.time.go_on(seconds=REREAD_GAP_S)

    def exchange(self) -> None:
        """Every till has a round, with everything due."""
        self.later()
        for till in self.tills.values():
            till.round()

    def come_to_rest(self) -> None:
        """Everything is mended, and the tills go on until nothing changes any more. Raises AssertionError if they never
        do."""
        for till in self.tills.values():
            till.wire.heal()
            till.clock.wrong_by *= 0
            till.start()
        before: list[tuple[object, ...]] = []
        for _ in range(_LONGEST_REST):
            self.exchange()
            now = [till.stands() for till in self.tills.values()]
            if now == before:
                return
            before = now
        raise AssertionError(f"the tills never come to rest: {before}")

    def close(self) -> None:
        for till in self.tills.values():
            till.stop()
        self.stage.close()
