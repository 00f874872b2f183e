"""Starting, stopping, the database's version, the demonstration shop, and the command's own process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sqlalchemy import inspect, text

from app.marketplace import tables as t
from app.marketplace.orders import PlacedOrder
from app.marketplace.seed import DemoCustomers, seed_demo
from app.marketplace.server import MarketplaceNotStarted, RunningMarketplace, _listen, start_in_thread
from app.marketplace.store import UnknownShop, open_store
from tests.integration.marketplace.world import TIMEOUT_S

CATALOGUE = Path(__file__).parents[3] / "resources" / "demo" / "catalogue.csv"


def test_a_taken_port_is_said(running: RunningMarketplace, tmp_path: Path) -> None:
    port = int(running.url.rsplit(":", 1)[1])
    with pytest.raises(MarketplaceNotStarted):
        start_in_thread(f"sqlite:///{tmp_path / 'second.sqlite3'}", port)


def test_it_starts_and_stops_again_on_the_same_data(database_url: str) -> None:
    for _ in range(3):
        with start_in_thread(database_url) as running:
            assert requests.get(f"{running.url}/", timeout=TIMEOUT_S).status_code == 200


def test_the_tables_are_those_of_the_program(database_url: str) -> None:
    store = open_store(database_url)
    with store.reading() as connection:
        assert set(inspect(connection.core).get_table_names()) == set(t.metadata.tables)
        assert t.version_of(connection.core) == len(t.STEPS)
    store.close()


def test_a_database_of_the_first_version_gets_the_flags_of_products(database_url: str) -> None:
    store = open_store(database_url)
    flags = ("nature", "meal_voucher", "legal_guarantee", "weigh_slip")
    with store.administering() as connection:
        for name in flags:
            connection.execute(text(f"ALTER TABLE product DROP COLUMN {name}"))
        connection.execute(t.schema_version.update().values(version=1))
    store.close()
    store = open_store(database_url)
    with store.reading() as connection:
        assert {*flags} < {column["name"] for column in inspect(connection.core).get_columns("product")}
        assert t.version_of(connection.core) == len(t.STEPS)
    store.close()


def test_a_newer_database_is_refused_untouched(database_url: str) -> None:
    store = open_store(database_url)
    with store.administering() as connection:
        connection.execute(t.schema_version.update().values(version=99))
    store.close()
    with pytest.raises(t.SchemaIsNewer):
        open_store(database_url)


def test_no_such_shop(running: RunningMarketplace) -> None:
    with pytest.raises(UnknownShop), running.store.writing("nobody"):
        pass


def test_the_demonstration_shop_follows_from_its_seed(running: RunningMarketplace, tmp_path: Path) -> None:
    first = seed_demo(running.store, CATALOGUE, max_products=60)
    again = seed_demo(running.store, CATALOGUE, max_products=60)
    assert (first.shop_id, first.products) == (again.shop_id, 60)
    assert first.pairing_code != again.pairing_code
    with start_in_thread(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}") as elsewhere:
        assert seed_demo(elsewhere.store, CATALOGUE, max_products=60).shop_id == first.shop_id
        ours, theirs = DemoCustomers(running.store, first.shop_id), DemoCustomers(elsewhere.store, first.shop_id)
        for _ in range(5):
            here, there = ours.place(), theirs.place()
            assert isinstance(here, PlacedOrder)
            assert isinstance(there, PlacedOrder)
            assert _lines(running, here) == _lines(elsewhere, there)


def _lines(running: RunningMarketplace, placed: PlacedOrder) -> list[tuple[str, int]]:
    from app.marketplace.orders import show_orders

    with running.store.reading() as connection:
        shop_id = connection.execute(t.shop.select()).one().shop_id
        lines = show_orders(connection, shop_id, [placed.order_id])[placed.order_id]["lines"]
    return [(line["product_id"], line["quantity"]) for line in lines]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C reaches a child process otherwise on Windows")
def test_alone_until_ctrl_c(tmp_path: Path) -> None:
    program = (
        "import sys; from app.marketplace.server import MarketplaceOptions, run; "
        "run(MarketplaceOptions(sys.argv[1], faults=True), lambda line: print(line, flush=True))"
    )
    arguments = [sys.executable, "-W", "error", "-c", program, f"sqlite:///{tmp_path / 'alone.sqlite3'}"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert process.stdout.readline().startswith("Admin-Token: ")
        assert requests.get(address, timeout=TIMEOUT_S).status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (0, "")


def test_answers_do_not_wait_for_acknowledgements() -> None:
    # asyncio turns Nagle's algorithm off only on sockets that name their protocol
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
