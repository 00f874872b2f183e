"""What somebody without the key can do to an archive: seeded changes, from a flipped bit to a recomputed chain."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from app.usecases.export_archive import der_signature
from app.usecases.fiscal_ports import Signer

Files = dict[str, bytes]
TABLES = (
    "registre.csv",
    "documents.csv",
    "lignes.csv",
    "tva.csv",
    "paiements.csv",
    "evenements.csv",
    "clotures.csv",
    "caisse.csv",
    "duplicatas.csv",
    "factures.csv",
    "cles.csv",
)


@dataclass(frozen=True)
class Edit:
    """A kind of change. `make` changes the files; it says what it did, "" if there was nothing to change."""

    name: str
    make: Callable[[Random, Files, Files], str]


def unpacked(archive: Path) -> Files:
    with zipfile.ZipFile(archive) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def pack(files: Files, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=";"))


def table(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def with_manifest_told(files: Files) -> None:
    """Sizes and digests in the manifest are made to fit, as a forger would."""
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        content = files.get(entry["name"], b"")
        entry["size"], entry["sha256"] = len(content), hashlib.sha256(content).hexdigest()
        if "rows" in entry:
            entry["rows"] = max(0, len(rows_of(content)) - 1)
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def with_chains_recomputed(files: Files) -> None:
    """Plain digests anew from end to end, in the ledger, in the tables and in the manifest: all but the signatures."""
    rows = rows_of(files["registre.csv"])
    at = {name: place for place, name in enumerate(rows[0])}
    manifest = json.loads(files["manifest.json"])
    chains = {(chain["till"], chain["series"]): chain for chain in manifest["chains"]}
    ends = {key: (chain["before"]["hash"], chain["before"]["signature"]) for key, chain in chains.items()}
    anew: dict[str, str] = {}
    for row in rows[1:]:
        key = row[at["caisse"]], row[at["serie"]]
        before = b"".join(bytes.fromhex(part) for part in ends[key])
        digest = hashlib.sha256(before + row[at["contenu"]].encode()).hexdigest()
        anew[row[at["empreinte"]]] = digest
        row[at["empreinte"]] = digest
        ends[key] = digest, row[at["signature"]]
        chains[key]["last"]["hash"] = digest
    files["registre.csv"] = table(rows)
    for name in TABLES[1:]:
        text = files[name].decode()
        for old, new in anew.items():
            text = text.replace(old, new)
        files[name] = text.encode()
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def sign_manifest(files: Files, signer: Signer) -> None:
    """A manifest that fits, signed."""
    with_manifest_told(files)
    files["manifest.sig"] = der_signature(signer.sign(hashlib.sha256(files["manifest.json"]).digest()))


def signed_anew(files: Files, signer: Signer) -> None:
    """All rows, the manifest and the key by another signer, every end that closures name made to fit."""
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
    sign_manifest(files, signer)


def tables_follow(files: Files, verifier: ModuleType) -> None:
    """Every table anew from the ledger's file, as if a forger had a Comptoir of his own."""
    ledger = rows_of(files["registre.csv"])
    at = {name: place for place, name in enumerate(ledger[0])}
    beside = {"@hash": "empreinte", "@signature": "signature", "@key_id": "cle"}
    for one in json.loads(files["schema.json"])["tables"]:
        if one["file"] == "registre.csv":
            continue
        rows = [[column["name"] for column in one["columns"]]]
        for row in ledger[1:]:
            content = json.loads(row[at["contenu"]])
            if content["series"] not in one["series"] or (one["kinds"] and content["kind"] not in one["kinds"]):
                continue
            content.update({source: row[at[name]] for source, name in beside.items()})
            for item in content[one["each"]] if one["each"] else [{}]:
                rows.append([verifier.cell_of(column, {**content, "item": item}) for column in one["columns"]])
        files[one["file"]] = table(rows)


def change_row(files: Files, series: str, change: Callable[[dict[str, Any]], object]) -> int:
    """Another content in the sealed text of a chain's first row. Where it is, as a spreadsheet counts."""
    rows = rows_of(files["registre.csv"])
    place = next(place for place, row in enumerate(rows) if row[1] == series)
    column = rows[0].index("contenu")
    content = json.loads(rows[place][column])
    change(content)
    rows[place][column] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    files["registre.csv"] = table(rows)
    return place + 1


