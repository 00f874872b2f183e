"""Owns the part of the check-up that is about the devices of the counter. Says no device's name and no host (I10)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.bootstrap.told_devices import keyword
from app.cli.doctor import Finding, Health
from app.i18n import tr
from app.ui.device_words import device_name, state_words, trouble
from app.usecases.device_book import Device, DeviceReport, DeviceState


def ask_devices_of(settings_file: Path) -> Sequence[DeviceReport]:
    """Ask each device of these settings now; none if the settings cannot be read: another finding says so."""
    from app.bootstrap.ask_devices import ask_devices
    from app.settings import SettingsError, load
    from app.surroundings import SystemClock

    try:
        settings = load(settings_file)
    except SettingsError:
        return ()
    return ask_devices(settings, SystemClock())


def device_findings(reports: Sequence[DeviceReport]) -> list[Finding]:
    """One for each device that said something; one that fails stops no sale, so nothing is broken."""
    heard = [report for report in reports if report.state not in (DeviceState.OFF, DeviceState.UNKNOWN)]
    return [_finding(report) for report in heard]


def finding_name(device: Device) -> str:
    return f"device_{device.value}"


def _finding(report: DeviceReport) -> Finding:
    said = tr("{device}: {words}.").format(device=device_name(report.device), words=state_words(report.state)[0])
    if report.state is not DeviceState.FAILED:
        return Finding(finding_name(report.device), Health.OK, said)
    why = trouble(report.device, keyword(report.reason)).sentence
    return Finding(finding_name(report.device), Health.TO_SEE_TO, f"{said} {why}")
