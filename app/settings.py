"""Owns what a shop may choose (typed), its file and the migrators of older files; standard library only.

Never holds a secret (those are in the key store) nor what the marketplace gave at pairing (that is in the database).

A file of an older release is migrated step by step on a copy: if a step fails, nothing has changed. A file of a newer
release is refused, never cut down to what this release knows. Writing is atomic: after a power cut the file is the old
one or the new one.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

SCHEMA_VERSION = 2

_Kind = TypeVar("_Kind")


class SettingsError(Exception):
    """The settings file cannot be used; the file has not been touched."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(f"{path}: {text}")
        self.path = path


class SettingsNewer(SettingsError):
    """The file was written by a newer Comptoir."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(path, f"schema_version {found} is newer than {known}, the newest known here")
        self.found = found
        self.known = known


class SettingsUnreadable(SettingsError):
    """The file cannot be read, is no JSON, or holds a wrong value. `field` names it, "" for the whole file."""

    def __init__(self, path: Path, reason: str, field: str = "") -> None:
        super().__init__(path, f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


class SettingsNotWritten(SettingsError):
    """The disk is full or the folder may not be written; the old file is still there."""


CODE_PAGES = (
    *("cp1252", "cp858", "cp850", "cp437", "cp860", "cp863", "cp865"),
    *("iso8859-1", "iso8859-15", "ascii"),
)
"""Codecs of the pages that tickets can be written in; `ascii` for a printer none of whose pages reads right."""


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One ticket printer. What it can do is said here; drivers ask nobody else.

    Attributes:
        transport: `screen` shows the paper in a window, `network` is a raw TCP port, `serial` a serial line, `file` a
            device (`/dev/usb/lp0`) or a plain file, `cups` and `windows` a queue of the system's spooler, `pdf` a
            folder that gets a page for each paper.
        port: TCP port, 1-65535.
        path: of the device, file or folder, for `serial`, `file` and `pdf`.
        baud_rate: of a serial line.
        flow_control: how a printer on a serial line says that it can take no more; `software`, by XON and XOFF, does
            no harm to one that never says so.
        answers: False for a printer on a serial line that never answers: what was sent is taken for printed.
        queue: name of the spooler's queue, for `cups` and `windows`.
        width_columns: characters of font A on a line: 48 on 80 mm paper, 32 on 58 mm.
        code_page: Python codec of the page whose number is `code_page_number` on this model.
        open_drawer: kick the cash drawer on a payment in cash.
        drawer_pin: of the plug on the printer that the drawer listens to.
        drawer_open_level: level of the drawer's sensor while it stands open; `unknown` until it was learned.
        logo: `stored` prints the one kept in the printer, `sent` sends it with each ticket, which takes seconds on a
            slow line.
        partial_cut: leave a bridge of paper standing, so that several papers do not fall.
    """

    name: str = "screen"
    transport: Literal["screen", "network", "serial", "file", "cups", "windows", "pdf", "none"] = "screen"
    host: str = ""
    port: int = 9100
    path: str = ""
    baud_rate: int = 9600
    flow_control: Literal["none", "software", "hardware"] = "software"
    answers: bool = True
    queue: str = ""
    width_columns: int = 48
    code_page: str = "cp1252"
    code_page_number: int = 16
    has_cutter: bool = True
    has_native_qr: bool = True
    open_drawer: bool = False
    drawer_pin: Literal[2, 5] = 2
    drawer_open_level: Literal["unknown", "high", "low"] = "unknown"
    logo: Literal["none", "stored", "sent"] = "none"
    partial_cut: bool = False

    def __post_init__(self) -> None:
        for name in ("name", "host", "path", "queue"):
            _require(_can_be_kept(getattr(self, name)), name, "is too long or has characters that no name has")
        _require(1 <= self.port <= 65535, "port", "must be between 1 and 65535")
        _require(24 <= self.width_columns <= 64, "width_columns", "must be between 24 and 64")
        _require(self.code_page.lower() in CODE_PAGES, "code_page", "must be one of " + ", ".join(CODE_PAGES))
        _require(0 <= self.code_page_number <= 255, "code_page_number", "must be between 0 and 255")
        _require(self.transport != "network" or bool(self.host), "host", "is needed by a network printer")
        _require(
            self.transport not in ("file", "serial", "pdf") or bool(self.path), "path", f"is needed by {self.transport}"
        )
        _require(self.transport not in ("cups", "windows") or bool(self.queue), "queue", "is needed by a spooler")
        _require(300 <= self.baud_rate <= 921_600, "baud_rate", "must be between 300 and 921600")

    @property
    def sends_logo_slowly(self) -> bool:
        """Whether each ticket would wait seconds for its logo: it is left out then, and the shop told to store it."""
        return self.logo == "sent" and self.transport == "serial" and self.baud_rate < SLOW_LINE_BAUD


