from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.scale import REASONS as SCALE_REASONS
from app.i18n import set_language
from app.printing.printer import PrinterState
from app.ui.camera.frame_source import CameraState
from app.ui.device_words import device_icon, device_name, has_words, state_words, trouble, trouble_of
from app.usecases.device_book import Device, DeviceReport, DeviceState

APP = Path(__file__).resolve().parents[3] / "app"
_FAILURES = {"PrinterUnavailable": Device.PRINTER, "SerialUnavailable": Device.CUSTOMER_DISPLAY}
"""Whose words the reasons of these failures need."""


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be: the choices of an `a if b else c` too."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _device(node: ast.expr) -> Device | None:
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Device"
    return Device[node.attr] if named and isinstance(node, ast.Attribute) else None


def _raised(path: Path) -> Iterator[tuple[Device, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _FAILURES:
            yield from ((_FAILURES[name], reason) for reason in _texts(node.args[0]))
        elif name == "failed" and len(node.args) > 1 and (device := _device(node.args[0])) is not None:
            yield from ((device, reason) for reason in _texts(node.args[1]))


def reasons() -> list[tuple[Device, str]]:
    """Each reason that a driver names in the code."""
    return sorted({found for path in APP.rglob("*.py") for found in _raised(path)})


def test_reasons_are_found_in_the_code() -> None:
    assert {(Device.PRINTER, "absent"), (Device.PRINTER, "no_printer"), (Device.CUSTOMER_DISPLAY, "io")} <= set(
        reasons()
    )


@pytest.mark.parametrize(("device", "reason"), reasons())
def test_each_reason_a_driver_names_has_words_of_its_own(device: Device, reason: str) -> None:
    places = [device, Device.DRAWER] if device is Device.PRINTER else [device]  # some are of its drawer alone
    assert any(has_words(place, reason) for place in places), (
        f"add {reason!r} of the {device} to app/ui/device_words.py"
    )


@pytest.mark.parametrize(
    "reason", ["absent", "refused", "timeout", "paper_out", "cover_open", "jammed", "offline", "unknown", "io"]
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_printers_documented_reasons_have_words_in_both_languages(reason: str, language: str) -> None:
    set_language(language)
    assert has_words(Device.PRINTER, reason)
    assert trouble(Device.PRINTER, reason).remedy.endswith(".")


def test_what_printers_scales_and_cameras_say_of_themselves_has_words() -> None:
    well = (PrinterState.READY, PrinterState.SILENT, PrinterState.UNREACHABLE)
    assert [state for state in PrinterState if state not in well and not has_words(Device.PRINTER, state)] == []
    assert [reason for reason in SCALE_REASONS.values() if not has_words(Device.SCALE, reason)] == []
    fine = ("off", "starting", "live", "resting")
    assert [state for state in CameraState if state not in fine and not has_words(Device.CAMERA, state)] == []


@given(st.sampled_from(Device), st.text(max_size=20))
def test_any_reason_whatever_gets_a_sentence_and_a_remedy(device: Device, reason: str) -> None:
    said = trouble(device, reason)
    assert said.happened
    assert said.remedy


@pytest.mark.parametrize("device", Device)
def test_each_device_and_state_has_name_icon_and_words(device: Device) -> None:
    assert device_name(device)
    assert device_icon(device)
    names = [state_words(state)[0] for state in DeviceState]
    assert len(set(names)) == len(DeviceState)


def test_only_a_failed_device_has_trouble() -> None:
    assert trouble_of(DeviceReport(Device.SCALE, DeviceState.WORKING)) is None
    said = trouble_of(DeviceReport(Device.SCALE, DeviceState.FAILED, reason="overload"))
    assert said == trouble(Device.SCALE, "overload")
