"""Owns the check-up of a till: each finding is true or false, named, with what to do. Changes and sends nothing.

Shows no secret and no customer data: its output is meant to be sent to whoever helps (I10).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.i18n import tr
from app.ui.messages import day_and_time, describe_failure
from app.usecases.ports import Unavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core

ENOUGH_DISK_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """`name` is a stable keyword; `detail` a sentence."""

    name: str
    ok: bool
    detail: str


def examine(database: Path, secrets_file: Path, settings_file: Path) -> list[Finding]:
    """Look at everything that can be looked at; what fails hides nothing that comes after it."""
    findings = [_settings(settings_file), _disk(database), *_decoders()]
    if not database.exists():
        return [
            *findings,
            Finding("database", False, tr("There is no database yet. Start Comptoir once, or: comptoir pair CODE")),
        ]
    from app.bootstrap.core import opened_core

    try:
        with opened_core(database, secrets_file, read_only=True) as core:
            findings += [_database(core), _key_store(core), _ledger(core), _pairing(core), _outbox(core)]
            findings.append(_customer_data(core))
    except Unavailable as failure:
        findings.append(Finding("database", False, describe_failure(failure)))
    return findings


def _settings(path: Path) -> Finding:
    from app.settings import SettingsError, load

    try:
        load(path)
    except SettingsError as error:
        return Finding("settings", False, str(error))
    return Finding("settings", True, tr("The settings can be read."))


def _disk(database: Path) -> Finding:
    folder = next(parent for parent in [*database.absolute().parents] if parent.exists())
    free_bytes = shutil.disk_usage(folder).free
    text = tr("{megabytes} MB free on the disk.").format(megabytes=free_bytes // 1_000_000)
    return Finding("disk", free_bytes >= ENOUGH_DISK_BYTES, text)


def _decoders() -> list[Finding]:
    from importlib.util import find_spec

    from app.scanning.decoder import best_bar_reader, read_bars_with_zxing

    qr = find_spec("zxingcpp") is not None
    bars = best_bar_reader() is not read_bars_with_zxing
    qr_text = tr("QR codes can be read from pictures.") if qr else tr("Install zxing-cpp to read QR codes.")
    bars_ready = tr("Bar codes can be read from pictures.")
    bars_text = bars_ready if bars else tr("Install the system library zbar (libzbar0) to read bar codes.")
    return [Finding("qr_decoder", qr, qr_text), Finding("bar_code_decoder", bars, bars_text)]


def _database(core: Core) -> Finding:
    core.store.queries.outbox_state()
    return Finding("database", True, tr("The database answers."))


def _key_store(core: Core) -> Finding:
    paired = core.store.queries.identity().paired_at is not None
    if paired and (core.secrets.device_token() is None or not core.secrets.pickup_keys()):
        return Finding("key_store", False, tr("The keys of this till are gone. Link it again: comptoir pair CODE"))
    if core.secrets.weaker_way:
        text = tr(
            "Secrets are in a file only this account may read: this machine has no key store. That is the weaker way."
        )
        return Finding("key_store", True, text)
    return Finding("key_store", True, tr("Secrets are in the key store of this machine."))


def _ledger(core: Core) -> Finding:
    """The ends alone; `comptoir verify` reads everything."""
    from app.storage.signing import SignatureChecker
    from app.ui.ledger_words import start_alarm
    from app.usecases.start_ledger import look_at_ends

    ends = look_at_ends(core.store.queries.ledger_books(), core.secrets.known_heads(), SignatureChecker())
    if ends.findings:
        return Finding("ledger", False, start_alarm(ends.findings))
    return Finding("ledger", True, tr("The ledger ends where it should. To check all of it: comptoir verify"))


def _pairing(core: Core) -> Finding:
    identity = core.store.queries.identity()
    if identity.paired_at is None:
        return Finding(
            "pairing",
            False,
            tr("This till is not linked to a shop. Get a code in the marketplace account, then: comptoir pair CODE"),
        )
    return Finding("pairing", True, f"{identity.till_name}, {identity.shop.name}.")


def _outbox(core: Core) -> Finding:
    state = core.store.queries.outbox_state()
    stuck = state.refused + state.conflicted
    text = tr("{waiting} waiting to be sent, {stuck} to see to.").format(waiting=state.waiting, stuck=stuck)
    return Finding("outbox", stuck == 0, text)


def _customer_data(core: Core) -> Finding:
    last = core.store.queries.last_purge()
    if last is None:
        text = tr("Customers’ data have not been taken away yet: it is done while Comptoir is open.")
    else:
        text = tr("Customers’ data were last taken away on {date}.").format(date=day_and_time(last))
    return Finding("customer_data", True, text)
