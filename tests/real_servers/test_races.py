"""Two tills that tell the handover of the same orders at once, as the machine happens to let them: in whatever order
their requests meet, one gives way and people are told. At night (`COMPTOIR_ALL_STORIES=1`); the meetings that matter
are forced each time in `test_same_instant`."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from app.domain.disagreements import DisagreementKind
from tests.connectors.kit.invariants import broken_in
from tests.connectors.kit.shop import Shop
from tests.connectors.kit.stage import BREAD, CANDLE
from tests.connectors.kit.till import Till
from tests.real_servers.vendure.seed import Site
from tests.real_servers.vendure.server import VendureServer
from tests.real_servers.vendure.stage import VendureStage

_ROUNDS = 4
_BECAUSE = "l’autre caisse est éteinte"


@pytest.mark.skipif(not os.environ.get("COMPTOIR_ALL_STORIES"), reason="at night")
def test_of_two_tills_at_one_instant_one_gives_way(
    vendure: VendureServer, site: Site, tmp_path: Path, till_template: Path
) -> None:
    stage = VendureStage(vendure, site, "races")
    shop = Shop(stage, tmp_path, till_template)
    try:
        a, b = shop.two_tills()
        placed = [shop.place({BREAD: 2, CANDLE: 1}) for _ in range(_ROUNDS)]
        shop.exchange()
        for order in placed:
            for till in (a, b):
                till.hand_over(order.order_id, because=_BECAUSE)
            _both_at_once(a, b)
        shop.come_to_rest()
        for order in placed:
            there = shop.stage.order(order.order_id)
            assert [there.lines[each.key].handed_over for each in (BREAD, CANDLE)] == [2, 1]
            told = [row for till in (a, b) for row in till.exceptions(order.order_id)]
            assert {row.kind for row in told} == {DisagreementKind.HANDED_OVER_TWICE.value}
        assert not broken_in(shop)
    finally:
        shop.close()


def _both_at_once(a: Till, b: Till) -> None:
    line = threading.Barrier(2)

    def tell(till: Till) -> None:
        line.wait()
        till.try_round()

    threads = [threading.Thread(target=tell, args=(till,)) for till in (a, b)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
