"""Owns what `comptoir doctor` and `comptoir support` answer. Looks at nothing itself (`doctor`, `support`)."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.bootstrap.told_devices import reports_of
from app.cli.doctor import Finding, Health, examine
from app.cli.doctor_devices import ask_devices_of
from app.cli.output import Answer
from app.i18n import tr, trn
from app.paths import backups_dir, log_path, secrets_path, settings_path
from app.usecases.ports import Unavailable

_MARKS = {Health.OK: "✓", Health.TO_SEE_TO: "!", Health.BROKEN: "✗"}


def run_doctor(options: argparse.Namespace, database: Path) -> Answer:
    devices = ask_devices_of(settings_path()) if options.devices else ()
    findings = examine(database, secrets_path(), settings_path(), backups_dir(), online=options.online, devices=devices)
    return Answer(
        _summary(findings),
        {"checks": [_plain(finding) for finding in findings], "health": _worst(findings).value},
        [(_MARKS[finding.health], finding.name, finding.detail) for finding in findings],
        reason="" if _worst(findings) is Health.OK else "things_to_see_to",
    )


def run_support(options: argparse.Namespace, database: Path) -> Answer:
    """Never fails because something of the till does: a broken till is what the bundle is for."""
    from app.bootstrap.core import opened_core
    from app.cli.support import write_bundle
    from app.settings import SettingsError, load
    from app.storage.support_reads import shape_of
    from app.surroundings import SystemClock

    now = SystemClock().now()
    told: dict[str, Any] = {"settings": None, "identity": None, "state": None, "shape": None, "server_time": None}
    with contextlib.suppress(SettingsError):  # the check-up says so
        told["settings"] = load(settings_path())
    with contextlib.suppress(Unavailable):  # the same
        if database.exists():
            with opened_core(database, secrets_path(), read_only=True) as core:
                told["identity"] = core.store.queries.identity()
                told["state"] = core.store.queries.outbox_state()
                told["server_time"] = core.store.queries.newest_server_time()
                told["shape"] = shape_of(database, told["identity"].till_id, now)
    devices = reports_of(sys.stdin.read()) if options.devices_from_stdin else ()
    findings = examine(database, secrets_path(), settings_path(), backups_dir(), online=options.online, devices=devices)
    logs = sorted(log_path().parent.glob("*.log*"))
    try:
        names = write_bundle(options.file, made_at=now, findings=findings, devices=devices, logs=logs, **told)
    except FileExistsError:
        text = tr("There is a file {path} already: choose another name.")
        return Answer(text.format(path=options.file), reason="file_exists")
    except OSError as failure:
        text = tr("The file {path} could not be written: {problem}.")
        return Answer(text.format(path=options.file, problem=failure.strerror), reason="not_written")
    text = tr(
        "{path} may be sent to whoever helps: it holds no name, no amount and no secret. README.txt in it says what."
    )
    return Answer(text.format(path=options.file), {"path": str(options.file), "parts": names})


def _plain(finding: Finding) -> dict[str, Any]:
    return {"name": finding.name, "ok": finding.ok, "health": finding.health.value, "detail": finding.detail}


def _worst(findings: Sequence[Finding]) -> Health:
    found = {finding.health for finding in findings}
    return next((health for health in (Health.BROKEN, Health.TO_SEE_TO) if health in found), Health.OK)


def _summary(findings: Sequence[Finding]) -> str:
    count = sum(not finding.ok for finding in findings)
    if not count:
        return tr("All is well.")
    return trn("{count} thing to see to.", "{count} things to see to.", count).format(count=count)
