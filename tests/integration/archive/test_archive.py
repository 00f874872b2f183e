"""Archives made of a real ledger, checked by the verifier that is in them, run as a stranger would run it (R15)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from app.domain.cash import CashMovementKind
from app.domain.money import Money
from app.storage.archive_check import check_archive
from app.storage.archive_files import verifier_path
from app.usecases.keep_cash import move_cash
from tests.fakes.archived_shop import ArchivedShop


def run_verifier(*arguments: str | Path, script: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The verifier alone: no Comptoir, no site packages, no environment."""
    command = [sys.executable, "-I", "-S", str(script or verifier_path()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_r15_an_untouched_archive_is_in_order_for_a_stranger_and_for_the_till(shop: ArchivedShop) -> None:
    shop.trade(days=3, tickets=8)
    archive = shop.archive(date(2026, 11, 2), date(2026, 11, 4))
    told = run_verifier(archive, "--toutes-les-signatures")
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert "Tout est conforme." in told.stdout
    assert check_archive(archive, reader=shop.reader).ok


def test_r15_archives_follow_each_other_and_say_so(shop: ArchivedShop, tmp_path: Path) -> None:
    shop.trade(days=4, tickets=6)
    first = shop.archive(date(2026, 11, 2), date(2026, 11, 3))
    second = shop.archive(date(2026, 11, 4), date(2026, 11, 5))
    third = shop.archive(date(2026, 11, 6), date(2026, 11, 6))
    assert run_verifier(second, first).returncode == 0
    assert run_verifier(third, second).returncode == 0
    told = run_verifier(third, first, "--en")
    assert told.returncode == 1
    assert "do not follow each other" in told.stdout


def test_r15_the_unpacked_folder_checks_itself_with_its_own_verifier(shop: ArchivedShop, tmp_path: Path) -> None:
    shop.trade(days=1, tickets=5)
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(shop.archive(date(2026, 11, 2), date(2026, 11, 2))) as packed:
        packed.extractall(folder)  # our own archive
    assert run_verifier(script=folder / "verifier.py").returncode == 0
    (folder / "lignes.csv").write_text("", encoding="utf-8")
    told = run_verifier(script=folder / "verifier.py")
    assert told.returncode == 1
    assert "lignes.csv : ce n'est plus le fichier d'origine" in told.stdout


def test_r15_a_month_is_held_against_its_days_though_they_are_in_the_archive_before(shop: ArchivedShop) -> None:
    shop.clock.go_on(days=26)  # 28 November
    shop.trade(days=5, tickets=4)
    november = shop.archive(date(2026, 11, 1), date(2026, 11, 30))
    december = shop.archive(date(2026, 12, 1), date(2026, 12, 31))
    told = run_verifier(december, november)
    assert told.returncode == 0, told.stdout
    assert "2026-11;1;2026-11-01;2026-11-30" in table_of(december, "clotures.csv")
    assert run_verifier(december).returncode == 0


def table_of(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as packed:
        return packed.read(name).decode("utf-8")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the notice names openssl as another way")
def test_r15_the_manifest_is_checked_without_python_too(shop: ArchivedShop, tmp_path: Path) -> None:
    """As the notice says it."""
    shop.trade(days=1, tickets=2)
    with zipfile.ZipFile(shop.archive(date(2026, 11, 2), date(2026, 11, 2))) as packed:
        packed.extractall(tmp_path / "unpacked")
    words = "openssl dgst -sha256 -verify cle_publique.pem -signature manifest.sig manifest.json"
    assert words in (tmp_path / "unpacked" / "LISEZ-MOI.txt").read_text(encoding="utf-8")
    told = subprocess.run(words.split(), cwd=tmp_path / "unpacked", capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "Verified OK\n")


def test_r15_a_day_without_tickets_closed_after_tickets_of_a_later_day_is_in_order(shop: ArchivedShop) -> None:
    """A forgotten day on which only money moved gets its Z together with the next day's: its total is that of its own
    day, though the chain of sales was longer by then."""
    shop.sell()
    shop.close_day()
    shop.clock.go_on(days=1)
    move_cash(shop.counter, CashMovementKind.CASH_IN, Money(500), "appoint", "Léa")
    shop.clock.go_on(days=1)
    shop.sell()
    shop.close_day()
    told = run_verifier(shop.archive(date(2026, 11, 2), date(2026, 11, 4)), "--en", "--toutes-les-signatures")
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