SLOW_LINE_BAUD = 38_400
"""A picture of 384 x 120 dots takes six seconds at 9600 Bd, half a second at 115200 Bd."""


def no_printer() -> PrinterProfile:
    """Of a place where no printer stands."""
    return PrinterProfile(name="", transport="none")


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """The scanners: one that types as a keyboard does, and one on a serial line.

    Attributes:
        max_gap_ms: keys further apart than this were typed by a person.
        suffix: what ends a scan besides Enter and Tab; "" if only silence does.
        reading: by which way the calibrator read the keys right: the text as it arrived, the keys as an American
            keyboard's, or what was learned.
        learned_from, learned_to: what the calibrator learned: each character that arrives, and the one that is meant.
        serial_port: of a scanner in USB-COM mode; "" for none.
    """

    max_gap_ms: int = 50
    min_length: int = 6
    prefix: str = ""
    suffix: str = "\r"
    reading: Literal["text", "keys", "learned"] = "text"
    learned_from: str = ""
    learned_to: str = ""
    serial_port: str = ""
    serial_baud_rate: int = 9600

    def __post_init__(self) -> None:
        _require(5 <= self.max_gap_ms <= 1000, "max_gap_ms", "must be between 5 and 1000")
        _require(1 <= self.min_length <= 25, "min_length", "must be between 1 and 25")
        _require(len(self.learned_from) == len(self.learned_to), "learned_to", "must be as long as learned_from")
        _require(len(self.prefix) <= 10, "prefix", "must be at most 10 characters")
        _require(300 <= self.serial_baud_rate <= 921_600, "serial_baud_rate", "must be between 300 and 921600")


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """The camera that reads codes.

    Attributes:
        device: as the system names it; "" for the first one there is.
        rest_after_min: minutes without a code after which it is switched off until a key wakes it; 0 for never.
    """

    on: bool = False
    device: str = ""
    rest_after_min: int = 30

    def __post_init__(self) -> None:
        _require(0 <= self.rest_after_min <= 1440, "rest_after_min", "must be between 0 and 1440")


@dataclass(frozen=True, slots=True)
class ScaleLabelSettings:
    """One prefix of the labels that the shop's scale prints: PP, then the article, then the value, then a check digit.

    Attributes:
        prefix: two figures, 20 to 29.
        item_digits: of the article's number; the value has the rest of ten.
        value: `price` in cents with VAT, `weight` in grams, `by_article` for the kind that the article is sold by.
    """

    prefix: str
    item_digits: int = 5
    value: Literal["price", "weight", "by_article"] = "by_article"

    def __post_init__(self) -> None:
        known = len(self.prefix) == 2 and self.prefix.isascii() and self.prefix.isdigit() and self.prefix[0] == "2"
        _require(known, "prefix", "must be two figures, 20 to 29")
        _require(4 <= self.item_digits <= 6, "item_digits", "must be between 4 and 6")


@dataclass(frozen=True, slots=True)
class CustomerDisplaySettings:
    """A line display on a serial line that shows the customer article and amount.

    Attributes:
        protocol: `esc_pos` as Epson's displays, `cd5220` as most others.
        columns: characters of each of its two lines.
    """

    kind: Literal["none", "serial"] = "none"
    serial_port: str = ""
    baud_rate: int = 9600
    protocol: Literal["esc_pos", "cd5220"] = "esc_pos"
    columns: int = 20

    def __post_init__(self) -> None:
        _require(self.kind == "none" or bool(self.serial_port), "serial_port", "is needed by a display")
        _require(300 <= self.baud_rate <= 921_600, "baud_rate", "must be between 300 and 921600")
        _require(16 <= self.columns <= 40, "columns", "must be between 16 and 40")


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """A scale on a serial line. What it says is shown and confirmed by a person, never sold unseen.

    Attributes:
        protocol: `sics` is Mettler-Toledo's standard command set, `toledo_8217` that of checkout scales.
    """

    kind: Literal["none", "serial"] = "none"
    serial_port: str = ""
    baud_rate: int = 9600
    protocol: Literal["sics", "toledo_8217"] = "sics"

    def __post_init__(self) -> None:
        _require(self.kind == "none" or bool(self.serial_port), "serial_port", "is needed by a scale")
        _require(300 <= self.baud_rate <= 921_600, "baud_rate", "must be between 300 and 921600")