def _flip_byte(chance: Random, files: Files, older: Files) -> str:
    name = chance.choice([name for name in files if files[name]])
    content = bytearray(files[name])
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    files[name] = bytes(content)
    return f"bit of {name} at {place}"


def _some_table(chance: Random, files: Files, least: int = 2) -> tuple[str, list[list[str]]]:
    fitting = [name for name in TABLES if len(rows_of(files[name])) > least]
    name = chance.choice(fitting)
    return name, rows_of(files[name])


def _remove_row(chance: Random, files: Files, older: Files) -> str:
    name, rows = _some_table(chance, files)
    place = chance.randrange(1, len(rows))
    del rows[place]
    files[name] = table(rows)
    return f"row {place} out of {name}"


def _double_row(chance: Random, files: Files, older: Files) -> str:
    name, rows = _some_table(chance, files)
    place = chance.randrange(1, len(rows))
    rows.insert(chance.randrange(1, len(rows) + 1), rows[place])
    files[name] = table(rows)
    return f"row {place} twice in {name}"


def _swap_rows(chance: Random, files: Files, older: Files) -> str:
    name, rows = _some_table(chance, files)
    one, other = chance.sample(range(1, len(rows)), 2)
    if rows[one] == rows[other]:
        return ""
    rows[one], rows[other] = rows[other], rows[one]
    files[name] = table(rows)
    return f"rows {one} and {other} of {name}"


def _cut_tail(chance: Random, files: Files, older: Files) -> str:
    name, rows = _some_table(chance, files, 4)
    count = chance.randint(1, 3)
    files[name] = table(rows[:-count])
    return f"last {count} rows of {name}"


def _change_cell(chance: Random, files: Files, older: Files) -> str:
    name, rows = _some_table(chance, files, 1)
    place, column = chance.randrange(1, len(rows)), chance.randrange(len(rows[0]))
    cell = rows[place][column]
    rows[place][column] = (cell[:-1] + chance.choice([c for c in "0123456789a" if c != cell[-1]])) if cell else "1"
    files[name] = table(rows)
    return f"row {place} of {name}, {rows[0][column]}"


def _remove_file(chance: Random, files: Files, older: Files) -> str:
    name = chance.choice(list(files))
    del files[name]
    return f"without {name}"


def _empty_file(chance: Random, files: Files, older: Files) -> str:
    name = chance.choice([name for name in files if files[name]])
    files[name] = b""
    return f"{name} empty"


def _add_file(chance: Random, files: Files, older: Files) -> str:
    files[f"notes-{chance.randrange(99)}.csv"] = b"a;b\r\n"
    return "one file more"


def _swap_files(chance: Random, files: Files, older: Files) -> str:
    one, other = chance.sample([name for name in files if name.endswith(".csv")], 2)
    files[one], files[other] = files[other], files[one]
    return f"{one} and {other} swapped"


def _older_file(chance: Random, files: Files, older: Files) -> str:
    name = chance.choice([name for name in files if files[name] != older[name]])
    files[name] = older[name]
    return f"{name} of an older archive"


def _manifest_value(chance: Random, files: Files, older: Files) -> str:
    manifest = json.loads(files["manifest.json"])
    name = chance.choice(["first_day", "last_day", "siret", "till", "software", "made_at", "legal_name", "made_by"])
    manifest[name] = str(manifest[name]) + "1"
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    return f"manifest: {name}"


def _manifest_sum(chance: Random, files: Files, older: Files) -> str:
    manifest = json.loads(files["manifest.json"])
    chain: dict[str, Any] = chance.choice(manifest["chains"])
    chance.choice([manifest["sums"], chain])[chance.choice(["total", "rows"])] = chance.randrange(10**6, 10**7)
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    return "manifest: a sum"


