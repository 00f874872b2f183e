#!/usr/bin/env python3
"""Vérifie une archive de caisse Comptoir, sans Comptoir : un seul fichier, Python 3.8 ou plus récent, rien à installer.

    python3 verifier.py ARCHIVE.zip [ARCHIVE_PRECEDENTE.zip] [--toutes-les-signatures] [--cle EMPREINTE] [--en] [--json]

Sans nom d'archive, vérifie le dossier où il se trouve. Réponse : 0 tout est conforme, 1 au moins une anomalie (chacune
est nommée avec son fichier et sa ligne), 2 mauvaise utilisation.

Contrôles : empreinte de chaque fichier, signature du manifeste, enchaînement et numérotation de chaque chaîne,
signatures des clôtures, des archives et de la fin de chaque chaîne (ou toutes), montants de chaque document, TVA,
totaux perpétuels, clôtures = somme des documents, tableaux CSV = contenu signé, suite avec l'archive précédente.
"""

# Python 3.8 knows no zip(strict=...).
# ruff: noqa: B905
# Read by inspectors: nothing but what acts; bodies are checked all the same.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

# What follows is also what `comptoir verify` runs: one source of truth. It shares no code with the program that writes
# archives, so that a fault of the one is not a fault of the other.

import argparse
import base64
import csv
import hashlib
import io
import json
import sys
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

FORMAT = "comptoir-archive"
VERSION = 1
MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "cle_publique.pem"
LEDGER, KEYS, SCHEMA = "registre.csv", "cles.csv", "schema.json"
REQUIRED = (LEDGER, KEYS, SCHEMA, PUBLIC_KEY, "LISEZ-MOI.txt", "verifier.py")
SALES, TRAINING, CLOSURES, EVENTS, ARCHIVES = "sales", "training", "closures", "events", "archives"
TURNOVER = ("goods", "service")
MOST_FINDINGS = 1000
MOST_OF_A_TABLE = 20
MOST_OF_A_PAPER = 64 << 20
PIECE = 1 << 20
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    UnicodeError,
    csv.Error,
    OverflowError,
)

MESSAGES = {
    "not_an_archive": (
        "illisible : ce n'est pas une archive entière (fichier coupé ou abîmé)",
        "cannot be read: not a whole archive (cut or damaged file)",
    ),
    "unreadable": ("illisible : {problem}", "cannot be read: {problem}"),
    "missing_file": ("ce fichier manque", "this file is missing"),
    "extra_file": ("ce fichier n'est pas dans le manifeste", "this file is not in the manifest"),
    "double_file": ("ce fichier est deux fois dans l'archive", "this file is in the archive twice"),
    "file_changed": (
        "ce n'est plus le fichier d'origine : son empreinte ou sa taille n'est pas celle du manifeste",
        "no longer the original file: its digest or size is not the manifest's",
    ),
    "manifest_unreadable": ("le manifeste n'est pas lisible : {problem}", "the manifest cannot be read: {problem}"),
    "unknown_format": (
        "format « {format} » version {version} inconnu de ce vérificateur",
        "format “{format}” version {version} unknown to this verifier",
    ),
    "manifest_signature": (
        "la signature du manifeste est fausse : il a été changé ou refait après coup",
        "the manifest's signature is wrong: it was changed or made anew",
    ),
    "public_key_unreadable": ("clé publique illisible", "unreadable public key"),
    "other_key": (
        "la clé publique n'est pas celle attendue ({expected}) mais {found}",
        "the public key is not the expected one ({expected}) but {found}",
    ),
    "key_id": ("la clé {key} ne porte pas son vrai identifiant", "key {key} does not bear its true identifier"),
    "manifest_key": (
        "la clé du manifeste ({key}) n'est pas celle de cle_publique.pem ou manque dans cles.csv",
        "the manifest's key ({key}) is not the one of cle_publique.pem or is missing in cles.csv",
    ),
    "header": ("les colonnes ne sont pas celles de schema.json", "the columns are not those of schema.json"),
    "row_shape": ("ligne illisible ({problem})", "unreadable row ({problem})"),
    "unknown_chain": (
        "chaîne {chain} inconnue du manifeste, ou hors de sa place",
        "chain {chain} unknown to the manifest, or out of place",
    ),
    "numbers_missing": (
        "chaîne {chain} : il manque {first} à {last} (lignes ôtées)",
        "chain {chain}: {first} to {last} are missing (rows removed)",
    ),
    "number_order": (
        "chaîne {chain} : le numéro {number} vient après {previous} (ligne ajoutée, doublée ou déplacée)",
        "chain {chain}: number {number} comes after {previous} (row added, doubled or moved)",
    ),
    "link": (
        "{chain} n° {number} : le contenu ou l'enchaînement a été changé (empreinte fausse)",
        "{chain} no. {number}: content or link was changed (wrong digest)",
    ),
    "unknown_key": ("{chain} n° {number} : clé {key} inconnue", "{chain} no. {number}: unknown key {key}"),
    "signature": (
        "{chain} n° {number} : signature fausse (ligne changée ou refaite)",
        "{chain} no. {number}: wrong signature (row changed or made anew)",
    ),
    "content": (
        "{chain} n° {number} : contenu incompréhensible ({problem})",
        "{chain} no. {number}: content not understood ({problem})",
    ),
    "period": (
        "{chain} n° {number} : la journée {day} n'est pas de la période ou recule",
        "{chain} no. {number}: day {day} is not of the period or goes back",
    ),
    "tail": (
        "chaîne {chain} : s'arrête à {number}, le manifeste dit {expected} (fin coupée ou changée)",
        "chain {chain}: stops at {number}, the manifest says {expected} (tail cut or changed)",
    ),
    "declared_gap": (
        "chaîne {chain} : {first} à {last} perdus ; la caisse l'a constaté et inscrit à son journal",
        "chain {chain}: {first} to {last} lost; the till noticed it and recorded it in its journal",
    ),
    "sum": (
        "{chain} n° {number} : {what} ne tombe pas juste ({found} au lieu de {expected}, en centimes)",
        "{chain} no. {number}: {what} does not add up ({found} instead of {expected}, in cents)",
    ),
    "cell": (
        "colonne « {column} » : « {found} » au lieu de « {expected} » (contenu signé)",
        "column “{column}”: “{found}” instead of “{expected}” (signed content)",
    ),
    "table_row_missing": (
        "la ligne {key} manque ici (ôtée ou déplacée) ; suite du fichier non comparée",
        "row {key} is missing here (removed or moved); the rest of the file is not compared",
    ),
    "table_row_extra": (
        "ligne de trop ({key}) : le registre signé ne la contient pas",
        "one row too many ({key}): the signed ledger does not hold it",
    ),
    "table_count": ("{found} lignes, le manifeste dit {expected}", "{found} rows, the manifest says {expected}"),
    "closure_head": (
        "{chain} n° {number} : la fin de {other} que cette clôture nomme (n° {at}) n'est pas celle du registre",
        "{chain} no. {number}: the end of {other} that this closure names (no. {at}) is not the ledger's",
    ),
    "closure_tail": (
        "{chain} n° {number} : les documents {first} à {last} de cette clôture manquent",
        "{chain} no. {number}: documents {first} to {last} of this closure are missing",
    ),
    "closure_range": (
        "{chain} n° {number} : commence au document {first} au lieu de {expected}",
        "{chain} no. {number}: begins at document {first} instead of {expected}",
    ),
    "manifest_sum": (
        "{what} : {expected} au manifeste, {found} dans le registre",
        "{what}: {expected} in the manifest, {found} in the ledger",
    ),
    "previous_bad": (
        "l'archive précédente a elle-même {count} anomalie(s)",
        "the previous archive itself has {count} finding(s)",
    ),
    "previous_other_till": (
        "l'archive précédente est d'une autre caisse",
        "the previous archive is another till's",
    ),
    "previous_period": (
        "l'archive précédente finit le {end}, celle-ci commence le {begin} : elles ne se suivent pas",
        "the previous archive ends on {end}, this one begins on {begin}: they do not follow each other",
    ),
    "previous_chain": (
        "chaîne {chain} : l'archive précédente finit à {found}, celle-ci part de {expected}, ou d'une autre ligne",
        "chain {chain}: the previous archive ends at {found}, this one starts from {expected}, or from another row",
    ),
    "previous_perpetual": (
        "chaîne {chain} : le total perpétuel repart de {found} au lieu de {expected} centimes",
        "chain {chain}: the perpetual total starts again from {found} instead of {expected} cents",
    ),
    "previous_key": (
        "la clé {key} de l'archive précédente manque ou a changé",
        "key {key} of the previous archive is missing or has changed",
    ),
}


