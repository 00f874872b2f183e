"""Owns the proof the tour leaves: checks, pictures, receipts, databases, `summary.json`. Never decides what holds.

The fields of `summary.json` are described in docs/commands.md and only ever added to.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from app import __version__


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold."""

    name: str
    ok: bool
    detail: str


@dataclass
class Proof:
    """The output folder being filled."""

    folder: Path
    checks: list[Check] = field(default_factory=list)
    screenshots: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    databases: dict[str, str] = field(default_factory=dict)
    archives: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Take away what an earlier tour left; only files and folders that a tour makes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in [*self.folder.glob("*.png"), *self.folder.glob("*.sqlite3"), *self.folder.glob("*.zip")]:
            path.unlink(missing_ok=True)
        (self.folder / "summary.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "home", ignore_errors=True)

    def check(self, name: str, ok: bool, detail: str = "") -> bool:
        """Note whether something held."""
        self.checks.append(Check(name, ok, detail))
        print(f"{'ok  ' if ok else 'FAIL'}  {name}{': ' + detail if detail else ''}", flush=True)
        return ok

    def next_screenshot(self, name: str) -> Path:
        path = self.folder / f"{len(self.screenshots) + 1:02d}-{name}.png"
        self.screenshots.append(path.name)
        return path

    def next_receipt(self) -> Path:
        path = self.folder / f"receipt-{len(self.receipts) + 1:02d}.png"
        self.receipts.append(path.name)
        return path

    def keep_database(self, key: str, source: Path) -> Path:
        """Put a copy of a database, its journal taken in, beside the summary."""
        import sqlite3

        target = self.folder / f"{key}.sqlite3"
        here, there = sqlite3.connect(source), sqlite3.connect(target)
        try:
            here.backup(there)
        finally:
            here.close()
            there.close()
        self.databases[key] = target.name
        return target

    def keep_archive(self, archive: Path) -> None:
        """An archive that was written into the folder."""
        self.archives.append(archive.name)

    @property
    def ok(self) -> bool:
        """True only if there were checks and all held."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def write(self) -> bool:
        """Write `summary.json`; returns `ok`."""
        summary = {
            "ok": self.ok,
            "version": __version__,
            "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in self.checks],
            **self.databases,
            "screenshots": self.screenshots,
            "receipts": self.receipts,
            "archives": self.archives,
        }
        text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "summary.json").write_text(text, encoding="utf-8")
        return self.ok
