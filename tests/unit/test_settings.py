from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import settings as settings_module
from app.settings import (
    SCHEMA_VERSION,
    CameraSettings,
    CustomerDisplaySettings,
    PrinterProfile,
    ScaleLabelSettings,
    ScaleSettings,
    ScannerSettings,
    Settings,
    SettingsNewer,
    SettingsNotWritten,
    SettingsUnreadable,
    load,
    load_printer_profile,
    migrated,
    save,
    save_printer_profile,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "settings.json"


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def test_no_file_means_the_defaults(path: Path) -> None:
    assert load(path) == Settings()
    assert not path.exists()


def test_what_was_saved_is_loaded(path: Path) -> None:
    chosen = Settings(
        language="en",
        marketplace_url="https://marché.example",
        till_name="Étal du marché",
        printer=PrinterProfile(name="TM-T20", transport="network", host="192.0.2.7", width_columns=32),
        scanner=ScannerSettings(max_gap_ms=80, prefix="]Q1", suffix="\t"),
        keep_customer_days=0,
        zoom_percent=175,
        reduced_motion="on",
        sound_volume_percent=5,
        sounds_muted=True,
    )

    save(path, chosen)

    assert load(path) == chosen
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_r19_a_shop_that_printed_every_ticket_prints_on_demand(path: Path) -> None:
    write(path, {"schema_version": 1, "till_name": "A", "print_receipt": "always"})
    assert load(path) == Settings(till_name="A", print_receipt="ask")
    write(path, {"schema_version": SCHEMA_VERSION, "print_receipt": "always"})
    with pytest.raises(SettingsUnreadable):
        load(path)
    write(path, {"schema_version": 1, "print_receipt": "never"})
    assert load(path) == Settings(print_receipt="never")


def test_a_missing_name_has_its_default_and_an_unknown_one_is_ignored(path: Path) -> None:
    write(path, {"schema_version": 1, "till_name": "A", "colour_of_the_counter": "blue", "printer": {"port": 9101}})

    assert load(path) == Settings(till_name="A", printer=PrinterProfile(port=9101))


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("", ""),
        ("{", ""),
        ("[1, 2]", ""),
        ({}, "schema_version"),
        ({"schema_version": "1"}, "schema_version"),
        ({"schema_version": 0}, "schema_version"),
        ({"schema_version": True}, "schema_version"),
        ({"schema_version": 1, "language": "de"}, "language"),
        ({"schema_version": 1, "language": []}, "language"),
        ({"schema_version": 1, "till_name": 3}, "till_name"),
        ({"schema_version": 1, "keep_customer_days": True}, "keep_customer_days"),
        ({"schema_version": 1, "keep_customer_days": 366}, "keep_customer_days"),
        ({"schema_version": 2, "zoom_percent": 130}, "zoom_percent"),
        ({"schema_version": 2, "reduced_motion": True}, "reduced_motion"),
        ({"schema_version": 2, "sound_volume_percent": 0}, "sound_volume_percent"),
        ({"schema_version": 2, "sounds_muted": 1}, "sounds_muted"),
        ({"schema_version": 1, "marketplace_url": "ftp://a"}, "marketplace_url"),
        ({"schema_version": 1, "printer": "screen"}, "printer"),
        ({"schema_version": 1, "printer": {"port": 0}}, "printer.port"),
        ({"schema_version": 1, "printer": {"transport": "network"}}, "printer.host"),
        ({"schema_version": 1, "printer": {"transport": "file"}}, "printer.path"),
        ({"schema_version": 1, "printer": {"width_columns": 10}}, "printer.width_columns"),
        ({"schema_version": 1, "scanner": {"max_gap_ms": 10.5}}, "scanner.max_gap_ms"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_field(path: Path, content: object, field: str) -> None:
    write(path, content)
    before = path.read_bytes()

    with pytest.raises(SettingsUnreadable) as refusal:
        load(path)

    assert refusal.value.field == field
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_no_text_is_refused(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    with pytest.raises(SettingsUnreadable):
        load(path)


@given(
    st.dictionaries(
        st.sampled_from([field.name for field in dataclasses.fields(Settings)]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_any_content_gives_settings_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, raw: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("any") / "settings.json"
    write(path, raw)

    try:
        assert isinstance(load(path), Settings)
    except (SettingsUnreadable, SettingsNewer):
        assert json.loads(path.read_text(encoding="utf-8")) is not None


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    write(path, {"schema_version": 7})

    with pytest.raises(SettingsNewer) as refusal:
        load(path)

    assert (refusal.value.found, refusal.value.known) == (7, SCHEMA_VERSION)
    assert json.loads(path.read_text(encoding="utf-8")) == {"schema_version": 7}


def test_an_older_file_goes_through_every_later_step() -> None:
    def till_to_till_name(raw: dict[str, Any]) -> None:
        raw["till_name"] = raw.pop("till")

    def shout(raw: dict[str, Any]) -> None:
        raw["till_name"] = raw["till_name"].upper()

    raw = {"schema_version": 1, "till": "a"}

    assert migrated(Path("s"), raw, [till_to_till_name, shout]) == {"schema_version": 3, "till_name": "A"}
    assert migrated(Path("s"), {"schema_version": 2, "till_name": "b"}, [till_to_till_name, shout]) == {
        "schema_version": 3,
        "till_name": "B",
    }
    assert raw == {"schema_version": 1, "till": "a"}


def test_a_step_that_fails_changes_nothing(path: Path) -> None:
    def half_done(raw: dict[str, Any]) -> None:
        raw["printer"]["port"] = 1
        raise KeyError("till")

    write(path, {"schema_version": 1, "printer": {"port": 9100}})
    before = path.read_bytes()

    with pytest.raises(SettingsUnreadable, match="migration from version 1 failed"):
        load(path, [half_done])

    assert path.read_bytes() == before


def test_the_number_of_steps_fits_the_version() -> None:
    assert len(settings_module.MIGRATORS) == settings_module.SCHEMA_VERSION - 1


def test_a_write_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, Settings(till_name="old"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(SettingsNotWritten):
        save(path, Settings(till_name="new"))

    assert load(path).till_name == "old"
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(SettingsNotWritten):
        save(tmp_path / "data" / "settings.json", Settings())


def test_devices_of_a_counter_come_back_as_they_were_saved(path: Path) -> None:
    chosen = Settings(
        fallback_printer=PrinterProfile(name="Réserve", transport="cups", queue="tickets", drawer_pin=5),
        camera=CameraSettings(on=True, device="/dev/video2"),
        scale_labels=(ScaleLabelSettings("21", 4, "weight"), ScaleLabelSettings("22")),
        customer_display=CustomerDisplaySettings("serial", "/dev/ttyUSB0", protocol="cd5220"),
        scale=ScaleSettings("serial", "COM3", protocol="toledo_8217"),
    )

    save(path, chosen)

    assert load(path) == chosen


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"scale_labels": {"prefix": "21"}}, "scale_labels"),
        ({"scale_labels": [{"item_digits": 5}]}, "scale_labels.0.prefix"),
        ({"scale_labels": [{"prefix": "21"}, {"prefix": "31"}]}, "scale_labels.1.prefix"),
        ({"printer": {"drawer_pin": 3}}, "printer.drawer_pin"),
        ({"printer": {"transport": "cups"}}, "printer.queue"),
        ({"scale": {"kind": "serial"}}, "scale.serial_port"),
        ({"scanner": {"learned_from": "ab", "learned_to": "c"}}, "scanner.learned_to"),
    ],
)
def test_a_wrong_device_is_named_by_its_field(path: Path, content: dict[str, Any], wrong: str) -> None:
    write(path, {"schema_version": SCHEMA_VERSION, **content})
    with pytest.raises(SettingsUnreadable) as refused:
        load(path)
    assert refused.value.field == wrong


# --- one printer's profile, passed on


def test_a_profile_that_was_passed_on_is_the_same(tmp_path: Path) -> None:
    profile = PrinterProfile("Cuisine é", "cups", queue="Caisse", code_page="cp858", code_page_number=53, drawer_pin=5)
    file = tmp_path / "imprimante.json"
    save_printer_profile(file, profile)
    assert load_printer_profile(file) == profile


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("", ""),
        ("[]", "comptoir_printer"),
        ("{}", "comptoir_printer"),
        ('{"comptoir_printer": true}', "comptoir_printer"),
        ('{"comptoir_printer": 1, "transport": "telepathy"}', "transport"),
        ('{"comptoir_printer": 1, "transport": "network"}', "host"),
        ('{"comptoir_printer": 1, "code_page": "klingon"}', "code_page"),
        ('{"comptoir_printer": 1, "width_columns": 4}', "width_columns"),
        ('{"comptoir_printer": 1, "transport": "file", "path": "/dev/usb/lp0\\u0000"}', "path"),
        ('{"comptoir_printer": 1, "name": "\\ud800"}', "name"),
        ('{"comptoir_printer": 1, "transport": "cups", "queue": "Caisse\\u001b[2J"}', "queue"),
        ('{"comptoir_printer": 1, "transport": "network", "host": "' + "x" * 5000 + '"}', "host"),
        ('{"comptoir_printer": 1, "name": "' + "x" * 200_000 + '"}', "comptoir_printer"),
    ],
)
def test_no_other_file_is_taken_for_a_profile(tmp_path: Path, content: str, field: str) -> None:
    file = tmp_path / "imprimante.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsUnreadable) as refused:
        load_printer_profile(file)
    assert refused.value.field == field


def test_a_profile_of_a_newer_release_or_none_at_all_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "imprimante.json"
    file.write_text('{"comptoir_printer": 2}', encoding="utf-8")
    with pytest.raises(SettingsNewer):
        load_printer_profile(file)
    with pytest.raises(SettingsUnreadable):
        load_printer_profile(tmp_path / "none.json")
    with pytest.raises(SettingsNotWritten):
        save_printer_profile(tmp_path / "no folder" / "file.json", PrinterProfile())
