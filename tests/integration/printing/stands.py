"""Owns one printer of each kind for the fault matrix: its stand-in, the ways it fails, and what must come of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from app.printing.layout import as_given
from app.printing.printer import PaperPrinter, Transport
from app.printing.transports.cups import CupsTransport
from app.printing.transports.device_file import FileTransport
from app.printing.transports.network import NetworkTransport
from app.printing.transports.serial_port import SerialTransport
from app.printing.transports.talk import Limits
from app.printing.transports.windows import WindowsTransport, Winspool
from app.serial_line import open_line
from app.settings import PrinterProfile
from tests.fakes.pty_printer import PtyPrinter
from tests.fakes.socket_printer import SocketPrinter
from tests.fakes.spooled_printers import CupsCommands, WindowsQueue

SHORT_S = 0.3
LONG_S = 30.0
"""Of a printer that works: a busy machine must not make it look broken."""


@dataclass
class Patience:
    """`Limits` that a test shortens for the one wait that its fault is about."""

    connect_s: float = LONG_S
    answer_s: float = LONG_S
    send_s: float = LONG_S
    fence_s: float = LONG_S
    silent_fence_s: float = LONG_S
    drain_s: float = LONG_S
    spool_s: float = LONG_S

    @property
    def limits(self) -> Limits:
        return cast(Limits, self)

    def lasting(self) -> float:
        """A clock's word: `spool_s` is read when the wait begins."""
        return self.spool_s


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    Attributes:
        begin: makes the printer fail.
        state, reasons: how a ticket sold meanwhile ends, while it lasts.
        short: the waits that it is about.
    """

    begin: Callable[[], None]
    state: Literal["done", "failed", "unknown"]
    reasons: tuple[str, ...] = ("",)
    short: tuple[str, ...] = ()


class StandIn(ABC):
    """A printer that can be made to fail and mended."""

    def __init__(self) -> None:
        self.patience = Patience()

    @abstractmethod
    def transport(self) -> Transport: ...

    @property
    @abstractmethod
    def papers(self) -> list[bytes]:
        """Whole jobs that are on paper, oldest first."""

    @property
    @abstractmethod
    def faults(self) -> Mapping[str, Fault]: ...

    @abstractmethod
    def mend(self) -> None: ...

    def close(self) -> None:  # noqa: B027  # a stand-in in memory holds nothing
        """Let go of what it holds."""

    def printer(self, *, open_drawer: bool = True) -> PaperPrinter:
        return PaperPrinter(PrinterProfile(open_drawer=open_drawer), self.transport(), "fr", as_given)

    def begin(self, name: str) -> Fault:
        fault = self.faults[name]
        for wait in fault.short:
            setattr(self.patience, wait, SHORT_S)
        fault.begin()
        return fault

    def lose_patience(self) -> None:
        """It hangs, that is known now: no answer of it is waited for any longer."""
        self.patience.answer_s = SHORT_S

    def end(self) -> None:
        self.mend()
        self.patience.__init__()  # type: ignore[misc]  # all waits long again, in the object that the transport has


_NOT_ABLE = {
    "no paper": ("paper_out", {"paper_out": True}),
    "cover open": ("cover_open", {"cover_open": True}),
    "jammed": ("jammed", {"jammed": True}),
    "off line": ("offline", {"offline": True}),
}


class _Answering(StandIn):
    """What a printer that answers does, whatever its line."""

    hardware: Any

    def lose_patience(self) -> None:
        assert self.hardware.stuck.wait(60)
        super().lose_patience()

    @property
    def papers(self) -> list[bytes]:
        return [job for job in self.hardware.jobs if job not in self.torn]

    @property
    def torn(self) -> list[bytes]:
        """Jobs that were cut off."""
        return [job for job in self.hardware.jobs if not job.rstrip(b"\x00\x01").endswith(b"\x1dV")]

    def _behaving(self, **how: object) -> Callable[[], None]:
        return partial(self.hardware.behave, **how)

    def mend(self) -> None:
        self.hardware.switch_off()
        self.hardware.stuck.clear()
        self.hardware.behave()

    @property
    def faults(self) -> Mapping[str, Fault]:
        failing = {name: Fault(self._behaving(**how), "failed", (reason,)) for name, (reason, how) in _NOT_ABLE.items()}
        stalls = ("fence_s", "send_s", "drain_s")
        return {
            **failing,
            "absent": Fault(self.hardware.switch_off, "failed", ("absent", "refused", "io")),
            "black hole": Fault(self._behaving(black_hole=True), "failed", ("timeout",), ("answer_s",)),
            "stalls early": Fault(self._behaving(hang_after=40), "unknown", ("unknown",), stalls),
            "stalls late": Fault(self._behaving(hang_after=700), "unknown", ("unknown",), stalls),
            "resets": Fault(self._behaving(reset_after=300), "unknown", ("unknown",), stalls),
            "resets at once": Fault(
                self._behaving(reset_after=3), "failed", ("io", "timeout", "absent"), ("answer_s",)
            ),
            "rubbish": Fault(self._behaving(rubbish=0xFF), "failed", ("timeout",), ("answer_s",)),
            "noughts": Fault(self._behaving(rubbish=0x00), "failed", ("timeout",), ("answer_s",)),
            "automatic status": Fault(self._behaving(automatic=True), "done"),
            "automatic status, stalls": Fault(
                self._behaving(automatic=True, hang_after=700), "unknown", ("unknown",), stalls
            ),
        }


class NetworkStandIn(_Answering):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.hardware: SocketPrinter = SocketPrinter()
        self.hardware.switch_on()

    def transport(self) -> Transport:
        return NetworkTransport("127.0.0.1", self.hardware.port, self.patience.limits)

    def mend(self) -> None:
        super().mend()
        self.hardware.switch_on()

    def close(self) -> None:
        self.hardware.switch_off()


class SerialStandIn(_Answering):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.hardware: PtyPrinter = PtyPrinter(folder)
        self.hardware.switch_on()

    def transport(self) -> Transport:
        return SerialTransport(str(self.hardware.path), 115_200, open_line, limits=self.patience.limits)

    def close(self) -> None:
        self.hardware.switch_off()


class DeviceStandIn(SerialStandIn):
    """A USB device file."""

    def transport(self) -> Transport:
        return FileTransport(str(self.hardware.path), self.patience.limits)


class CupsStandIn(StandIn):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.cups = CupsCommands()

    def transport(self) -> Transport:
        return CupsTransport("till", self.cups, spool_limit_s=SHORT_S, look_every_s=0.01)

    @property
    def papers(self) -> list[bytes]:
        return self.cups.jobs

    def mend(self) -> None:
        self.cups.fault = ""

    @property
    def faults(self) -> Mapping[str, Fault]:
        def fault(name: str) -> Callable[[], None]:
            return lambda: setattr(self.cups, "fault", name)

        return {
            "absent": Fault(fault("absent"), "failed", ("absent",)),
            "no print system": Fault(fault("no_spooler"), "failed", ("no_spooler",)),
            "paused": Fault(fault("stopped"), "failed", ("queue_stopped",)),
            "refuses": Fault(fault("rejecting"), "failed", ("queue_stopped",)),
            "never reached": Fault(fault("unreachable"), "failed", ("absent",)),
            "held": Fault(fault("held"), "failed", ("queue_stopped",)),
            "stalls": Fault(fault("stalls"), "unknown", ("unknown",)),
            "given up": Fault(fault("aborts"), "unknown", ("unknown",)),
        }


class WindowsStandIn(StandIn):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.queue = WindowsQueue()

    def transport(self) -> Transport:
        return WindowsTransport("till", lambda: cast(Winspool, self.queue), spool_limit_s=SHORT_S, look_every_s=0.01)

    @property
    def papers(self) -> list[bytes]:
        return self.queue.jobs

    def mend(self) -> None:
        self.queue.fault = ""

    @property
    def faults(self) -> Mapping[str, Fault]:
        def fault(name: str) -> Callable[[], None]:
            return lambda: setattr(self.queue, "fault", name)

        return {
            "absent": Fault(fault("absent"), "failed", ("absent",)),
            "paused": Fault(fault("paused"), "failed", ("queue_stopped",)),
            "off line": Fault(fault("offline"), "failed", ("offline",)),
            "used off line": Fault(fault("work_offline"), "failed", ("offline",)),
            "no paper": Fault(fault("no_paper"), "failed", ("paper_out",)),
            "jammed": Fault(fault("jam"), "failed", ("jammed",)),
            "held": Fault(fault("held"), "failed", ("offline",)),
            "stalls": Fault(fault("stalls"), "unknown", ("unknown",)),
            "takes a part": Fault(fault("short"), "unknown", ("unknown",)),
        }


KINDS: dict[str, Callable[[Path], StandIn]] = {
    "network": NetworkStandIn,
    "serial": SerialStandIn,
    "device": DeviceStandIn,
    "cups": CupsStandIn,
    "windows": WindowsStandIn,
}
LIVE = ("network", "serial", "device")

ANSWERING_FAULTS = (
    *_NOT_ABLE,
    "absent",
    "black hole",
    "stalls early",
    "stalls late",
    "resets",
    "resets at once",
    "rubbish",
    "noughts",
    "automatic status",
    "automatic status, stalls",
)
MATRIX = [
    *((kind, fault) for kind in LIVE for fault in ANSWERING_FAULTS),
    *(("cups", fault) for fault in CupsStandIn(Path()).faults),
    *(("windows", fault) for fault in WindowsStandIn(Path()).faults),
]