SetUpStep = Literal["trade", "printer", "scanner", "camera", "team", "practice"]


@dataclass(frozen=True, slots=True)
class FirstRunSettings:
    """How far the set-up of this till is.

    Attributes:
        state: `new` until somebody chose a door, `begun` while the set-up is shown at each start, `finished` once the
            till was opened from it: then the rest is done from the settings, or never.
        done: what was seen to work.
    """

    state: Literal["new", "begun", "finished"] = "new"
    done: tuple[SetUpStep, ...] = ()


MOST_TILES, MOST_TILE_PAGES, MOST_TILE_NAME = 30, 6, 14
"""Tiles on a page, pages, characters of a page's name."""


@dataclass(frozen=True, slots=True)
class TilePageSettings:
    """A page of tiles on the sale screen, as the shop arranged it.

    Attributes:
        name: "" for a number.
        product_ids: of its articles, in their order; one that is not known any more is not shown.
    """

    name: str
    product_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require(len(self.name) <= MOST_TILE_NAME, "name", f"must be at most {MOST_TILE_NAME} characters")
        _require(len(self.product_ids) <= MOST_TILES, "product_ids", f"must be at most {MOST_TILES}")


ZOOM_PERCENTS = (100, 110, 125, 150, 175, 200)
"""How large everything on screen may be."""


MOST_KEYS = 200