# --- findings ---


class Finding:
    """What is wrong, where: `file`, `row` (as a spreadsheet counts, the header being 1; 0: the whole file)."""

    def __init__(self, code, file, row=0, **values):
        self.code, self.file, self.row, self.values = code, file, row, values

    def sentence(self, language="fr"):
        text = MESSAGES[self.code][1 if language == "en" else 0]
        text = text.format(**{name: _short(value) for name, value in self.values.items()})
        place = self.file
        if self.row:
            place += (", row {}" if language == "en" else ", ligne {}").format(self.row)
        return f"{place} : {text}" if language != "en" else f"{place}: {text}"


def _short(value):
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return text if len(text) <= 80 else text[:77] + "..."


class Report:
    """Everything found. `findings` stops at MOST_FINDINGS; `more` counts the others."""

    def __init__(self):
        self.findings = []
        self.more = 0
        self.manifest = {}
        self.rows = 0
        self.documents = 0
        self.signatures = 0
        self.key_fingerprint = ""
        self.heads = {}
        self.closures = {}
        self.perpetual_before = {}
        self.perpetual_after = {}
        self.keys = {}

    @property
    def ok(self):
        return not self.findings

    def add(self, code, file, row=0, **values):
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, file, row, **values))
        else:
            self.more += 1


# --- where the files are ---


class ZipSource:
    def __init__(self, path):
        self._zip = zipfile.ZipFile(path)

    def names(self):
        return self._zip.namelist()

    def open(self, name):
        return self._zip.open(name)

    def close(self):
        self._zip.close()


class FolderSource:
    def __init__(self, path):
        self._path = path

    def names(self):
        files = [path for path in self._path.rglob("*") if path.is_file()]
        here = [path.relative_to(self._path).as_posix() for path in files]
        return [name for name in here if not name.startswith("__pycache__/")]

    def open(self, name):
        return (self._path / name).open("rb")

    def close(self):
        pass


# --- ECDSA P-256, as in FIPS 186-5, on Python's whole numbers ---

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04")
"""What stands before the point in the DER form of a P-256 public key."""


def _double(point):
    x, y, z = point
    if not y:
        return None
    delta, gamma = z * z % P, y * y % P
    beta, alpha = x * gamma % P, 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, ((y + z) * (y + z) - gamma - delta) % P


def _add(point, affine):
    """Jacobian plus affine; None is the point at infinity."""
    if point is None:
        return affine[0], affine[1], 1
    x, y, z = point
    zz = z * z % P
    h, r = (affine[0] * zz - x) % P, (affine[1] * z * zz - y) % P
    if not h:
        return None if r else _double(point)
    hh = h * h % P
    hhh, v = h * hh % P, x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P


def _affine(points):
    """Many Jacobian points with one inversion."""
    products, product = [], 1
    for point in points:
        products.append(product)
        product = product * point[2] % P
    inverse = pow(product, -1, P)
    found = [(0, 0)] * len(points)
    for place in range(len(points) - 1, -1, -1):
        x, y, z = points[place]
        own = inverse * products[place] % P
        inverse = inverse * z % P
        square = own * own % P
        found[place] = (x * square % P, y * square * own % P)
    return found


