"""While a link to another marketplace changes the workers rest, and begin again however it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.bootstrap.core import Core, build_core
from app.bootstrap.site import site_surroundings
from app.domain.join_code import JoinCode
from app.sync.connectors import registry
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_marketplace import LinkDone, LinkRequest, NoJoinCode
from app.usecases.link_ports import LinkWish
from app.usecases.ports import MarketplaceRefused
from tests.fakes.offered_connector import TESTED, OfferedConnector

WISH = LinkWish(MarketplaceKind.VENDURE, "https://boutique.example", {"user": "u", "password": "p"}, {})


@dataclass
class Worker:
    """`heard`: what it was told, and whether the till was linked then."""

    core: Core
    heard: list[tuple[str, bool]] = field(default_factory=list)

    def stop(self) -> None:
        self._note("stop")

    def start(self) -> None:
        self._note("start")

    def _note(self, word: str) -> None:
        self.heard.append((word, bool(self.core.store.queries.identity().shop_id)))


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Core]:
    offered = OfferedConnector()
    monkeypatch.setattr(registry, "_connector", lambda kind: offered)
    made = build_core(tmp_path / "till.sqlite3", tmp_path / "secrets.json")
    yield made
    made.close()


def around(core: Core, worker: Worker | None) -> Any:
    assembly = SimpleNamespace(worker=worker, runner=None, check_may_link=lambda: None)
    return site_surroundings(assembly, core, SimpleNamespace(approvals=None))  # type: ignore[arg-type]  # all it needs


def test_the_workers_rest_while_a_till_is_linked(core: Core) -> None:
    worker = Worker(core)
    done = around(core, worker).link(LinkRequest(WISH, "Caisse"))
    assert isinstance(done, LinkDone)
    assert worker.heard == [("stop", False), ("start", True)]


def test_they_begin_again_if_it_fails(core: Core) -> None:
    worker = Worker(core)
    wrong = LinkWish(WISH.kind, WISH.address, {"user": "u", "password": "wrong"}, {})
    with pytest.raises(MarketplaceRefused, match="wrong_login"):
        around(core, worker).link(LinkRequest(wrong, "Caisse"))
    assert [word for word, _ in worker.heard] == ["stop", "start"]


def test_a_join_code_makes_their_connection_anew(core: Core) -> None:
    """From then on this is not the only till: the open connection believes it is."""
    worker = Worker(core)
    given = around(core, worker)
    assert given.join_code() is NoJoinCode.NOT_LINKED
    given.link(LinkRequest(WISH, "Caisse"))
    worker.heard.clear()
    assert isinstance(given.join_code(), JoinCode)
    assert [word for word, _ in worker.heard] == ["stop", "start"]


def test_without_workers_it_works_too(core: Core) -> None:
    given = around(core, None)
    assert given.test(WISH).shop_id == TESTED.shop_id
    assert isinstance(given.link(LinkRequest(WISH, "Caisse")), LinkDone)
    assert len(given.qr_modules("CJ1")) >= 21
