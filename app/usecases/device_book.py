"""Owns what is known of the devices of this counter: which there are, what each did last, what went wrong with it.

Holds nothing but the newest word of each device, in memory: a device tells of itself again soon after a start. Never
touches a device. May be used from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.usecases.ports import Clock


class Device(StrEnum):
    """The places at a counter where a device may stand, in the order people look at them."""

    PRINTER = "printer"
    PREPARATION_PRINTER = "preparation_printer"
    FALLBACK_PRINTER = "fallback_printer"
    DRAWER = "drawer"
    WEDGE_SCANNER = "wedge_scanner"
    SERIAL_SCANNER = "serial_scanner"
    CAMERA = "camera"
    CUSTOMER_DISPLAY = "customer_display"
    SCALE = "scale"


class DeviceState(StrEnum):
    """How a device does.

    OFF: none is set up. UNKNOWN: set up, nothing heard yet. WORKING: it did or answered what it was asked. SILENT: it
    takes what it is sent and never answers, as many do. FAILED: see the reason.
    """

    OFF = "off"
    UNKNOWN = "unknown"
    WORKING = "working"
    SILENT = "silent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """The newest word of one device.

    Attributes:
        name: what it is called here: a profile's name, a port, a camera. No secret.
        reason: why it FAILED, as its driver names it (`paper_out`, `absent`, ...); words and remedy are the screen's.
        worked_at, failed_at: when it last did and last did not.
        last_reason: of the last failure, kept while it works again.
        facts: what else is worth telling (frames a second, newest code's length, paper low), by name.
    """

    device: Device
    state: DeviceState = DeviceState.OFF
    name: str = ""
    reason: str = ""
    worked_at: datetime | None = None
    failed_at: datetime | None = None
    last_reason: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


class DeviceBook:
    """Every driver writes its word here; the page of devices, the chips, `doctor` and the support bundle read it."""

    def __init__(self, clock: Clock, on_change: Callable[[Device], None] | None = None) -> None:
        """Args: on_change: told after each change that can be seen, on the thread of whoever wrote."""
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._reports = {device: DeviceReport(device) for device in Device}

    def set_up(self, device: Device, name: str) -> None:
        """There is one now (again): what was known of another one is forgotten."""
        self._put(DeviceReport(device, DeviceState.UNKNOWN, name))

    def taken_away(self, device: Device) -> None:
        self._put(DeviceReport(device))

    def works(self, device: Device, *, silent: bool = False, **facts: str) -> None:
        """It did what it was asked; `silent` if there is only hope that it did."""
        before = self.report(device)
        state = DeviceState.SILENT if silent else DeviceState.WORKING
        told = {**before.facts, **facts}
        self._put(replace(before, state=state, reason="", worked_at=self._clock.now(), facts=told))

    def failed(self, device: Device, reason: str, **facts: str) -> None:
        """It did not do it, because of `reason`."""
        before = self.report(device)
        told = {**before.facts, **facts}
        now = self._clock.now()
        self._put(
            replace(before, state=DeviceState.FAILED, reason=reason, last_reason=reason, failed_at=now, facts=told)
        )

    def report(self, device: Device) -> DeviceReport:
        with self._lock:
            return self._reports[device]

    def reports(self) -> Sequence[DeviceReport]:
        """One of each device, in the order of `Device`."""
        with self._lock:
            return [self._reports[device] for device in Device]

    def _put(self, report: DeviceReport) -> None:
        with self._lock:
            before = self._reports[report.device]
            self._reports[report.device] = report
        seen_before = replace(before, worked_at=None)
        if self._on_change is not None and replace(report, worked_at=None) != seen_before:
            self._on_change(report.device)