def _multiples(point):
    """For each of the 32 bytes of a factor: the point times 0..255 times that byte's weight."""
    table = []
    for _ in range(32):
        row = [(point[0], point[1], 1)]
        for _ in range(255):
            row.append(_add(row[-1], point))
        affine = _affine(row)
        table.append([None, *affine[:255]])
        point = affine[255]
    return table


class PublicKey:
    """A P-256 public key. Raises ValueError if the bytes are none."""

    base = ()

    def __init__(self, der):
        point = der[len(SPKI) :]
        if not der.startswith(SPKI) or len(point) != 64:
            raise ValueError("not a P-256 public key")
        self.point = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
        x, y = self.point
        if x >= P or y >= P or (y * y - (x * x * x - 3 * x + B)) % P:
            raise ValueError("not a point of P-256")
        self.fingerprint = hashlib.sha256(der).hexdigest()
        self.key_id = self.fingerprint[:16]
        self._table = ()

    def verifies(self, digest, signature):
        """Whether r || s (32 bytes each) signs the SHA-256 digest."""
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (0 < r < N and 0 < s < N):
            return False
        if not PublicKey.base:
            PublicKey.base = _multiples(G)
        if not self._table:
            self._table = _multiples(self.point)
        w = pow(s, -1, N)
        total = None
        for factor, table in ((int.from_bytes(digest, "big") * w % N, PublicKey.base), (r * w % N, self._table)):
            for place, byte in enumerate(factor.to_bytes(32, "little")):
                if byte:
                    total = _add(total, table[place][byte])
        if total is None:
            return False
        return total[0] * pow(total[2], -2, P) % P % N == r


@lru_cache(maxsize=16)
def public_key(der):
    """One object a key: its table of multiples is made once. Raises ValueError."""
    return PublicKey(der)


def _der_of_pem(text):
    lines = [line.strip() for line in text.strip().splitlines()]
    if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
        raise ValueError("not a public key in PEM")
    return base64.b64decode("".join(lines[1:-1]), validate=True)


def _raw_of_der(signature):
    """r || s of an ASN.1 signature, written the one way it may be."""
    if len(signature) < 8 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        raise ValueError("not a signature")
    raw, place = b"", 2
    for _ in range(2):
        if signature[place] != 2:
            raise ValueError("not a signature")
        length = signature[place + 1]
        part = signature[place + 2 : place + 2 + length]
        if len(part) != length or not part or part[0] & 0x80 or (length > 1 and not part[0] and not part[1] & 0x80):
            raise ValueError("not a signature")
        raw += int.from_bytes(part, "big").to_bytes(32, "big")
        place += 2 + length
    if place != len(signature):
        raise ValueError("not a signature")
    return raw


# --- cells of tables, from the signed content ---


def cell_of(column, content):
    """What a cell must say, as schema.json describes its column."""
    value = content
    for step in column["source"].split("."):
        value = value.get(step, "") if isinstance(value, dict) else ""
    kind = column["type"]
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if value == "":
        return ""
    if kind == "amount":
        return "{}{},{:02d}".format("-" if value < 0 else "", abs(value) // 100, abs(value) % 100)
    if kind == "percent":
        whole, rest = divmod(value, 100)
        return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)
    return str(value)


class Table:
    """A CSV file read in step with the ledger that it comes from."""

    def __init__(self, check, description):
        self.check, self.file = check, description["file"]
        self.series, self.kinds = description["series"], description["kinds"]
        self.each, self.columns = description["each"], description["columns"]
        self.row, self.said, self.given_up = 1, 0, False
        self.rows = check.rows_of(self.file, [column["name"] for column in self.columns])

    def takes(self, series, kind):
        return (not self.series or series in self.series) and (not self.kinds or kind in self.kinds)

    def follow(self, content, beside):
        """Compare the rows that come out of one row of the ledger."""
        items = content.get(self.each, ()) if self.each else ((),)
        for item in items:
            known = dict(content)
            known.update(beside)
            known["item"] = item
            if not self.given_up:
                self._compare([cell_of(column, known) for column in self.columns])

    def _compare(self, expected):
        found = next(self.rows, None)
        self.row += 1
        if found is None or found[:3] != expected[:3]:
            self.check.report.add("table_row_missing", self.file, self.row, key=" ".join(expected[:3]))
            self.given_up = True
            return
        if found == expected:
            return
        for column, is_, should in zip(self.columns, found, expected):
            if is_ != should and self.said < MOST_OF_A_TABLE:
                self.said += 1
                values = {"column": column["name"], "found": is_, "expected": should}
                self.check.report.add("cell", self.file, self.row, **values)

    def end(self, expected_rows):
        """What is left over, and the count that the manifest gives."""
        left = 0
        for cells in self.rows:
            left += 1
            if not self.given_up and left <= MOST_OF_A_TABLE:
                self.check.report.add("table_row_extra", self.file, self.row + left, key=" ".join(cells[:3]))
        count = self.row - 1 + left
        if not self.given_up and count != expected_rows:
            self.check.report.add("table_count", self.file, found=count, expected=expected_rows)


class Chain:
    """A chain of the ledger while its rows go by."""

    def __init__(self, description):
        self.till, self.series = description["till"], description["series"]
        self.name = f"{self.till}/{self.series}"
        before, last = description["before"], description["last"]
        self.number, self.hash, self.signature = _head(before)
        self.before = self.number, self.hash, self.signature
        self.last = _head(last)
        self.rows, self.seen = description["rows"], 0
        self.day = ""
        self.perpetual = (0, 0) if self.number == 0 else None
        if self.number == 0 and (any(self.hash) or any(self.signature)):
            raise ValueError("beginning of " + self.name)


