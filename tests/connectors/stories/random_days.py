"""Days that nobody wrote; see `kit/walk.py`. A seed that once failed stays."""

from __future__ import annotations

from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import Power
from tests.connectors.kit.story import Telling, story
from tests.connectors.kit.walk import Walk

STEPS = 60
ALONE = (1, 2, 3, 4)
TOGETHER = (1, 2, 3, 4)


def _day(seed: int, tills: int) -> Telling:
    def tell(shop: Shop) -> None:
        Walk(shop, seed, tills=tills).go(STEPS)

    where = "at one till" if tills == 1 else "at two tills"
    tell.__name__ = f"a_day_{where.replace(' ', '_')}_{seed}"
    return story(f"a day by chance {where}, seed {seed}", powers={Power.TWO_TILLS} if tills == 2 else None)(tell)


_DAYS = [*(_day(seed, 1) for seed in ALONE), *(_day(seed, 2) for seed in TOGETHER)]
globals().update({day.__name__: day for day in _DAYS})
