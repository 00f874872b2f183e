"""A scripted marketplace on loopback and a client of it, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.sync.client import HttpMarketplace
from app.sync.transport import Limits
from tests.fakes.fake_marketplace import A_TOKEN, FakeMarketplace

BOUNDED = Limits(connect_s=30.0, read_s=30.0, drip_s=30.0, max_body_bytes=200_000)
SHORT = Limits(connect_s=5.0, read_s=0.3, drip_s=5.0, max_body_bytes=200_000)
"""So that what hangs costs a test a moment; long polls add their wait."""


@pytest.fixture
def marketplace() -> Iterator[FakeMarketplace]:
    with FakeMarketplace() as fake:
        yield fake


@pytest.fixture
def client(marketplace: FakeMarketplace) -> Iterator[HttpMarketplace]:
    """Waits 20 s for an answer, as the real one."""
    with HttpMarketplace(marketplace.url, lambda: A_TOKEN) as made:
        yield made


@pytest.fixture
def bounded_client(marketplace: FakeMarketplace) -> Iterator[HttpMarketplace]:
    """Takes no long answers, but has time: a busy machine is no fault."""
    with HttpMarketplace(marketplace.url, lambda: A_TOKEN, limits=BOUNDED) as made:
        yield made


@pytest.fixture
def hasty_client(marketplace: FakeMarketplace) -> Iterator[HttpMarketplace]:
    with HttpMarketplace(marketplace.url, lambda: A_TOKEN, limits=SHORT) as made:
        yield made