@dataclass(frozen=True, slots=True)
class KeySettings:
    """A key that the shop has changed.

    Attributes:
        action: name of the action; one that this release does not know is kept and does nothing.
        key: "F5", "Ctrl+D" or a capital letter; one that the action cannot have is kept and does nothing.
    """

    action: str
    key: str

    def __post_init__(self) -> None:
        for name in ("action", "key"):
            text = getattr(self, name)
            _require(0 < len(text) <= 60 and _can_be_kept(text), name, "must be 1 to 60 characters")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a shop may choose.

    Attributes:
        printer: prints tickets and whatever has no printer of its own.
        preparation_printer: prints preparation lists and bag labels, where there is one.
        fallback_printer: takes over what `printer` surely did not print.
        scale_labels: the labels the shop's scale prints; while there is none, each prefix from 20 to 29 is read as five
            figures of the article and five of the value.
        marketplace_url: address of the marketplace to pair with; "" until one is chosen.
        operator_name: who is usually at the counter; printed and recorded with each act.
        keep_customer_days: days after which a customer's name and contact leave the till (0-365).
        print_receipt: `ask` proposes paper where the law allows it unasked (`paper_rule`), `never` waits until the
            customer asks; to print every ticket is forbidden (R19).
        lock_after_minutes: the till asks for a PIN after that long without a key or a touch; 0 for never (0-240).
        cashier_discount_percent: the largest discount a cashier gives without a manager (0-100).
        blind_count: at closing, what should be in the drawer is shown only once it was counted.
        cash_difference_limit_minor: a greater cash difference at closing needs a manager; cents (0-100000).
        warn_on_negative_stock: say so when a sale takes more than the stock knows of; a sale is never stopped for it.
        trade: what the shop sells, as chosen at the set-up (`app.domain.trades`); "" until it is.
        customer_screen: the screen, as the system names it, that customers read; "" for none.
        keys: those that are not as delivered.
        tile_pages: pages of tiles as arranged; while there is none, articles without a bar code and those sold most.
        zoom_percent: how large everything on screen is, one of `ZOOM_PERCENTS`; from the next start of the window on.
        reduced_motion: `on` where nothing may move by itself; `system` as the desktop says, where it says it.
        sound_volume_percent: of the counter's sounds (5-100); `sounds_muted` silences them all.
    """

    schema_version: int = SCHEMA_VERSION
    language: Literal["fr", "en"] = "fr"
    theme: Literal["system", "light", "dark", "sunlight"] = "system"
    zoom_percent: int = 100
    reduced_motion: Literal["system", "on", "off"] = "system"
    sound_volume_percent: int = 80
    sounds_muted: bool = False
    marketplace_url: str = ""
    till_name: str = ""
    operator_name: str = ""
    printer: PrinterProfile = field(default_factory=PrinterProfile)
    preparation_printer: PrinterProfile = field(default_factory=no_printer)
    fallback_printer: PrinterProfile = field(default_factory=no_printer)
    scanner: ScannerSettings = field(default_factory=ScannerSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    scale_labels: tuple[ScaleLabelSettings, ...] = ()
    customer_display: CustomerDisplaySettings = field(default_factory=CustomerDisplaySettings)
    scale: ScaleSettings = field(default_factory=ScaleSettings)
    keep_customer_days: int = 30
    print_receipt: Literal["ask", "never"] = "ask"
    warn_on_negative_stock: bool = True
    ring_on_new_order: bool = True
    lock_after_minutes: int = 0
    cashier_discount_percent: int = 10
    blind_count: bool = True
    cash_difference_limit_minor: int = 10_00
    customer_screen: str = ""
    keys: tuple[KeySettings, ...] = ()
    tile_pages: tuple[TilePageSettings, ...] = ()
    trade: Literal["", "food", "bakery", "clothes", "craft", "services", "market"] = ""
    first_run: FirstRunSettings = field(default_factory=FirstRunSettings)

    def __post_init__(self) -> None:
        _require(0 <= self.keep_customer_days <= 365, "keep_customer_days", "must be between 0 and 365")
        _require(
            self.zoom_percent in ZOOM_PERCENTS, "zoom_percent", "must be one of " + ", ".join(map(str, ZOOM_PERCENTS))
        )
        _require(5 <= self.sound_volume_percent <= 100, "sound_volume_percent", "must be between 5 and 100")
        _require(len(self.keys) <= MOST_KEYS, "keys", f"must be at most {MOST_KEYS}")
        _require(len(self.tile_pages) <= MOST_TILE_PAGES, "tile_pages", f"must be at most {MOST_TILE_PAGES}")
        _require(0 <= self.lock_after_minutes <= 240, "lock_after_minutes", "must be between 0 and 240")
        _require(0 <= self.cashier_discount_percent <= 100, "cashier_discount_percent", "must be between 0 and 100")
        most = 0 <= self.cash_difference_limit_minor <= 1000_00
        _require(most, "cash_difference_limit_minor", "must be between 0 and 100000")
        _require(
            self.marketplace_url == "" or self.marketplace_url.startswith(("http://", "https://")),
            "marketplace_url",
            "must begin with https:// or http://",
        )


Migrator = Callable[[dict[str, Any]], None]


def _no_ticket_for_everyone(settings: dict[str, Any]) -> None:
    if settings.get("print_receipt") == "always":
        settings["print_receipt"] = "ask"


MIGRATORS: tuple[Migrator, ...] = (_no_ticket_for_everyone,)
"""Step n (from 0) turns a file of version n+1 into one of version n+2, in place, and never calls live code."""


def load(path: Path, migrators: Sequence[Migrator] = MIGRATORS) -> Settings:
    """The settings in the file; the defaults if there is none. Unknown names are ignored.

    Raises SettingsNewer or SettingsUnreadable. The file itself is not changed, not even by a migration: the next
    `save` does that.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsUnreadable(path, str(error)) from error
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsUnreadable(path, f"not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise SettingsUnreadable(path, "not a JSON object")
    current = migrated(path, raw, migrators)
    try:
        return _decoded(Settings, {**current, "schema_version": SCHEMA_VERSION}, "")
    except _WrongValueError as error:
        raise SettingsUnreadable(path, error.reason, error.field) from error


def migrated(path: Path, raw: Mapping[str, Any], migrators: Sequence[Migrator]) -> dict[str, Any]:
    """A copy of `raw` brought to the newest version; `raw` is left as it is whatever happens."""
    newest = len(migrators) + 1
    version = raw.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise SettingsUnreadable(path, "must be a whole number from 1", "schema_version")
    if version > newest:
        raise SettingsNewer(path, version, newest)
    work = copy.deepcopy(dict(raw))
    for step in range(version, newest):
        try:
            migrators[step - 1](work)
        except Exception as error:  # a file nobody foresaw must not stop the till with a crash
            raise SettingsUnreadable(path, f"migration from version {step} failed ({error!r})") from error
        work["schema_version"] = step + 1
    return work


def save(path: Path, settings: Settings) -> None:
    """Replace the file in one step. Raises SettingsNotWritten; then the old file is still there."""
    text = json.dumps(_plain(settings), ensure_ascii=False, indent=2) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, text)
    except OSError as error:
        raise SettingsNotWritten(path, str(error)) from error


PROFILE_FILE_VERSION = 1
"""Of the file that one printer's profile is passed on with, and of that with changed keys."""

_MOST_PASSED_ON_BYTES = 100_000
_PROFILE, _KEYS = "comptoir_printer", "comptoir_keys"