def _head(description):
    hash_, signature = bytes.fromhex(description["hash"]), bytes.fromhex(description["signature"])
    if len(hash_) != 32 or len(signature) != 64:
        raise ValueError("head of a chain")
    return int(description["number"]), hash_, signature


# --- the check ---


class Check:
    """One archive, read once, a row at a time."""

    def __init__(self, source, report, every_signature, expected_key, progress):
        self.source, self.report, self.every_signature = source, report, every_signature
        self.expected_key, self.progress = expected_key, progress
        self.keys, self.chains, self.tables = {}, {}, []
        self.total = self.turnover = 0
        self.gaps, self.jumps = [], []

    def run(self):
        names = self.source.names()
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.report.add("double_file", name)
        if not self._read_manifest(set(names)):
            return
        self._check_files(set(names))
        self._read_keys()
        self._check_ledger()

    # the papers

    def _paper(self, name):
        """A small file whole, None (and a finding) if it cannot be read."""
        try:
            with self.source.open(name) as file:
                return file.read(MOST_OF_A_PAPER)
        except KeyError:
            self.report.add("missing_file", name)
        except FileNotFoundError:
            self.report.add("missing_file", name)
        except UNREADABLE as error:
            self.report.add("unreadable", name, problem=type(error).__name__)
        return None

    def _read_manifest(self, names):
        raw = self._paper(MANIFEST)
        if raw is None:
            return False
        try:
            manifest = json.loads(raw.decode("utf-8"))
            if manifest["format"] != FORMAT or manifest["version"] != VERSION:
                self.report.add("unknown_format", MANIFEST, format=manifest["format"], version=manifest["version"])
                return False
            self.files = {file["name"]: file for file in manifest["files"]}
            self.chains = {(chain["till"], chain["series"]): Chain(chain) for chain in manifest["chains"]}
            self.first_day, self.last_day = manifest["first_day"], manifest["last_day"]
            sums = manifest["sums"]
            self.sums = {name: int(sums[name]) for name in ("documents", "total", "turnover")}
            self.manifest_key = manifest["key_id"]
            for gap in manifest["gaps"]:
                self._add_gap(gap)
            if not all(isinstance(file["size"], int) and len(file["sha256"]) == 64 for file in self.files.values()):
                raise ValueError("files")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            self.report.add("manifest_unreadable", MANIFEST, problem=_problem(error))
            return False
        self.report.manifest = manifest
        self._check_manifest_signature(raw)
        return True

    def _check_manifest_signature(self, raw):
        signature, pem = self._paper(SIGNATURE), self._paper(PUBLIC_KEY)
        self.key = None
        if pem is not None:
            try:
                self.key = public_key(_der_of_pem(pem.decode("ascii")))
            except (ValueError, IndexError):
                self.report.add("public_key_unreadable", PUBLIC_KEY)
        if self.key is None or signature is None:
            return
        self.report.key_fingerprint = self.key.fingerprint
        wanted = (self.expected_key or "").lower().replace(":", "").replace(" ", "")
        if wanted and not (len(wanted) >= 16 and self.key.fingerprint.startswith(wanted)):
            self.report.add("other_key", PUBLIC_KEY, expected=wanted, found=self.key.fingerprint)
        try:
            good = self.key.verifies(hashlib.sha256(raw).digest(), _raw_of_der(signature))
        except (ValueError, IndexError, OverflowError):
            good = False
        self.report.signatures += 1
        if not good:
            self.report.add("manifest_signature", SIGNATURE)

    def _check_files(self, names):
        for name in sorted(names - set(self.files) - {MANIFEST, SIGNATURE}):
            self.report.add("extra_file", name)
        for name in sorted(set(self.files) | set(REQUIRED)):
            if name not in names or name not in self.files:
                self.report.add("missing_file", name)
                continue
            digest, size = hashlib.sha256(), 0
            try:
                with self.source.open(name) as file:
                    for piece in iter(lambda: file.read(PIECE), b""):
                        digest.update(piece)
                        size += len(piece)
            except UNREADABLE as error:
                self.report.add("unreadable", name, problem=type(error).__name__)
                continue
            if size != self.files[name]["size"] or digest.hexdigest() != self.files[name]["sha256"]:
                self.report.add("file_changed", name)

    def _read_keys(self):
        for row, cells in enumerate(self.rows_of(KEYS, ["cle", "cree_le", "cle_publique_der_base64"]), 2):
            try:
                key = public_key(base64.b64decode(cells[2], validate=True))
            except ValueError:
                self.report.add("public_key_unreadable", KEYS, row)
                continue
            if key.key_id != cells[0]:
                self.report.add("key_id", KEYS, row, key=cells[0])
            self.keys[cells[0]] = key
        self.report.keys = {name: key.fingerprint for name, key in self.keys.items()}
        if self.key is not None and (self.key.key_id != self.manifest_key or self.manifest_key not in self.keys):
            self.report.add("manifest_key", MANIFEST, key=self.manifest_key)

    def rows_of(self, name, header):
        """The rows of a CSV file after its header; ends early, with a finding, where it cannot be read."""
        row = 1
        try:
            with self.source.open(name) as raw:
                reader = csv.reader(io.TextIOWrapper(raw, "utf-8", newline=""), delimiter=";", strict=True)
                if next(reader, None) != header:
                    self.report.add("header", name, 1)
                    return
                for cells in reader:
                    row += 1
                    if len(cells) == len(header):
                        yield cells
                    else:
                        self.report.add("row_shape", name, row, problem=f"{len(cells)} ; {len(header)}")
        except (KeyError, FileNotFoundError):
            return  # said already: it is missing
        except UNREADABLE as error:
            self.report.add("row_shape", name, row + 1, problem=_problem(error))

    # the ledger

    def _check_ledger(self):
        raw = self._paper(SCHEMA) if SCHEMA in self.files else None
        try:
            described = {table["file"]: table for table in json.loads(raw.decode("utf-8"))["tables"]} if raw else {}
            ledger = described.pop(LEDGER, None)
            self.tables = [Table(self, table) for table in described.values()]
            columns = ledger["columns"] if ledger else []
            header = [column["name"] for column in columns]
            if not set(LEDGER_COLUMNS) <= set(header):
                raise ValueError("columns of the ledger")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            self.report.add("unreadable", SCHEMA, problem=_problem(error))
            return
        self.closures = Closures(self.report, self.chains, self.gaps)
        places = [header.index(name) for name in LEDGER_COLUMNS]
        total = sum(chain.rows for chain in self.chains.values())
        for row, cells in enumerate(self.rows_of(LEDGER, header), 2):
            self._check_row(row, cells, columns, [cells[place] for place in places])
            if self.progress and row % 500 == 0:
                self.progress(row, total)
        self._check_ends()

    def _check_row(self, row, cells, columns, parts):
        till, series, number_text, kind, canonical, hash_text, signature_text, key_id = parts
        self.report.rows += 1
        chain = self.chains.get((till, series))
        try:
            number = int(number_text)
            stated, signature = bytes.fromhex(hash_text), bytes.fromhex(signature_text)
            content = json.loads(canonical)
            if not isinstance(content, dict):
                raise ValueError("JSON")
        except (ValueError, RecursionError) as error:
            self.report.add("row_shape", LEDGER, row, problem=_problem(error))
            return
        if chain is None:
            self.report.add("unknown_chain", LEDGER, row, chain=f"{till}/{series}")
            return
        sealed = canonical.encode("utf-8", "surrogatepass")
        linked = hashlib.sha256(chain.hash + chain.signature + sealed).digest() == stated
        self._check_place(row, chain, number, linked, (sealed, stated))
        self._check_signature(row, chain, number, stated, signature, key_id)
        chain.number, chain.hash, chain.signature = number, stated, signature
        chain.seen += 1
        self.closures.see_row(chain, number, stated)
        try:
            self._check_content(row, chain, number, content)
            beside = {"@canonical": canonical, "@hash": hash_text, "@signature": signature_text, "@key_id": key_id}
            self._check_cells(row, cells, columns, content, beside)
            for table in self.tables:
                if table.takes(series, kind):
                    table.follow(content, beside)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.report.add("content", LEDGER, row, chain=chain.name, number=number, problem=_problem(error))

    def _check_place(self, row, chain, number, linked, link):
        if number > chain.number + 1:
            # perhaps the till lost rows and said so; the event that says it may come later in the file
            self.jumps.append((row, chain, chain.number + 1, number - 1, link))
            chain.perpetual = None
        elif number <= chain.number:
            self.report.add("number_order", LEDGER, row, chain=chain.name, number=number, previous=chain.number)
        elif not linked:
            self.report.add("link", LEDGER, row, chain=chain.name, number=number)

    def _check_jumps(self):
        """Numbers that are missing: declared by the till, in its signed journal or in the manifest, or taken out."""
        for row, chain, first, last, (sealed, stated) in self.jumps:
            code = "numbers_missing"
            for series, gap_last, gap_first, hash_, signature in self.gaps:
                named = series == chain.series and gap_last == last
                named = named and (gap_first <= first or self._are_named(series, first, gap_first - 1))
                if named and hashlib.sha256(hash_ + signature + sealed).digest() == stated:
                    code = "declared_gap"
            self.report.add(code, LEDGER, row, chain=chain.name, first=first, last=last)

    def _are_named(self, series, first, last):
        """Whether all of these numbers are in gaps that were declared, one or several side by side."""
        return _are_covered([gap[1:3] for gap in self.gaps if gap[0] == series], first, last)

    def _add_gap(self, said):
        hash_, signature = bytes.fromhex(said["hash"]), bytes.fromhex(said["signature"])
        self.gaps.append((said["series"], int(said["last"]), int(said["first"]), hash_, signature))

    def _check_signature(self, row, chain, number, digest, signature, key_id):
        key = self.keys.get(key_id)
        if key is None:
            self.report.add("unknown_key", LEDGER, row, chain=chain.name, number=number, key=key_id)
            return
        if self.every_signature or chain.series in (CLOSURES, ARCHIVES) or number == chain.last[0]:
            self.report.signatures += 1
            if not key.verifies(digest, signature):
                self.report.add("signature", LEDGER, row, chain=chain.name, number=number)

    def _check_cells(self, row, cells, columns, content, beside):
        known = dict(content)
        known.update(beside)
        for column, found in zip(columns, cells):
            expected = cell_of(column, known)
            if found != expected:
                self.report.add("cell", LEDGER, row, column=column["name"], found=found, expected=expected)

    def _check_content(self, row, chain, number, content):
        day = content["day"]
        outside = chain.series != CLOSURES and not self.first_day <= day <= self.last_day
        if outside or day < chain.day:
            self.report.add("period", LEDGER, row, chain=chain.name, number=number, day=day)
        chain.day = max(chain.day, day)
        if chain.series in (SALES, TRAINING):
            self._check_document(row, chain, number, content)
        if chain.series == SALES:
            self.report.documents += 1
            self.total += content["total"]
            self.turnover += content["turnover"]
            self.closures.add_document(chain.till, number, content)
        if chain.series == EVENTS and content["kind"] == "ledger_gap":
            self._add_gap(content["details"])
        if chain.series == CLOSURES:
            self.closures.add_closure(row, chain, number, content)

    def _check_document(self, row, chain, number, content):
        def must_be(what, found, expected):
            if found != expected:
                values = {"chain": chain.name, "number": number, "what": what, "found": found, "expected": expected}
                self.report.add("sum", LEDGER, row, **values)

        inside = [line for line in content["lines"] if line["nature"] in TURNOVER]
        for part in content["vat"]:
            rate = part["rate"]
            lines = [line for line in inside if line["rate"] == rate]
            must_be(f"lignes / lines {rate} bp", sum(line["total"] for line in lines), part["gross"])
            must_be(f"HT {rate} bp", sum(line["net"] for line in lines), part["net"])
            must_be(f"HT + TVA {rate} bp", part["net"] + part["vat"], part["gross"])
            must_be(f"TVA {rate} bp", part["net"], _net(part["gross"], rate))
        turnover = sum(part["gross"] for part in content["vat"])
        must_be("CA / turnover", content["turnover"], turnover)
        must_be("CA / turnover", sum(line["total"] for line in inside), turnover)
        outside = sum(line["total"] for line in content["lines"]) - sum(line["total"] for line in inside)
        must_be("hors CA / outside turnover", content["outside"], outside)
        must_be("total", content["total"], turnover + outside)
        must_be("paiements / payments", sum(payment["amount"] for payment in content["payments"]), content["total"])
        moved = (0, 0)  # training leaves every total alone
        if chain.series == SALES:
            moved = turnover, sum(abs(line["total"]) for line in inside)
        after = content["perpetual"], content["perpetual_absolute"]
        if chain.perpetual is None:
            chain.perpetual = after[0] - moved[0], after[1] - moved[1]
        self.report.perpetual_before.setdefault((chain.till, chain.series), chain.perpetual)
        must_be("perpétuel / perpetual", after[0], chain.perpetual[0] + moved[0])
        must_be("perpétuel absolu / absolute perpetual", after[1], chain.perpetual[1] + moved[1])
        chain.perpetual = self.report.perpetual_after[chain.till, chain.series] = after

    def _check_ends(self):
        self._check_jumps()
        for chain in self.chains.values():
            self.report.heads[chain.till, chain.series] = chain.before, (chain.number, chain.hash, chain.signature)
            if (chain.number, chain.hash, chain.signature) != chain.last or chain.seen != chain.rows:
                values = {"chain": chain.name, "number": chain.number, "expected": chain.last[0]}
                self.report.add("tail", LEDGER, **values)
        for table in self.tables:
            table.end(self.files.get(table.file, {}).get("rows"))
        found = {"documents": self.report.documents, "total": self.total, "turnover": self.turnover}
        for what, expected in self.sums.items():
            if found[what] != expected:
                self.report.add("manifest_sum", MANIFEST, what=what, expected=expected, found=found[what])
        try:
            self.closures.end()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.report.add("row_shape", LEDGER, problem=_problem(error))


