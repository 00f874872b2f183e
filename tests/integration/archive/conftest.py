"""A shop with archives, made once for all who only look at copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from app.storage.archive_check import load_verifier
from tests.fakes.archived_shop import ArchivedShop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ArchivedShop]:
    shop = ArchivedShop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ArchivedShop, Path, Path]]:
    """A shop, an older archive, and the one to be tampered with."""
    shop = ArchivedShop(tmp_path_factory.mktemp("shop"), seed=7)
    shop.trade(days=4, tickets=5)
    older = shop.archive(date(2026, 11, 2), date(2026, 11, 3))
    yield shop, older, shop.archive(date(2026, 11, 4), date(2026, 11, 5))
    shop.close()


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    return load_verifier()
