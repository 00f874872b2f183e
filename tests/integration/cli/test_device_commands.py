"""`devices`, and the devices in check-up and support bundle: asked now, or told by a window; never a name or a host."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from app.__main__ import main
from app.bootstrap.support import write_support_bundle
from app.bootstrap.told_devices import plain_reports, reports_of
from app.cli.doctor import Health
from app.cli.doctor_devices import device_findings
from app.paths import settings_path
from app.settings import CustomerDisplaySettings, PrinterProfile, ScaleSettings, Settings, save
from app.usecases.device_book import Device, DeviceBook, DeviceReport, DeviceState
from tests.fakes.line_devices import FarEnd
from tests.fakes.surroundings import NOON, HandSetClock


@pytest.fixture
def settings_file() -> Path:
    return settings_path()


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, dict[str, str]]]:
    code = main(["devices", "--json", *words])
    answer = json.loads(capsys.readouterr().out)
    return code, {told["device"]: told for told in answer["devices"]}


def test_each_device_is_named_once(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = asked(capsys)
    assert code == 0
    assert list(told) == [device.value for device in Device]
    assert told["printer"]["state"] == "working"
    assert told["scale"]["state"] == "off"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs pseudo-terminals")
def test_devices_on_lines_are_asked_now(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FarEnd(lambda came: b"S S      0.456 kg\r\n" if came == b"SI\r\n" else b"") as scale, FarEnd() as display:
        save(
            settings_file,
            Settings(
                scale=ScaleSettings("serial", scale.port),
                customer_display=CustomerDisplaySettings("serial", display.port),
            ),
        )
        code, told = asked(capsys)
    assert code == 0
    assert told["scale"]["state"] == "working"
    assert told["customer_display"]["state"] == "silent"


def test_what_fails_is_said_with_its_remedy(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = PrinterProfile("usb", "file", path=str(settings_file.parent / "not" / "here"))
    save(settings_file, Settings(printer=gone, scale=ScaleSettings("serial", "/dev/no-such-port"), language="en"))
    code, told = asked(capsys)
    assert code == 1
    assert told["printer"]["state"] == told["scale"]["state"] == "failed"
    assert told["scale"]["reason"] == "absent"
    assert told["scale"]["remedy"]


def a_book() -> DeviceBook:
    book = DeviceBook(HandSetClock(NOON))
    book.set_up(Device.PRINTER, "Imprimante de Mme Martin 192.168.1.50")
    book.failed(Device.PRINTER, "paper_out")
    book.set_up(Device.SCALE, "COM4")
    book.works(Device.SCALE)
    book.failed(Device.CAMERA, "cannot open /home/martin/3560070462926")
    return book


def test_the_check_up_names_no_device_and_no_host() -> None:
    findings = {finding.name: finding for finding in device_findings(a_book().reports())}
    assert list(findings) == ["device_printer", "device_camera", "device_scale"]
    assert findings["device_scale"].health is Health.OK
    assert findings["device_printer"].health is Health.TO_SEE_TO
    said = " ".join(finding.detail for finding in findings.values())
    assert "Martin" not in said
    assert "martin" not in said
    assert "192.168" not in said


def test_what_a_window_tells_of_its_devices_comes_through_without_names() -> None:
    plain = json.dumps(plain_reports(a_book().reports()))
    assert "artin" not in plain
    read = {report.device: report for report in reports_of(plain)}
    assert read[Device.PRINTER] == DeviceReport(
        Device.PRINTER, DeviceState.FAILED, reason="paper_out", failed_at=NOON, last_reason="paper_out"
    )
    assert read[Device.CAMERA].reason == "other"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"device": "toaster"}]', "[" * 100_000, "null"])
def test_rubbish_tells_nothing(text: str) -> None:
    assert reports_of(text) == ()


def test_the_bundle_of_a_window_holds_its_devices(tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"
    write_support_bundle(tmp_path / "none.db", target, a_book().reports())
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as bundle:
        devices = json.loads(bundle.read("devices.json"))
        doctor = bundle.read("doctor.json").decode()
    assert [told["device"] for told in devices if told["reason"] == "paper_out"] == ["printer"]
    assert "device_printer" in doctor
    assert "artin" not in doctor


def test_doctor_asks_the_devices_when_told_to(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(settings_file, Settings(scale=ScaleSettings("serial", "/dev/no-such-port")))

    def checks(*words: str) -> set[str]:
        main(["doctor", "--json", *words])
        return {check["name"] for check in json.loads(capsys.readouterr().out)["checks"]}

    assert {"device_scale", "device_printer"} <= checks("--devices")
    assert not {name for name in checks() if name.startswith("device_")}