LEDGER_COLUMNS = ("caisse", "serie", "numero", "type", "contenu", "empreinte", "signature", "cle")


def _are_covered(gaps, first, last):
    """Args: gaps: last and first number of each."""
    found = first
    for gap_last, gap_first in sorted(gaps, key=lambda gap: gap[1]):
        if gap_first <= found:
            found = max(found, gap_last + 1)
    return first <= last < found


class Closures:
    """Closures held against the sums of their documents. They come first in the ledger's file, so that documents can be
    added up as they go by, whatever their number."""

    def __init__(self, report, chains, gaps):
        self.report, self.chains, self.gaps = report, chains, gaps
        self.all = report.closures
        self.days = {}
        self.wanted_heads = {}
        self.wanted_totals = {}

    def add_closure(self, row, chain, number, content):
        closure = Closure(row, chain, number, content)
        self.all[chain.till, number] = closure
        for head in content["heads"]:
            place = chain.till, head["series"], head["number"]
            self.wanted_heads.setdefault(place, []).append((closure, bytes.fromhex(head["hash"])))
        if closure.last:
            self.wanted_totals.setdefault((chain.till, closure.last), []).append(closure)
        if content["kind"] == "day":
            self.days.setdefault(chain.till, []).append(closure)
        self._check_alone(closure, content)

    def _check_alone(self, closure, content):
        sums = closure.said
        outside = sum(sums["outside"].values())
        closure.must_be(
            self.report,
            "ventes - retours / sales - refunds",
            content["turnover"],
            content["sales"] - content["refunds"],
        )
        closure.must_be(
            self.report, "CA + hors CA / turnover + outside", content["total"], content["turnover"] + outside
        )
        closure.must_be(self.report, "moyens / means", sum(sums["means"].values()), content["total"])
        closure.must_be(self.report, "TTC", sum(gross for gross, _, _ in sums["vat"].values()), content["turnover"])
        for (regime, rate), (gross, net, vat) in sums["vat"].items():
            closure.must_be(self.report, f"HT + TVA {regime} {rate} bp", net + vat, gross)
        cash = content["cash"]
        closure.must_be(
            self.report,
            "especes theoriques / expected cash",
            cash["expected"],
            cash["float"] + cash["sales"] + cash["ins"] - cash["outs"],
        )
        closure.must_be(self.report, "especes / cash", cash["sales"], sums["means"].get("cash", 0))
        if cash["was_counted"]:
            closure.must_be(self.report, "ecart / difference", cash["difference"], cash["counted"] - cash["expected"])

    def see_row(self, chain, number, digest):
        """A row whose digest closures may have named as an end."""
        for closure, expected in self.wanted_heads.pop((chain.till, chain.series, number), ()):
            if digest != expected:
                self._wrong_head(closure, chain.name, number)

    def _wrong_head(self, closure, name, number):
        values = {"chain": closure.name, "number": closure.number, "other": name, "at": number}
        self.report.add("closure_head", LEDGER, closure.row, **values)

    def add_document(self, till, number, content):
        for closure in self.wanted_totals.pop((till, number), ()):
            closure.check_perpetual(self.report, content["perpetual"], content["perpetual_absolute"])
        days = self.days.get(till, ())
        while days and number > days[0].last:
            days.pop(0)
        if days and number >= days[0].first:
            days[0].found.add(content)

    def end(self):
        for (till, number), wanted in self.wanted_totals.items():
            chain = self.chains.get((till, SALES))
            known = self.report.perpetual_before.get((till, SALES))
            for closure in wanted:
                if chain is not None and known is not None and number == chain.before[0]:
                    closure.check_perpetual(self.report, *known)
        for closure in self.all.values():
            if closure.kind == "day":
                self._check_documents(closure)
            else:
                self._check_parts(closure)
        for (till, series, number), wanted in self.wanted_heads.items():
            chain = self.chains.get((till, series))
            for closure, expected in wanted:
                if chain is not None and number == chain.before[0] and expected != chain.before[1]:
                    self._wrong_head(closure, chain.name, number)
        self._check_order()

    def _check_documents(self, closure):
        chain = self.chains.get((closure.till, SALES))
        last = chain.last[0] if chain is not None else 0
        if closure.last > last:
            values = {"chain": closure.name, "number": closure.number, "first": last + 1, "last": closure.last}
            self.report.add("closure_tail", LEDGER, closure.row, **values)
        whole = chain is not None and closure.first > chain.before[0] and closure.last <= chain.last[0]
        if whole or not closure.last:
            closure.compare(self.report, closure.found.sums())

    def _check_parts(self, closure):
        parts = [self.all.get((closure.till, number)) for number in closure.parts]
        if all(part is not None for part in parts):  # else in an archive before this one
            _check_joined(self.report, closure, parts)

    def _check_order(self):
        """Each day begins where the one before ended: no document is in two closures or in none between them."""
        ended: dict[str, int] = {}
        kept: dict[str, Any] = {}
        for closure in self.all.values():
            if not closure.last:
                self._check_kept_totals(closure, kept.get(closure.till))
            if closure.kind != "day":
                continue
            kept[closure.till] = closure
            if not closure.last:
                continue
            before = ended.get(closure.till)
            if before is not None and closure.first != before + 1 and not self._are_lost(before + 1, closure.first - 1):
                self.report.add(
                    "closure_range",
                    LEDGER,
                    closure.row,
                    chain=closure.name,
                    number=closure.number,
                    first=closure.first,
                    expected=before + 1,
                )
            ended[closure.till] = max(closure.last, before or 0)

    def _are_lost(self, first, last):
        """Whether the till named these documents as lost: that is said once already."""
        return _are_covered([gap[1:3] for gap in self.gaps if gap[0] == SALES], first, last)

    def _check_kept_totals(self, closure, day_before):
        """What closes no document moves no total. The ends it names tell nothing here: a forgotten day is closed after
        documents of later days."""
        if closure.kind != "day":
            day_before = self.all.get((closure.till, closure.parts[-1])) if closure.parts else None
        chain = self.chains.get((closure.till, SALES))
        if day_before is not None:
            closure.check_perpetual(self.report, *day_before.perpetual)
        elif closure.kind == "day" and chain is not None and not chain.before[0]:
            closure.check_perpetual(self.report, 0, 0)


