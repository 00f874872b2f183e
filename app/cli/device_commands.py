"""Owns what `comptoir devices` answers: each device of this counter, how it does, what to do. Asks them through
`bootstrap.ask_devices`; holds no rule."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.output import Answer
from app.i18n import tr, trn
from app.settings import Settings
from app.ui.device_words import device_name, remark, report_words, trouble_of
from app.usecases.device_book import DeviceReport, DeviceState
from app.usecases.ports import Clock


def run_devices(settings: Settings, clock: Clock) -> Answer:
    """Ask the devices of these settings now."""
    from app.bootstrap.ask_devices import ask_devices

    return devices_answer(ask_devices(settings, clock))


def devices_answer(reports: Sequence[DeviceReport]) -> Answer:
    """What people and programs are told of them."""
    failing = sum(report.state is DeviceState.FAILED for report in reports)
    rows = [_row(report) for report in reports]
    data = {"devices": [_plain(report) for report in reports]}
    if failing:
        message = trn("{count} device does not work.", "{count} devices do not work.", failing)
        return Answer(message.format(count=failing), data, rows, reason="device_failed")
    return Answer(tr("No device is known to fail."), data, rows)


def _row(report: DeviceReport) -> tuple[str, ...]:
    trouble = trouble_of(report)
    said = trouble.sentence if trouble is not None else remark(report)
    return (device_name(report.device), report.name, report_words(report)[0], said)


def _plain(report: DeviceReport) -> dict[str, str]:
    trouble = trouble_of(report)
    return {
        "device": report.device.value,
        "name": report.name,
        "state": report.state.value,
        "reason": report.reason,
        "happened": trouble.happened if trouble is not None else "",
        "remedy": trouble.remedy if trouble is not None else "",
    }
