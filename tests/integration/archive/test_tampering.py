"""Whatever is done to an archive without the key is found and named by the verifier; nothing done, nothing found."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from app.storage.archive_check import check_archive, load_verifier
from app.storage.archive_files import verifier_path
from app.storage.signing import LedgerSigner
from app.usecases.export_archive import der_signature
from tests.fakes.archived_shop import ArchivedShop
from tests.fakes.surroundings import MemorySecrets
from tests.fakes.tampering import EDITS, Edit, Files, pack, rows_of, table, unpacked, with_manifest_told

ROUNDS = 12
"""Of each kind of edit; with 22 kinds more than 250."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ArchivedShop, Path, Path]]:
    """A shop, an older archive, and the one to be tampered with."""
    shop = ArchivedShop(tmp_path_factory.mktemp("shop"), seed=7)
    shop.trade(days=4, tickets=5)
    older = shop.archive(date(2026, 11, 2), date(2026, 11, 3))
    yield shop, older, shop.archive(date(2026, 11, 4), date(2026, 11, 5))
    shop.close()


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    return load_verifier()


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
    files = signed_anew(unpacked(newest))
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


def signed_anew(files: Files) -> Files:
    """All rows, the manifest and the key of a forger, every sum made to fit."""
    signer = LedgerSigner(MemorySecrets())
    rows = rows_of(files["registre.csv"])
    at = {name: place for place, name in enumerate(rows[0])}
    manifest = json.loads(files["manifest.json"])
    chains = {(chain["till"], chain["series"]): chain for chain in manifest["chains"]}
    old_key = manifest["key_id"]
    ends = {key: (chain["before"]["hash"], chain["before"]["signature"]) for key, chain in chains.items()}
    anew = {old_key: signer.key_id}
    for row in sorted(rows[1:], key=lambda row: row[at["serie"]] == "closures"):  # they name the ends of all others
        key = row[at["caisse"]], row[at["serie"]]
        content = row[at["contenu"]]
        if row[at["serie"]] == "closures":
            for old, new in anew.items():
                content = content.replace(old, new)
            row[at["contenu"]] = content
        digest = hashlib.sha256(b"".join(bytes.fromhex(part) for part in ends[key]) + content.encode()).digest()
        signature = signer.sign(digest).hex()
        anew[row[at["empreinte"]]] = digest.hex()
        anew[row[at["signature"]]] = signature
        row[at["empreinte"]], row[at["signature"]], row[at["cle"]] = digest.hex(), signature, signer.key_id
        ends[key] = digest.hex(), signature
        chains[key]["last"].update(hash=digest.hex(), signature=signature)
    files["registre.csv"] = table(rows)
    for name in files:
        if name.endswith(".csv") and name not in ("registre.csv", "cles.csv"):
            text = files[name].decode()
            for old, new in anew.items():
                text = text.replace(old, new)
            files[name] = text.encode()
    der = "".join(signer.public_pem.splitlines()[1:-1])
    files["cles.csv"] = table([["cle", "cree_le", "cle_publique_der_base64"], [signer.key_id, "2026", der]])
    files["cle_publique.pem"] = signer.public_pem.encode()
    manifest["key_id"] = signer.key_id
    files["manifest.json"] = json.dumps(manifest).encode()
    with_manifest_told(files)
    files["manifest.sig"] = der_signature(signer.sign(hashlib.sha256(files["manifest.json"]).digest()))
    return files