def _check_joined(report, closure, parts):
    """A month against its days, a year against its months."""
    joined = Sums()
    for part in parts:
        joined.add_said(part.said)
    closure.compare(report, joined.sums())


class Closure:
    def __init__(self, row, chain, number, content):
        self.row, self.till, self.name, self.number = row, chain.till, chain.name, number
        self.kind, self.parts = content["kind"], content["parts"]
        self.first, self.last = content["first_number"], content["last_number"]
        self.perpetual = content["perpetual"], content["perpetual_absolute"]
        self.said = {
            "sales": content["sales"],
            "refunds": content["refunds"],
            "discounts": content["discounts"]["amount"],
            "discount_count": content["discounts"]["count"],
            "vat": {
                (part["regime"], part["rate"]): (part["gross"], part["net"], part["vat"]) for part in content["vat"]
            },
            "means": {row["means"]: row["amount"] for row in content["means"]},
            "outside": {row["nature"]: row["amount"] for row in content["outside"]},
            "documents": {row["kind"]: row["count"] for row in content["documents"]},
        }
        self.found = Sums()

    def must_be(self, report, what, found, expected):
        if found != expected:
            report.add(
                "sum", LEDGER, self.row, chain=self.name, number=self.number, what=what, found=found, expected=expected
            )

    def compare(self, report, expected):
        for what in sorted(self.said):
            self.must_be(report, what, self.said[what], expected[what])

    def check_perpetual(self, report, perpetual, absolute):
        self.must_be(report, "perpétuel / perpetual", self.perpetual[0], perpetual)
        self.must_be(report, "perpétuel absolu / absolute perpetual", self.perpetual[1], absolute)


