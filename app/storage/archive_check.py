"""Owns the checking of an archive by the program: the stand-alone verifier's own checks, then a comparison with this
till's ledger. Never checks anything in a second way: what the verifier in the archive says is what the program says."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from app.domain.fiscal import Series
from app.storage.archive_files import verifier_path
from app.usecases.archive_ports import LedgerReader

Progress = Callable[[int, int], object]
"""Told how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class ArchiveFinding:
    """What is wrong. `code`: the verifier's keyword, or `ledger_differs`, `key_differs`; `row`: as a spreadsheet
    counts, 0 for the whole file; `text`: a sentence in the language asked for, "" for the program's own codes."""

    code: str
    file: str
    row: int = 0
    text: str = ""
    chain: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What the check of an archive found.

    Attributes:
        more: findings beyond those listed.
        of_this_till: whether it was also held against this till's ledger.
    """

    findings: tuple[ArchiveFinding, ...]
    more: int
    first_day: str
    last_day: str
    till_letter: str
    rows: int
    documents: int
    signatures: int
    key_fingerprint: str
    of_this_till: bool

    @property
    def ok(self) -> bool:
        return not self.findings


def load_verifier() -> ModuleType:
    """The shipped verifier as a module; each call gives a new one."""
    spec = importlib.util.spec_from_file_location("comptoir_archive_verifier", verifier_path())
    if spec is None or spec.loader is None:
        raise FileNotFoundError(verifier_path())
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_archive(
    path: Path,
    *,
    previous: Path | None = None,
    every_signature: bool = False,
    expected_key: str = "",
    reader: LedgerReader | None = None,
    language: str = "fr",
    progress: Progress | None = None,
) -> ArchiveReport:
    """Check an archive as its own verifier does, and against the ledger it came from if it is this till's.

    Args:
        previous: the archive of the period before.
        reader: this till's ledger, None to leave it out.
        progress: told now and then how many rows are done, of how many; what it raises stops the check.

    Raises:
        FileNotFoundError: there is no such archive.
    """
    report = load_verifier().check(path, previous, every_signature, expected_key or None, progress)
    findings = [
        ArchiveFinding(found.code, found.file, found.row, found.sentence(language)) for found in report.findings
    ]
    ours = reader is not None and _is_from(report, reader)
    if reader is not None and ours:
        findings += _differences(report, reader)
    manifest = report.manifest
    return ArchiveReport(
        findings=tuple(findings),
        more=report.more,
        first_day=str(manifest.get("first_day", "")),
        last_day=str(manifest.get("last_day", "")),
        till_letter=str(manifest.get("till", "")),
        rows=report.rows,
        documents=report.documents,
        signatures=report.signatures,
        key_fingerprint=report.key_fingerprint,
        of_this_till=ours,
    )


def _is_from(report: Any, reader: LedgerReader) -> bool:
    """By the till's id, or by a key: a till that was paired anew has another id."""
    by_id = report.manifest.get("till_id") == reader.identity().till_id
    return by_id or bool(set(report.keys) & {key.key_id for key in reader.public_keys()})


def _differences(report: Any, reader: LedgerReader) -> Sequence[ArchiveFinding]:
    """An end that is the same in both vouches for everything before it: that is what a chain is for."""
    found = []
    known = {key.key_id for key in reader.public_keys()}
    for key_id in sorted(set(report.keys) - known):
        found.append(ArchiveFinding("key_differs", "cles.csv", chain=key_id))
    for (till, series), (_, (number, digest, signature)) in sorted(report.heads.items()):
        if number == 0:
            continue
        row = next(iter(reader.ledger_rows(till, Series(series), number, number)), None)
        if row is None or (row.hash, row.signature) != (digest, signature):
            found.append(ArchiveFinding("ledger_differs", "registre.csv", chain=f"{till}/{series}", number=number))
    return found
