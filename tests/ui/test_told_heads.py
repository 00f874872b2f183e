"""The window says what the marketplace's memory shows: an end of the ledger that this database does not have (R6)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.core import build_core
from app.bootstrap.window import Assembly, Places
from app.demo.hands import Hands
from app.domain.fiscal import EventCode, KnownHead, Series
from app.domain.told import plain_head
from tests.fakes.fake_marketplace import A_TOKEN, FakeMarketplace
from tests.fakes.memory_store import A_TILL
from tests.fakes.surroundings import NOON


@pytest.mark.expected_logs("ledger: ")
@pytest.mark.allowed_logs("stopped")
def test_r06_the_window_says_that_the_marketplace_knows_of_more(qapp, look, tmp_path: Path) -> None:
    places = Places(tmp_path / "till.sqlite3", tmp_path / "secrets.json", tmp_path / "settings.json")
    with FakeMarketplace() as marketplace:
        known = KnownHead("A", Series.SALES, 7, bytes(range(32)), bytes(range(64)), happened_at=NOON)
        marketplace.heads_known = [plain_head(known)]
        core = build_core(places.database, places.secrets)
        with core.counter.unit_of_work() as uow:
            uow.set_identity(replace(A_TILL, marketplace_url=marketplace.url))
            uow.commit()
        core.secrets.set_device_token(A_TOKEN)
        core.close()
        assembly = Assembly(places, look)
        hands = Hands(assembly.window)
        assembly.show()
        try:
            notice = assembly.window.notice  # another one may come first: the stand-in's clock stands still
            hands.wait_until(lambda: "horloge" not in notice.text and "7" in notice.text, "the alarm")
            assert assembly.core is not None
            with assembly.core.counter.unit_of_work() as uow:
                assert uow.ledger.head("A", Series.SALES).number == 7
                end = uow.ledger.head("A", Series.EVENTS).number
                kinds = [row.kind for row in uow.ledger.rows("A", Series.EVENTS, 1, end)]
            assert EventCode.LEDGER_GAP in kinds
        finally:
            assembly.window.close()
            assembly.close()