class Sums:
    """What documents come to, from their own figures: VAT is never computed again."""

    def __init__(self):
        self.plain = {"sales": 0, "refunds": 0, "discounts": 0, "discount_count": 0}
        self.lists: dict[str, dict[Any, Any]] = {"vat": {}, "means": {}, "outside": {}, "documents": {}}

    def sums(self):
        return {**self.plain, **self.lists}

    def add(self, content):
        self._count("documents", content["kind"], 1)
        discounted = 0
        for line in content["lines"]:
            total = line["total"]
            if line["nature"] not in TURNOVER:
                self._count("outside", line["nature"], total)
            elif total >= 0:
                self.plain["sales"] += total
            else:
                self.plain["refunds"] -= total
            self.plain["discounts"] += line["discount"]
            discounted = discounted or int(line["discount"] != 0)
        self.plain["discount_count"] += discounted
        for part in content["vat"]:
            self._add_vat((content["regime"], part["rate"]), (part["gross"], part["net"], part["vat"]))
        for payment in content["payments"]:
            self._count("means", payment["means"], payment["amount"])

    def add_said(self, said):
        for name in self.plain:
            self.plain[name] += said[name]
        for name in ("means", "outside", "documents"):
            for key, value in said[name].items():
                self._count(name, key, value)
        for key, amounts in said["vat"].items():
            self._add_vat(key, amounts)

    def _count(self, name, key, value):
        self.lists[name][key] = self.lists[name].get(key, 0) + value

    def _add_vat(self, key, amounts):
        before = self.lists["vat"].get(key, (0, 0, 0))
        self.lists["vat"][key] = tuple(one + other for one, other in zip(before, amounts))


