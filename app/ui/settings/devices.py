"""Owns what a person does with the devices of this counter on the settings screen: look at them, try one. No widget,
no wording.

Everything that asks a device runs in a lane; what came of it is read from the book of devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from app.serial_line import SerialPort
from app.ui.task_runner import Lane, Runner
from app.usecases.counter_devices import ScaleReading, ScaleState
from app.usecases.device_book import Device, DeviceReport, DeviceState


def _nothing() -> None:
    """Where no device is."""


@dataclass(frozen=True, slots=True)
class DevicesSurroundings:
    """What the sheets about devices are given.

    Attributes:
        runner: None where no device can be tried.
        reports: what each device did last; asks none of them, so it may be called as often as one likes.
        tries: what trying a device sets off; returns at once. Those left out are tried on their own sheets.
        ports: the serial lines of this computer; takes a moment.
        weigh: what the scale says now; takes a moment.
    """

    runner: Runner | None = None
    reports: Callable[[], Sequence[DeviceReport]] = tuple
    tries: Mapping[Device, Callable[[], None]] = field(default_factory=dict)
    ports: Callable[[], Sequence[SerialPort]] = tuple
    weigh: Callable[[], ScaleReading] = lambda: ScaleReading(ScaleState.ABSENT)


@dataclass(frozen=True, slots=True)
class DevicesState:
    """All that the sheets show.

    Attributes:
        weighed: what the scale said when it was tried last, None until then.
        tried: the device tried last, None if it was only asked again.
    """

    reports: tuple[DeviceReport, ...] = ()
    ports: tuple[SerialPort, ...] = ()
    weighed: ScaleReading | None = None
    tried: Device | None = None
    is_weighing: bool = False


class DevicesView(Protocol):
    """What the presenter shows itself with."""

    def show_devices(self, state: DevicesState) -> None: ...


class DevicesPresenter:
    """Looks into the book again and again; shows itself only when something is otherwise than before."""

    def __init__(self, around: DevicesSurroundings, view: DevicesView) -> None:
        self._around = around
        self._view = view
        self.state = DevicesState()

    def look(self) -> None:
        """What the devices did since the last look."""
        reports = tuple(self._around.reports())
        if reports != self.state.reports:
            self._change(reports=reports)

    def can_try(self, device: Device) -> bool:
        return device is Device.SCALE or device in self._around.tries

    def try_device(self, device: Device) -> None:
        """Have it do something that can be seen; one that failed is only asked again."""
        failing = any(report.device is device and report.state is DeviceState.FAILED for report in self.state.reports)
        self._change(tried=None if failing else device)
        if device is Device.SCALE:
            self._weigh()
        elif device in self._around.tries:
            self._around.tries[device]()

    def find_ports(self) -> None:
        """Look for the serial lines of this computer."""
        if self._around.runner is not None:
            self._around.runner.run(
                Lane.LISTS, self._around.ports, lambda found: self._change(ports=tuple(found)), lambda _failure: None
            )

    def _weigh(self) -> None:
        if self.state.is_weighing or self._around.runner is None:
            return
        self._change(is_weighing=True)
        self._around.runner.run(
            Lane.PRINT,
            self._around.weigh,
            lambda reading: self._change(is_weighing=False, weighed=reading),
            lambda _failure: self._change(is_weighing=False, weighed=ScaleReading(ScaleState.ABSENT)),
        )

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_devices(self.state)
