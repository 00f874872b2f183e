"""Bad input and faults through the real commands, each a process of its own: a clear sentence, the exit code, nothing
lost. What one part alone must take (each bad row, each wrong byte of a page) is tested with that part.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.demo.audit import check_copies, check_done_is_there, open_books
from app.domain.pickup_code import CODE_LENGTH, make_pickup_code
from tests.fakes.socket_printer import SocketPrinter, socket_printer
from tests.journeys.processes import ROOT, Child, MarketplaceProcess, command

HEAD = "nom;prix;tva;unité;code;catégorie;stock;étagère;en ligne;rétractation;âge"


@dataclass(frozen=True)
class Shop:
    """A paired till and its marketplace; `codes` are the pickup codes of orders that are in the till and ready."""

    folder: Path
    home: Path
    market: MarketplaceProcess
    codes: list[str]

    @property
    def database(self) -> Path:
        return self.home / "data" / "comptoir.sqlite3"

    def ask(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the answer; every answer is a sentence in a few lines at most."""
        code, answer = command(*arguments, home=self.home)
        assert answer["command"] == arguments[0]
        assert answer["ok"] is (code == 0)
        assert answer["message"].strip()
        assert len(answer["message"]) < 400, answer["message"]
        return code, answer

    def order(self) -> dict[str, Any]:
        books = sqlite3.connect(self.market.database)
        product_id = books.execute("SELECT product_id FROM product WHERE published AND stock_tracked").fetchone()[0]
        books.close()
        return self.market.admin(
            "POST",
            f"/admin/shops/{self.market.shop['shop_id']}/orders",
            items=[{"product_id": product_id, "quantity": 1}],
            customer_name="Léa Delattre",
            prepaid=True,
        )

    def count(self, table: str) -> int:
        books = sqlite3.connect(self.database)
        try:
            return int(books.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # own word
        finally:
            books.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    _, *lines = (ROOT / "resources" / "demo" / "catalogue.csv").read_text(encoding="utf-8").splitlines()
    (folder / "catalogue.csv").write_text("\n".join([HEAD, *lines[:150]]), encoding="utf-8")
    (folder / "codes.txt").write_text("\n".join(line.split(";")[4] for line in lines[:150]), encoding="utf-8")
    market = MarketplaceProcess(folder, folder / "catalogue.csv")
    try:
        made = Shop(folder, folder / "home", market, [])
        code, _ = made.ask("pair", market.shop["pairing_code"], "--url", market.url)
        assert code == 0
        placed = [made.order() for _ in range(2)]
        assert made.ask("sync")[0] == 0
        for order in placed:
            assert made.ask("ready", order["number"])[0] == 0
            made.codes.append(order["pickup_code"])
        yield made
    finally:
        market.close()


# --- codes ---


def test_no_bad_code_gets_anything(shop: Shop) -> None:
    good = shop.codes[0]
    forged = good[:12] + ("2" if good[12] != "2" else "3") + good[13:]
    reasons = {
        forged: {"misread", "bad_signature"},
        make_pickup_code(good[2], b"k" * 32, shop.market.shop["shop_id"], good[3:10]): {"bad_signature"},
        make_pickup_code("2" if good[2] != "2" else "3", b"k" * 32, "another-shop", "2345678"): {"wrong_shop"},
        good[:-1]: {"misread"},
        good[: CODE_LENGTH // 2]: {"misread"},
        "https://id.gs1.org/01/03017620422003/10/ABC?17=261231": {"unknown_code"},
        "P1" + "X" * 10_000: {"misread"},
        "\u202e\x07\x1b[2J" + "".join(chr(random.Random(1).randrange(0x20, 0x2FFF)) for _ in range(300)): {
            "unknown_code"
        },
    }
    facts = shop.count("fact")
    for text, expected in reasons.items():
        code, answer = shop.ask("handover", text)
        assert (code, answer.get("reason") in expected) == (1, True), (text[:40], answer)
    assert shop.count("fact") == facts
    assert shop.count("handover") == 0


# --- the server ---


@pytest.mark.parametrize(
    ("mode", "reasons"),
    [
        ("error_500", {"server_error"}),
        ("html", {"not_understood"}),
        ("cut_body", {"not_understood", "no_network"}),
        ("offline", {"no_network"}),
        ("lose_answer", {"no_network"}),
        ("rate_limit", {"rate_limited"}),
        ("unauthorized", {"revoked"}),
        ("forbidden", {"revoked"}),
    ],
)
def test_a_failing_server_is_a_sentence_and_the_next_round_brings_everything(
    shop: Shop, mode: str, reasons: set[str]
) -> None:
    shop.order()
    assert shop.ask("stock", "M", "--counted", "3")[0] in (0, 1)  # whether found or not, the till goes on
    shop.market.fault(mode)
    code, answer = shop.ask("sync")
    assert (code, answer.get("reason") in reasons) == (1, True), answer
    shop.market.fault("none")
    _sync_until_equal(shop)


@pytest.mark.parametrize("mode", ["duplicate_page", "reorder_page"])
def test_pages_twice_or_backwards_change_nothing(shop: Shop, mode: str) -> None:
    shop.order()
    shop.market.fault(mode, count=3)
    shop.ask("sync")
    shop.market.fault("none")
    _sync_until_equal(shop)


def test_a_page_cut_in_the_middle_of_a_first_sync_is_fetched_again(shop: Shop, tmp_path: Path) -> None:
    _, new = _new_code(shop), tmp_path / "new-home"
    assert command("pair", _, "--url", shop.market.url, home=new)[0] == 0
    shop.market.fault("cut_body", count=1)
    code, answer = command("sync", home=new)
    assert (code, answer["reason"] in ("not_understood", "no_network")) == (1, True), answer
    code, answer = command("sync", home=new)
    assert code == 0, answer
    books = open_books(new / "data" / "comptoir.sqlite3", shop.market.database)
    try:
        assert check_copies(books) == []
    finally:
        books.close()


def _new_code(shop: Shop) -> str:
    return str(shop.market.admin("POST", f"/admin/shops/{shop.market.shop['shop_id']}/pairing-codes")["code"])


def _sync_until_equal(shop: Shop) -> None:
    code, answer = shop.ask("sync")
    assert (code, answer.get("waiting")) == (0, 0), answer
    books = open_books(shop.database, shop.market.database)
    try:
        assert check_copies(books) == []
    finally:
        books.close()


# --- the database ---


def test_another_comptoir_has_the_database(shop: Shop) -> None:
    with socket_printer() as printer:
        till = _clerk(shop, printer)
        try:
            code, answer = shop.ask("stock", "3000000162354", "--receive", "1")
            assert (code, answer["reason"]) == (1, "locked")
            assert shop.ask("orders", "--list", "today")[0] == 0, "looking on is allowed"
            target = shop.folder / "copy.sqlite3"
            assert shop.ask("backup", str(target))[0] == 0, "so is a backup"
            assert sqlite3.connect(target).execute("PRAGMA quick_check").fetchone() == ("ok",)
        finally:
            till.kill()
            till.close()


def test_a_database_of_a_newer_comptoir_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    newer = tmp_path / "newer.sqlite3"
    assert shop.ask("backup", str(newer))[0] == 0
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA journal_mode=WAL")  # as a database in use is; a backup is one file
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = hashlib.sha256(newer.read_bytes()).hexdigest()
    for arguments in (("orders",), ("sync",), ("stock", "lait", "--receive", "1"), ("restore", str(newer))):
        options = () if arguments[0] == "restore" else ("--database", str(newer))
        code, answer = shop.ask(*arguments, *options)
        assert (code, answer["reason"]) == (1, "newer_version"), arguments
    assert hashlib.sha256(newer.read_bytes()).hexdigest() == before


def test_a_full_disk_is_a_sentence_and_what_was_there_stays(tmp_path: Path) -> None:
    small, big = tmp_path / "small.csv", tmp_path / "big.csv"
    small.write_text("nom;prix;tva\nMiel;4,50;5,5\n", encoding="utf-8")
    big.write_text("nom;prix;tva\n" + "".join(f"Article {n};1,00;5,5\n" for n in range(20_000)), encoding="utf-8")
    comptoir = f"{sys.executable} -m app"
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"""
        mount -t tmpfs -o size=2m none {disk} || exit 77
        for arguments in "import {small}" "import {big}" "stock Miel"; do
            {comptoir} $arguments --json --database {disk}/till.sqlite3
            echo "$?"
        done
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare here to make a small disk with")
    done = subprocess.run(
        [unshare, "--map-root-user", "--mount", "sh", "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this system lets nobody make a small disk")
    assert "Traceback" not in done.stderr, done.stderr
    first, first_code, second, second_code, third, third_code = done.stdout.splitlines()
    assert (json.loads(first)["new"], first_code) == (1, "0")
    assert (json.loads(second)["reason"], second_code) == ("disk_full", "1")
    assert ([article["name"] for article in json.loads(third)["articles"]], third_code) == (["Miel"], "0")


# --- a big catalogue ---


@pytest.mark.timeout(300)
def test_200_000_rows_are_taken_and_again_change_nothing(tmp_path: Path) -> None:
    catalogue = tmp_path / "big.csv"
    rows = (f"Article numéro {n};{n % 90 + 1},50;20;pièce;A{n:06d}" for n in range(200_000))
    bad = ("Sans prix;;20;pièce;B1", "Négatif;-1;20;pièce;B2", "Double;1;20;pièce;A000001")
    catalogue.write_text("\n".join(["nom;prix;tva;unité;code", *rows, *bad]), encoding="utf-8")
    code, answer = command("import", str(catalogue), home=tmp_path, limit_s=240)
    assert (code, answer["new"], len(answer["refused"])) == (1, 200_000, 3), answer["message"]
    assert [row["line"] for row in answer["refused"]] == [200_002, 200_003, 200_004]
    code, answer = command("import", str(catalogue), home=tmp_path, limit_s=240)
    assert (answer["new"], answer["updated"], answer["unchanged"]) == (0, 0, 200_000)


# --- the printer ---


def test_selling_goes_on_while_the_printer_hangs_after_ten_bytes(shop: Shop) -> None:
    with socket_printer() as printer:
        printer.behave(hang_after=10)
        till = _clerk(shop, printer)
        diary: list[dict[str, Any]] = []
        try:
            _read_until(till, diary, lambda: printer.stuck.is_set() and sum("sale_id" in line for line in diary) > 10)
            sold = sum("sale_id" in line for line in diary)
            _read_until(till, diary, lambda: sum("sale_id" in line for line in diary) >= sold + 20)
        finally:
            till.kill()
            diary += till.lines()
            till.close()
        printer.switch_off()
        printer.behave()
        printer.switch_on()
        last = _clerk(shop, printer)
        last.tell()
        diary += last.lines()
        try:
            assert last.wait() == 0, last.complaints()
        finally:
            last.close()
    books = open_books(shop.database, shop.market.database)
    try:
        states = [row["state"] for row in books.till.execute("SELECT state FROM print_job ORDER BY created_at")]
        assert check_done_is_there(books.till, diary) == []
    finally:
        books.close()
    assert "unknown" in states, "what hung may be on paper: a person is asked"
    assert set(states) <= {"unknown", "done"}
    assert states.count("unknown") <= 2, "one job hung; the crash may have cut another one short"


def _clerk(shop: Shop, printer: SocketPrinter) -> Child:
    customers = shop.folder / "customers.txt"
    customers.touch()
    till = Child(
        [
            "-m",
            "tests.journeys.till_process",
            f"--customers={customers}",
            f"--codes={shop.folder / 'codes.txt'}",
            f"--printer={printer.port}",
            f"--seed={secrets.randbits(30)}",
        ],
        shop.home,
        shop.folder / "till.err",
    )
    assert till.line() is not None, till.complaints()
    return till


def _read_until(till: Child, diary: list[dict[str, Any]], enough: Any) -> None:
    for line in till.lines():
        diary.append(line)
        if enough():
            return
    raise AssertionError(f"the till ended: {till.complaints()}")
