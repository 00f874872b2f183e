"""The fault switch does to a till what each mode says, to the tills' API alone, and only as often as told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError

from app.marketplace.faults import FaultSwitch
from app.marketplace.schemas import FaultSetting
from app.marketplace.server import RunningMarketplace
from tests.integration.marketplace.world import BREAD, TIMEOUT_S, AShop, Till, a_movement


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'marketplace.sqlite3'}"


def _set(running: RunningMarketplace, mode: str, **values: Any) -> None:
    answer = requests.put(
        f"{running.url}/admin/faults",
        json={"mode": mode, **values},
        headers={"Authorization": f"Bearer {running.admin_token}"},
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["mode"] == mode


def _stock(till: Till) -> dict[str, Any]:
    return till.fact("stock_moved", "stock:1", {"movements": [a_movement(BREAD, -1)]})


@pytest.mark.parametrize("mode", ["lose_answer", "cut_body"])
def test_the_work_is_done_and_the_answer_lost(running: RunningMarketplace, shop: AShop, till: Till, mode: str) -> None:
    fact = _stock(till)
    _set(running, mode, count=1)
    with pytest.raises((requests.ConnectionError, ChunkedEncodingError)):
        till.push(fact)
    assert shop.physical(BREAD) == 9
    assert till.push(fact)[0]["outcome"] == "duplicate", "the fault was over after one hit"
    assert shop.physical(BREAD) == 9


def test_offline_does_nothing_at_all(running: RunningMarketplace, shop: AShop, till: Till) -> None:
    _set(running, "offline", count=1)
    with pytest.raises(requests.ConnectionError):
        till.push(_stock(till))
    assert shop.physical(BREAD) == 10


@pytest.mark.parametrize(
    ("mode", "status"), [("error_500", 500), ("rate_limit", 429), ("unauthorized", 401), ("forbidden", 403)]
)
def test_wrong_statuses_do_nothing(
    running: RunningMarketplace, shop: AShop, till: Till, mode: str, status: int
) -> None:
    _set(running, mode, count=1, delay_s=6.2)
    answer = till.post("/v1/facts", {"facts": [_stock(till)]})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("retry-after") == ("7" if mode == "rate_limit" else None)
    assert shop.physical(BREAD) == 10


def test_html_instead_of_json(running: RunningMarketplace, till: Till) -> None:
    _set(running, "html", count=1)
    answer = till.get("/v1/changes")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert till.get("/v1/status").json()["till_id"] == till.till_id


def test_slow_answers_rightly(running: RunningMarketplace, till: Till) -> None:
    _set(running, "slow", delay_s=0.3, count=1)
    answer = till.get("/v1/status")
    assert answer.json()["till_id"] == till.till_id
    assert answer.elapsed.total_seconds() >= 0.3


def test_pages_repeated_and_backwards(running: RunningMarketplace, shop: AShop, till: Till) -> None:
    first = till.get("/v1/changes", limit=4).json()
    _set(running, "duplicate_page", count=1)
    assert till.get("/v1/changes", cursor=first["cursor"], limit=4).json() == first
    right = till.get("/v1/changes", cursor=first["cursor"], limit=4).json()
    _set(running, "reorder_page", count=1)
    backwards = till.get("/v1/changes", cursor=first["cursor"], limit=4).json()
    assert backwards["changes"] == right["changes"][::-1]
    assert len(right["changes"]) == 4


def test_page_faults_leave_other_requests_alone(running: RunningMarketplace, till: Till) -> None:
    _set(running, "reorder_page", count=1)
    assert till.get("/v1/status").status_code == 200
    assert running.fault_switch is not None
    assert running.fault_switch.setting.count == 1


def test_customers_and_the_switch_itself_are_never_hit(running: RunningMarketplace, till: Till) -> None:
    _set(running, "offline")
    assert requests.get(f"{running.url}/", timeout=TIMEOUT_S).status_code == 200
    _set(running, "none")
    assert till.get("/v1/status").status_code == 200


def test_a_share_hits_that_part() -> None:
    chances = iter([0.1, 0.6, 0.4, 0.9])
    switch = FaultSwitch(lambda: next(chances))
    switch.set(FaultSetting(mode="error_500", share=0.5))
    assert [switch.draw() is not None for _ in range(4)] == [True, False, True, False]
    assert switch.hits == 2


def test_nothing_secret_reaches_the_log(
    running: RunningMarketplace, shop: AShop, till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        placed = shop.order((BREAD, 1))
        till.pages()
        till.order(placed.order_id)
        requests.get(f"{running.url}/boutiques/{shop.shop_id}/commande/{placed.page_token}", timeout=TIMEOUT_S)
        running.stop()  # the line of a request is written after its answer was sent
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("comptoir")]
    assert any("GET /boutiques/{slug}/commande/{token} 200" in line for line in ours)
    written = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("urllib3", "asyncio"))
    )
    for secret in (till.token, placed.page_token, placed.pickup_code, placed.spoken_code, "Delattre"):
        assert secret not in written
