"""Owns the check-up of a till: each finding is well, to see to or broken, named, with what to do. Changes nothing;
sends nothing but the one question to the marketplace that `--online` asks.

Shows no secret and no customer data: its output is meant to be sent to whoever helps (I10).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.i18n import tr
from app.ui.messages import day_and_time, describe_failure
from app.usecases.ports import Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.usecases.device_book import DeviceReport

ENOUGH_DISK_BYTES = 500_000_000
HARDLY_ANY_DISK_BYTES = 50_000_000


class Health(StrEnum):
    """OK; TO_SEE_TO: it works, a person should do something; BROKEN: something does not work."""

    OK = "ok"
    TO_SEE_TO = "to_see_to"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a stable keyword; `detail` a sentence or two: what it is, what to do."""

    name: str
    health: Health
    detail: str

    @property
    def ok(self) -> bool:
        return self.health is Health.OK


def examine(
    database: Path,
    secrets_file: Path,
    settings_file: Path,
    backups: Path,
    *,
    online: bool = False,
    devices: Sequence[DeviceReport] = (),
) -> list[Finding]:
    """Look at everything that can be looked at; what fails hides nothing that comes after it.

    Args:
        backups: the folder of copies.
        online: ask the marketplace too.
        devices: how the devices of the counter do, where that was asked or told.
    """
    from app.cli.doctor_devices import device_findings

    findings = [_settings(settings_file), _disk(database), *_decoders()]
    findings += device_findings(devices)
    if not database.exists():
        none = tr("There is no database yet. Start Comptoir once, or: comptoir pair CODE")
        return [*findings, Finding("database", Health.TO_SEE_TO, none)]
    from app.bootstrap.core import opened_core
    from app.cli.doctor_link import link_findings

    try:
        with opened_core(database, secrets_file, read_only=True) as core:
            findings += [_database(core), _key_store(core), _ledger(core), _backups(core, database, backups)]
            findings += link_findings(core, online=online)
            findings.append(_customer_data(core))
    except Unavailable as failure:
        findings.append(Finding("database", Health.BROKEN, describe_failure(failure)))
    return findings


def _settings(path: Path) -> Finding:
    from app.settings import SettingsError, load

    try:
        load(path)
    except SettingsError as error:
        return Finding("settings", Health.BROKEN, str(error))
    return Finding("settings", Health.OK, tr("The settings can be read."))


def _disk(database: Path) -> Finding:
    folder = next(parent for parent in [*database.absolute().parents] if parent.exists())
    free_bytes = shutil.disk_usage(folder).free
    text = tr("{megabytes} MB free on the disk.").format(megabytes=free_bytes // 1_000_000)
    if free_bytes >= ENOUGH_DISK_BYTES:
        return Finding("disk", Health.OK, text)
    health = Health.BROKEN if free_bytes < HARDLY_ANY_DISK_BYTES else Health.TO_SEE_TO
    return Finding("disk", health, f"{text} {tr('Free some: without room no sale can be recorded.')}")


def _decoders() -> list[Finding]:
    from importlib.util import find_spec

    from app.scanning.readers import best_bar_reader, read_bars_with_zxing

    qr = find_spec("zxingcpp") is not None
    bars = best_bar_reader() is not read_bars_with_zxing
    qr_text = tr("QR codes can be read from pictures.") if qr else tr("Install zxing-cpp to read QR codes.")
    bars_ready = tr("Bar codes can be read from pictures.")
    bars_text = bars_ready if bars else tr("Install the system library zbar (libzbar0) to read bar codes.")
    return [
        Finding("qr_decoder", Health.OK if qr else Health.BROKEN, qr_text),
        Finding("bar_code_decoder", Health.OK if bars else Health.TO_SEE_TO, bars_text),
    ]


def _database(core: Core) -> Finding:
    core.store.queries.outbox_state()
    return Finding("database", Health.OK, tr("The database answers."))


def _key_store(core: Core) -> Finding:
    paired = core.store.queries.identity().paired_at is not None
    if paired and (core.secrets.device_token() is None or not core.secrets.pickup_keys()):
        gone = tr("The keys of this till are gone. Link it again in the settings.")
        return Finding("key_store", Health.BROKEN, gone)
    if core.secrets.weaker_way:
        text = tr(
            "Secrets are in a file only this account may read: this machine has no key store. That is the weaker way."
        )
        return Finding("key_store", Health.OK, text)
    return Finding("key_store", Health.OK, tr("Secrets are in the key store of this machine."))


def _ledger(core: Core) -> Finding:
    """The ends alone; `comptoir verify` reads everything."""
    from app.storage.signing import SignatureChecker
    from app.ui.ledger_words import start_alarm
    from app.usecases.start_ledger import look_at_ends

    ends = look_at_ends(core.store.queries.ledger_books(), core.secrets.known_heads(), SignatureChecker())
    if ends.findings:
        return Finding("ledger", Health.BROKEN, start_alarm(ends.findings))
    whole = tr("The ledger ends where it should. To check all of it: comptoir verify")
    return Finding("ledger", Health.OK, whole)


def _backups(core: Core, database: Path, folder: Path) -> Finding:
    from app.cli.doctor_ages import age_of_copies

    return age_of_copies(core.clock.now(), [folder, database.parent / "backups"])


def _customer_data(core: Core) -> Finding:
    from app.cli.doctor_ages import is_overdue

    last = core.store.queries.last_purge()
    if last is None:
        text = tr("Customers’ data have not been taken away yet: it is done while Comptoir is open.")
        return Finding("customer_data", Health.OK, text)
    text = tr("Customers’ data were last taken away on {date}.").format(date=day_and_time(last))
    if is_overdue(last, core.clock.now()):
        return Finding("customer_data", Health.TO_SEE_TO, f"{text} {tr('It is done while Comptoir is open: open it.')}")
    return Finding("customer_data", Health.OK, text)
