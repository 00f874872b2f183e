"""A shop with archives, made once for all who only look at copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.archived_shop import ArchivedShop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ArchivedShop]:
    shop = ArchivedShop(tmp_path)
    yield shop
    shop.close()
