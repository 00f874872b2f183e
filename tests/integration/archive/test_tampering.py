"""Whatever is done to an archive without the key is found and named by the verifier; nothing done, nothing found."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from app.storage.archive_check import check_archive, load_verifier
from app.storage.archive_files import verifier_path
from app.storage.signing import LedgerSigner
from tests.fakes.archived_shop import ArchivedShop
from tests.fakes.surroundings import MemorySecrets
from tests.fakes.tampering import (
    EDITS,
    REMOVED_AND_TOLD,
    Edit,
    Files,
    pack,
    rows_of,
    sign_manifest,
    signed_anew,
    table,
    unpacked,
    with_manifest_told,
)

ROUNDS = 12
"""Of each kind of edit; with 22 kinds more than 250."""


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_r15_every_edit_is_found_and_named(
    edit: Edit, archives: tuple[ArchivedShop, Path, Path], verifier: ModuleType, tmp_path: Path
) -> None:
    _, older, newest = archives
    chance = Random(edit.name)
    untouched = unpacked(newest)
    for round_no in range(ROUNDS):
        files: Files = {}
        said = ""
        while not said or files == untouched:
            files = dict(untouched)
            said = edit.make(chance, files, unpacked(older))
        report = verifier.check(pack(files, tmp_path / f"{round_no}.zip"))
        assert report.findings, said
        for finding in report.findings:
            assert finding.file, said
            assert finding.sentence("fr") != finding.sentence("en"), said


INNER = [edit for edit in EDITS if edit.name.startswith(("remove a row", "double", "swap rows", "cut", "change"))]


@pytest.mark.parametrize("edit", [*INNER, REMOVED_AND_TOLD], ids=lambda edit: edit.name)
def test_r15_each_check_stands_on_its_own(
    edit: Edit, archives: tuple[ArchivedShop, Path, Path], verifier: ModuleType, tmp_path: Path
) -> None:
    """Even with a manifest that fits and is signed with the till's own key, tables, chains and closures tell."""
    shop, older, newest = archives
    chance = Random(f"inner {edit.name}")
    untouched = unpacked(newest)
    for round_no in range(ROUNDS):
        files: Files = {}
        said = ""
        while not said or files == untouched or files["cles.csv"] != untouched["cles.csv"]:
            files = dict(untouched)
            said = edit.make(chance, files, unpacked(older))
        sign_manifest(files, shop.counter.signer)
        report = verifier.check(pack(files, tmp_path / f"{round_no}.zip"))
        assert report.findings, said
        assert not {"manifest_signature", "file_changed"} & {finding.code for finding in report.findings}


def test_r15_the_verifier_says_where(archives: tuple[ArchivedShop, Path, Path], tmp_path: Path) -> None:
    """As a process, with nothing but Python: file, row and what is wrong, in French."""
    files = unpacked(archives[2])
    rows = rows_of(files["lignes.csv"])
    place = rows[0].index("libelle")
    rows[3][place] = "Autre chose"
    files["lignes.csv"] = table(rows)
    with_manifest_told(files)
    told = alone(pack(files, tmp_path / "changed.zip"))
    assert told.returncode == 1
    assert "manifest.sig : la signature du manifeste est fausse" in told.stdout
    assert "lignes.csv, ligne 4 : colonne « libelle » : « Autre chose » au lieu de" in told.stdout
    assert "2 anomalie(s)." in told.stdout


def test_r15_a_sale_taken_out_is_named_by_its_number(archives: tuple[ArchivedShop, Path, Path], tmp_path: Path) -> None:
    files = unpacked(archives[2])
    rows = rows_of(files["registre.csv"])
    sales = [place for place, row in enumerate(rows) if row[1] == "sales"]
    number = rows[sales[2]][2]
    del rows[sales[2]]
    files["registre.csv"] = table(rows)
    told = alone(pack(files, tmp_path / "shorter.zip"), "--json")
    answer = json.loads(told.stdout)
    assert (told.returncode, answer["ok"]) == (1, False)
    [missing] = [found for found in answer["findings"] if found["code"] == "numbers_missing"]
    assert f"il manque {number} à {number}" in missing["text"]


def test_r15_a_cut_or_damaged_file_is_found(archives: tuple[ArchivedShop, Path, Path], tmp_path: Path) -> None:
    """The zip file itself, byte by byte: what can still be read differently is found."""
    chance, content = Random(3), archives[2].read_bytes()
    damaged = tmp_path / "damaged.zip"
    untouched, seen = unpacked(archives[2]), 0
    verifier = load_verifier()
    for _ in range(60):
        bad = bytearray(content)
        if chance.random() < 0.3:
            bad = bad[: chance.randrange(len(bad))]
        else:
            bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        damaged.write_bytes(bad)
        try:
            harmless = unpacked(damaged) == untouched
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            harmless = False
        if not harmless:
            seen += 1
            assert verifier.check(damaged).findings
    assert seen > 30


def test_r15_a_ledger_signed_anew_with_another_key_shows_against_what_others_know(
    archives: tuple[ArchivedShop, Path, Path], tmp_path: Path
) -> None:
    """Whoever signs everything anew has an archive that fits itself: the key's print, the archive before and the till
    tell on it."""
    shop, older, newest = archives
    files = unpacked(newest)
    signed_anew(files, LedgerSigner(MemorySecrets()))
    forged = pack(files, tmp_path / "forged.zip")
    assert alone(forged, "--toutes-les-signatures").returncode == 0
    true_key = load_verifier().check(newest).key_fingerprint
    named = alone(forged, "--cle", true_key)
    assert named.returncode == 1
    assert "la clé publique n'est pas celle attendue" in named.stdout
    assert "a changé" in alone(forged, older).stdout
    codes = {found.code for found in check_archive(forged, reader=shop.reader).findings}
    assert codes == {"key_differs", "ledger_differs"}
    assert alone(newest, "--cle", true_key).returncode == 0


def alone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(verifier_path()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