def _content(chance: Random, files: Files) -> str:
    """Another label, amount or operator in the sealed text of a row, and in the tables that repeat it."""
    rows = rows_of(files["registre.csv"])
    at = {name: place for place, name in enumerate(rows[0])}
    sales = [row for row in rows[1:] if row[at["serie"]] == "sales"]
    row = chance.choice(sales)
    content = json.loads(row[at["contenu"]])
    what = chance.choice(["label", "operator", "means", "at"])
    if what == "label":
        content["lines"][0]["label"] += " bis"
    elif what == "means":
        content["payments"][0]["means"] = "cheque"
    elif what == "operator":
        content["operator"] = row_operator = content["operator"] + "x"
        assert row_operator
    else:
        content["at"] = content["at"].replace("T0", "T1").replace("T1", "T0", 1)
    before = row[at["contenu"]]
    row[at["contenu"]] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    files["registre.csv"] = table(rows)
    return f"{what} of sale {row[at['numero']]}" if row[at["contenu"]] != before else ""


def _change_content(chance: Random, files: Files, older: Files) -> str:
    return _content(chance, files)


def _change_content_recomputed(chance: Random, files: Files, older: Files) -> str:
    said = _content(chance, files)
    with_chains_recomputed(files)
    with_manifest_told(files)
    return said and f"{said}, all digests recomputed"


def _remove_sale_recomputed(chance: Random, files: Files, older: Files) -> str:
    """The last sales taken out of everything, and every digest, count and end made to fit."""
    manifest = json.loads(files["manifest.json"])
    [chain] = [chain for chain in manifest["chains"] if chain["series"] == "sales"]
    count = chance.randint(1, 3)
    last = chain["last"]["number"] - count
    for name in TABLES:
        rows = rows_of(files[name])
        if "serie" not in rows[0]:
            continue
        series, number = rows[0].index("serie"), rows[0].index("numero")
        kept = [row for row in rows[1:] if row[series] != "sales" or int(row[number]) <= last]
        files[name] = table([rows[0], *kept])
    rows = rows_of(files["registre.csv"])
    head = [row for row in rows[1:] if row[1] == "sales"][-1]
    at = {name: place for place, name in enumerate(rows[0])}
    ends = {"number": last, "hash": head[at["empreinte"]], "signature": head[at["signature"]]}
    chain["last"], chain["rows"] = ends, chain["rows"] - count
    sales = [json.loads(row[at["contenu"]]) for row in rows[1:] if row[1] == "sales"]
    manifest["sums"].update(
        documents=len(sales), total=sum(s["total"] for s in sales), turnover=sum(s["turnover"] for s in sales)
    )
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    with_manifest_told(files)
    return f"last {count} sales gone, everything made to fit"


def _told(edit: Callable[[Random, Files, Files], str]) -> Callable[[Random, Files, Files], str]:
    def make(chance: Random, files: Files, older: Files) -> str:
        said = edit(chance, files, older)
        if said and "manifest.json" in files:
            with_manifest_told(files)
        return said and f"{said}, manifest made to fit"

    return make


REMOVED_AND_TOLD = Edit("remove sales, recomputed", _remove_sale_recomputed)

EDITS = (
    Edit("flip a bit", _flip_byte),
    Edit("remove a row", _remove_row),
    Edit("remove a row, told", _told(_remove_row)),
    Edit("double a row", _double_row),
    Edit("double a row, told", _told(_double_row)),
    Edit("swap rows", _swap_rows),
    Edit("swap rows, told", _told(_swap_rows)),
    Edit("cut the tail", _cut_tail),
    Edit("cut the tail, told", _told(_cut_tail)),
    Edit("change a cell", _change_cell),
    Edit("change a cell, told", _told(_change_cell)),
    Edit("remove a file", _remove_file),
    Edit("empty a file", _empty_file),
    Edit("add a file", _add_file),
    Edit("swap files", _swap_files),
    Edit("swap files, told", _told(_swap_files)),
    Edit("older file", _older_file),
    Edit("manifest value", _manifest_value),
    Edit("manifest sum", _manifest_sum),
    Edit("change content", _change_content),
    Edit("change content, recomputed", _change_content_recomputed),
    REMOVED_AND_TOLD,
)