def save_printer_profile(path: Path, profile: PrinterProfile) -> None:
    """Write one printer's profile to pass it on. Raises SettingsNotWritten."""
    _pass_on(path, {_PROFILE: PROFILE_FILE_VERSION, **_as_object(profile)})


def load_printer_profile(path: Path) -> PrinterProfile:
    """A profile that was passed on. Raises SettingsNewer, SettingsUnreadable: nothing but such a file is taken."""
    return _received(path, _PROFILE, "no printer's profile", PrinterProfile)


@dataclass(frozen=True, slots=True)
class _PassedKeys:
    keys: tuple[KeySettings, ...]


def save_keys(path: Path, keys: tuple[KeySettings, ...]) -> None:
    """Write the changed keys to pass them on to another till. Raises SettingsNotWritten."""
    _pass_on(path, {_KEYS: PROFILE_FILE_VERSION, **_as_object(_PassedKeys(keys))})


def load_keys(path: Path) -> tuple[KeySettings, ...]:
    """Keys that were passed on. Raises SettingsNewer, SettingsUnreadable: nothing but such a file is taken."""
    keys = _received(path, _KEYS, "no changed keys", _PassedKeys).keys
    if len(keys) > MOST_KEYS:
        raise SettingsUnreadable(path, f"must be at most {MOST_KEYS}", "keys")
    return keys


def _pass_on(path: Path, content: Mapping[str, object]) -> None:
    try:
        _write_atomically(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    except OSError as error:
        raise SettingsNotWritten(path, str(error)) from error


def _received(path: Path, mark: str, otherwise: str, kind: type[_Kind]) -> _Kind:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_PASSED_ON_BYTES + 1)
        raw = json.loads(data.decode("utf-8")) if len(data) <= _MOST_PASSED_ON_BYTES else None
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsUnreadable(path, str(error)) from error
    version = raw.get(mark) if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or type(version) is not int or version < 1:
        raise SettingsUnreadable(path, otherwise, mark)
    if version > PROFILE_FILE_VERSION:
        raise SettingsNewer(path, version, PROFILE_FILE_VERSION)
    try:
        return _decoded(kind, raw, "")
    except _WrongValueError as error:
        raise SettingsUnreadable(path, error.reason, error.field) from error


def _as_object(value: object) -> dict[str, object]:
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}  # type: ignore[arg-type]  # only ever called with dataclasses


def _write_atomically(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


class _WrongValueError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


_MOST_CHARACTERS = 1000


def _can_be_kept(text: str) -> bool:
    """Whether no control character and no half of one (a file may bring such) would stop the device, or the file that
    the settings are kept in, each time the till starts."""
    odd = any(
        character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff" for character in text
    )
    return len(text) <= _MOST_CHARACTERS and not odd


def _require(condition: bool, field: str, reason: str) -> None:
    if not condition:
        raise _WrongValueError(field, reason)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _as_object(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _decoded(kind: type[_Kind], raw: Mapping[str, Any], prefix: str) -> _Kind:
    """A settings dataclass from JSON; what is missing has its default. Raises _WrongValueError."""
    hints = get_type_hints(kind)
    names = {item.name for item in fields(kind)}  # type: ignore[arg-type]  # only ever called with dataclasses
    values = {name: _value(hints[name], raw[name], prefix + name) for name in sorted(names & raw.keys())}
    needed = {item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING}  # type: ignore[arg-type]  # as above
    if missing := sorted(needed - values.keys()):
        raise _WrongValueError(prefix + missing[0], "is missing")
    try:
        return kind(**values)
    except _WrongValueError as error:
        raise _WrongValueError(prefix + error.field, error.reason) from None


def _value(hint: Any, raw: object, name: str) -> object:
    if get_origin(hint) is Literal:
        allowed = get_args(hint)
        if raw not in allowed or isinstance(raw, bool):
            raise _WrongValueError(name, "must be one of " + ", ".join(map(str, allowed)))
        return raw
    if get_origin(hint) is tuple:
        return _values(get_args(hint)[0], raw, name)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(raw, dict):
            raise _WrongValueError(name, "must be an object")
        return _decoded(hint, raw, name + ".")
    if type(raw) is not hint:  # not isinstance: True is an int
        raise _WrongValueError(name, f"must be {_KIND_IN_JSON[hint]}")
    return raw


def _values(hint: Any, raw: object, name: str) -> tuple[object, ...]:
    if not isinstance(raw, list):
        raise _WrongValueError(name, "must be a list")
    return tuple(_value(hint, item, f"{name}.{number}") for number, item in enumerate(raw))


_KIND_IN_JSON = {int: "a whole number", str: "a text", bool: "true or false"}
