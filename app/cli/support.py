"""Owns the support bundle: one file that may be sent to whoever helps. What goes in is named here, one by one; nothing
goes in because it was not known to be a secret (I10).

Of each line of a log: its moment, level, thread and module, the words of our own log lines, ids, HTTP statuses and
addresses' patterns; everything else becomes `…`. Of a crash: where in the program, and the kind of exception.
"""

from __future__ import annotations

import json
import platform
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import __version__
from app.bootstrap.told_devices import plain_reports
from app.cli.doctor import Finding
from app.cli.doctor_devices import finding_name
from app.cli.redact import Redactor, crashes_in
from app.domain.fiscal import FISCAL_VERSION
from app.settings import Settings
from app.storage.support_reads import SQLITE_VERSION, StoreShape
from app.usecases.device_book import Device, DeviceReport
from app.usecases.ports import TillIdentity
from app.usecases.queries import OutboxState

MOST_LOG_BYTES = 2_000_000
CRASHES_KEPT = 20

_SETTINGS = (
    "schema_version", "language", "zoom_percent", "reduced_motion", "keep_customer_days", "print_receipt",
    "lock_after_minutes", "cashier_discount_percent", "blind_count", "warn_on_negative_stock",
)  # fmt: skip
_PRINTER = ("transport", "width_columns", "code_page", "code_page_number", "has_cutter", "has_native_qr", "open_drawer")
_SCANNER = ("max_gap_ms", "min_length")

_OUR_OWN_SENTENCES = frozenset(
    {
        "disk", "qr_decoder", "bar_code_decoder", "database", "key_store", "backup", "link", "contact", "token",
        "reconciliation", "leases", "online", "outbox", "customer_data", *map(finding_name, Device),
    }
)  # fmt: skip
"""Findings whose sentences hold our words, counts and dates alone; others name the shop, or a file of a person."""

CONTENTS = """\
COMPTOIR: FICHIER POUR L'ASSISTANCE / SUPPORT BUNDLE

Contenu / contents:
  doctor.json    l'examen de cette caisse / the check-up of this till
  devices.json   les appareils : état, dernier souci, dates / devices: how they do, last trouble, times
  versions.json  versions du logiciel, de Python, de SQLite, du système / versions
  settings.json  les réglages sans nom ni adresse / settings without names and addresses
  database.json  tables et nombre de lignes, jamais leur contenu / tables and numbers of rows, never what they hold
  sync.json      l'état des échanges / how it goes with the marketplace
  log/           les journaux : dates, modules, mots du programme, identifiants ; tout le reste est remplacé par …
                 logs: times, modules, the program's own words, ids; everything else is replaced by …
  crashes.txt    les dernières pannes : lieu dans le programme et type / last crashes: where in the program, what kind

Pas de nom de client, de texte saisi, de montant, de clé ni de code.
No customer's name, no text that was typed, no amount, no key and no code.
"""


def write_bundle(
    target: Path,
    *,
    made_at: datetime,
    findings: Sequence[Finding],
    devices: Sequence[DeviceReport],
    settings: Settings | None,
    identity: TillIdentity | None,
    state: OutboxState | None,
    shape: StoreShape | None,
    server_time: datetime | None,
    logs: Iterable[Path],
) -> list[str]:
    """The names of the parts written. What could not be looked at is left out.

    Raises OSError: the file cannot be written, or is there already.
    """
    redactor = Redactor()
    parts: dict[str, str] = {"README.txt": CONTENTS}
    parts["doctor.json"] = _json([_found(finding) for finding in findings])
    parts["devices.json"] = _json(plain_reports(devices))
    parts["versions.json"] = _json(_versions(made_at))
    if settings is not None:
        parts["settings.json"] = _json(_settings(settings))
    if shape is not None:
        parts["database.json"] = _json({"revision": shape.revision, "rows": shape.counts, "states": shape.states})
    parts["sync.json"] = _json(_sync(identity, state, shape, server_time))
    crashes: list[str] = []
    for log in logs:
        lines = _tail(log)
        parts[f"log/{log.name}"] = "\n".join(redactor.line(line) for line in lines) + "\n"
        crashes += crashes_in(lines, redactor)
    parts["crashes.txt"] = "\n\n".join(crashes[-CRASHES_KEPT:]) + "\n"
    with target.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.comment = CONTENTS.encode()
        for name, text in parts.items():
            bundle.writestr(name, text)
    return list(parts)


def _found(finding: Finding) -> Mapping[str, str]:
    plain = {"name": finding.name, "health": finding.health.value}
    return {**plain, "detail": finding.detail} if finding.name in _OUR_OWN_SENTENCES else plain


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def _versions(made_at: datetime) -> Mapping[str, Any]:
    return {
        "made_at": made_at.isoformat(),
        "comptoir": __version__,
        "fiscal_core": FISCAL_VERSION,
        "python": platform.python_version(),
        "sqlite": SQLITE_VERSION,
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "encoding": sys.getfilesystemencoding(),
    }


def _settings(settings: Settings) -> Mapping[str, Any]:
    everything = asdict(settings)
    return {
        **{name: everything[name] for name in _SETTINGS if name in everything},
        "printer": {name: everything["printer"][name] for name in _PRINTER if name in everything.get("printer", {})},
        "scanner": {name: everything["scanner"][name] for name in _SCANNER if name in everything.get("scanner", {})},
        "marketplace": _scheme_of(settings.marketplace_url),
    }


def _scheme_of(url: str) -> str:
    """How the marketplace is reached, not where it is."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return "unreadable"
    return scheme if scheme in ("http", "https") else "none"


def _shop_without_address(shop_id: str) -> str:
    """Of a shop on somebody else's marketplace its kind alone: the rest is where that is (`vendure:<host>/...`)."""
    kind, colon, _where = shop_id.partition(":")
    return f"{kind}{colon}"


def _sync(
    identity: TillIdentity | None, state: OutboxState | None, shape: StoreShape | None, server_time: datetime | None
) -> Mapping[str, Any]:
    told: dict[str, Any] = {"server_time": server_time}
    if identity is not None:
        told |= {
            "till_id": identity.till_id,
            "till_letter": identity.till_letter,
            "shop_id": _shop_without_address(identity.shop_id),
            "paired_at": identity.paired_at,
            "marketplace": _scheme_of(identity.marketplace_url),
        }
    if state is not None:
        told |= asdict(state)
    if shape is not None:
        told |= {
            "token_given_at": shape.token_given_at,
            "leases_held": shape.leases_held,
            "leases_over": shape.leases_over,
        }
    return told


def _tail(log: Path) -> list[str]:
    """The last lines of a log; the first of them may be cut, and is left out then."""
    try:
        data = log.read_bytes()
    except OSError:
        return []
    lines = data[-MOST_LOG_BYTES:].decode("utf-8", errors="replace").splitlines()
    return lines[1:] if len(data) > MOST_LOG_BYTES else lines