def _net(gross, rate):
    size = (2 * abs(gross) * 10000 + 10000 + rate) // (2 * (10000 + rate))
    return size if gross >= 0 else -size


def _problem(error):
    return f"{type(error).__name__}: {error}"


# --- the whole ---


def check(path, previous=None, every_signature=False, expected_key=None, progress=None):
    """Check an archive (a zip file, or the folder it was unpacked to). Raises FileNotFoundError."""
    report = Report()
    _check_one(path, report, every_signature, expected_key, progress)
    if previous is not None:
        before = Report()
        _check_one(previous, before, False, None, progress)
        _check_follows(report, before, Path(previous).name)
    return report


def _check_one(path, report, every_signature, expected_key, progress):
    path = Path(path)
    try:
        csv.field_size_limit(1 << 30)
        source = FolderSource(path) if path.is_dir() else ZipSource(path)
    except FileNotFoundError:
        raise
    except UNREADABLE:
        report.add("not_an_archive", path.name)
        return
    try:
        Check(source, report, every_signature, expected_key, progress).run()
    finally:
        source.close()


def _check_follows(report, before, name):
    """Whether the one archive goes on where the other ended."""
    if before.findings:
        report.add("previous_bad", name, count=len(before.findings) + before.more)
    if not report.manifest or not before.manifest:
        return
    if not set(report.keys) & set(before.keys):  # a till paired anew has another id and letter, and its old keys
        report.add("previous_other_till", name)
    end, begin = str(before.manifest["last_day"]), str(report.manifest["first_day"])
    if not _is_next_day(end, begin):
        report.add("previous_period", name, end=end, begin=begin)
    for chain, (start, _) in sorted(report.heads.items()):
        last = before.heads.get(chain, (None, (0, bytes(32), bytes(64))))[1]
        if start != last:
            values = {"chain": "/".join(chain), "found": last[0], "expected": start[0]}
            report.add("previous_chain", name, **values)
        if chain in report.perpetual_before and chain in before.perpetual_after:
            found, expected = report.perpetual_before[chain], before.perpetual_after[chain]
            if found != expected:
                report.add("previous_perpetual", name, chain="/".join(chain), found=found[0], expected=expected[0])
    known = {**before.closures, **report.closures}
    for closure in report.closures.values():
        parts = [known.get((closure.till, number)) for number in closure.parts]
        here = all((closure.till, number) in report.closures for number in closure.parts)
        if not here and all(part is not None for part in parts):
            _check_joined(report, closure, parts)
    for key, fingerprint in sorted(before.keys.items()):
        if report.keys.get(key) != fingerprint:
            report.add("previous_key", name, key=key)


def _is_next_day(end, begin):
    from datetime import date, timedelta

    try:
        parts = [date(*(int(part) for part in text.split("-"))) for text in (end, begin)]
        return parts[0] + timedelta(days=1) == parts[1]
    except (TypeError, ValueError, OverflowError):
        return False


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Vérifie une archive de caisse Comptoir / checks an archive.")
    parser.add_argument("archive", nargs="?", help="archive .zip, ou dossier où elle est décompressée")
    parser.add_argument("precedente", nargs="?", help="archive de la période précédente")
    parser.add_argument("--toutes-les-signatures", "--every-signature", dest="every", action="store_true")
    parser.add_argument("--cle", "--key", dest="key", metavar="EMPREINTE", help="SHA-256 de la clé publique attendue")
    parser.add_argument("--en", action="store_true", help="answer in English")
    parser.add_argument("--json", action="store_true", help="répondre par un objet JSON")
    options = parser.parse_args(arguments)
    if sys.version_info < (3, 8):  # noqa: UP036  # whoever checks may have an older one, and must not see a traceback
        print("Il faut Python 3.8 ou plus récent. / Python 3.8 or later is needed.")
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    here = Path(__file__).resolve().parent
    try:
        report = check(options.archive or here, options.precedente, options.every, options.key)
    except FileNotFoundError as error:
        print("{} : {}".format(error.filename, "no such file" if options.en else "ce fichier n'existe pas"))
        return 2
    _answer(report, options)
    return 0 if report.ok else 1


def _answer(report, options):
    language = "en" if options.en else "fr"
    manifest = report.manifest
    if options.json:
        findings = [
            {"code": finding.code, "file": finding.file, "row": finding.row, "text": finding.sentence(language)}
            for finding in report.findings
        ]
        print(
            json.dumps(
                {
                    "ok": report.ok,
                    "findings": findings,
                    "more": report.more,
                    "rows": report.rows,
                    "documents": report.documents,
                    "signatures": report.signatures,
                    "key": report.key_fingerprint,
                },
                ensure_ascii=False,
            )
        )
        return
    if manifest:
        text = "Archive du {} au {}, caisse {}, SIRET {}, établie le {}."
        if options.en:
            text = "Archive from {} to {}, till {}, SIRET {}, made {}."
        print(
            text.format(
                *[_short(manifest.get(name) or "?") for name in ("first_day", "last_day", "till", "siret", "made_at")]
            )
        )
        text = "{} lignes de registre, {} documents de vente, {} signatures vérifiées. Clé publique : {}"
        if options.en:
            text = "{} ledger rows, {} sales documents, {} signatures checked. Public key: {}"
        print(text.format(report.rows, report.documents, report.signatures, report.key_fingerprint))
    for finding in report.findings:
        print("- " + finding.sentence(language))
    count = len(report.findings) + report.more
    if report.ok:
        print("All is in order." if options.en else "Tout est conforme.")
    else:
        print(("{} finding(s)." if options.en else "{} anomalie(s).").format(count))


if __name__ == "__main__":
    sys.exit(main())
