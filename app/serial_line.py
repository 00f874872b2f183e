"""Owns opening serial lines: printers, scanners, displays and scales all get theirs here, with limits on each wait.

Never knows what is said on a line. May be used by any layer but the domain. The library is imported when a line is
opened, not before.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import serial
    from serial.tools.list_ports_common import ListPortInfo


class SerialUnavailable(Exception):
    """The line cannot be used. `reason`: `absent`, `refused` (no right to it, or somebody else has it), `io`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class SerialLine(Protocol):
    """An open line. One thread uses it and closes it; `abort` may be called from any other."""

    def write(self, data: bytes, timeout_s: float) -> bool:
        """Hand over bytes; False if time ran out, and then some of them may have gone. Raises SerialUnavailable."""

    def drain(self, timeout_s: float) -> bool:
        """Wait until all that was written has left this computer; False if time ran out. Raises SerialUnavailable."""

    def read(self, most: int, timeout_s: float) -> bytes:
        """What came in, as soon as anything has; b"" if nothing did in time. Raises SerialUnavailable."""

    def abort(self) -> None:
        """End every wait on the line soon, for good."""

    def close(self) -> None:
        """Give the line back; what is still waiting to be sent is thrown away."""


class OpenLine(Protocol):
    """`open_line`, or what a test has instead."""

    def __call__(self, port: str, baud_rate: int) -> SerialLine: ...


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A port of this computer. `usb_ids`: vendor and product as `04b8:0202`, "" for one that is not on USB."""

    name: str
    description: str
    usb_ids: str = ""


def serial_ports() -> Sequence[SerialPort]:
    """The ports there are now, in the order of their names."""
    from serial.tools.list_ports import comports

    found = [
        SerialPort(port.device, _described(port), f"{port.vid:04x}:{port.pid:04x}" if port.vid else "")
        for port in comports()
    ]
    return sorted(found, key=lambda port: port.name)


def _described(port: ListPortInfo) -> str:
    """What the system calls it; pyserial writes "n/a" where it calls it nothing."""
    return port.device if port.description in (None, "", "n/a") else str(port.description)


FlowControl = Literal["none", "software", "hardware"]


def open_line(port: str, baud_rate: int, flow_control: FlowControl = "none") -> SerialLine:
    """Open a port for nobody else: 8 data bits, no parity, 1 stop bit.

    Args:
        port: `/dev/ttyUSB0`, `COM3`.
        baud_rate: 300 to 921,600.
        flow_control: how the other side says that it can take no more: `software` by XON and XOFF, `hardware` by the
            lines RTS and CTS.

    Raises:
        SerialUnavailable: there is no such port, it is somebody else's, or it fails.
    """
    import serial

    failures: tuple[type[Exception], ...] = (OSError, ValueError, *_terminal_errors())  # SerialException is an OSError
    try:
        return _PortLine(
            serial.Serial(
                port,
                baud_rate,
                timeout=0,
                write_timeout=0.1,
                exclusive=True,
                xonxoff=flow_control == "software",
                rtscts=flow_control == "hardware",
            )
        )
    except failures as error:
        raise SerialUnavailable(_reason(error), str(error)) from error


_SLICE_S = 0.02
"""How long a wait goes on before it looks whether it was called off."""

_ALONE = ("Could not exclusively lock", "PermissionError", "Access is denied")


def _reason(error: Exception) -> str:
    code = getattr(error, "errno", None)
    if code in (errno.EACCES, errno.EPERM, errno.EBUSY) or any(words in str(error) for words in _ALONE):
        return "refused"
    missing = code in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "FileNotFoundError" in str(error)
    return "absent" if missing else "io"


def _terminal_errors() -> tuple[type[Exception], ...]:
    """What a port that is gone raises where the system has terminals; it is no OSError."""
    try:
        import termios
    except ImportError:  # Windows
        return ()
    return (termios.error,)


class _PortLine:
    """A port of pyserial. It is asked in slices, because only its own thread may close it."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._called_off = threading.Event()

    def write(self, data: bytes, timeout_s: float) -> bool:
        import serial

        try:
            self._port.write_timeout = timeout_s  # the library asks the port for its state: one that is gone fails here
            taken: int = self._port.write(data)
        except serial.SerialTimeoutException:
            return False
        except OSError as error:
            raise SerialUnavailable("io", str(error)) from error
        return taken == len(data)

    def drain(self, timeout_s: float) -> bool:
        return self._waited(timeout_s, lambda: not self._port.out_waiting)

    def read(self, most: int, timeout_s: float) -> bytes:
        came = bytearray()

        def something_came() -> bool:
            came.extend(self._port.read(most))
            return bool(came)

        self._waited(timeout_s, something_came)
        return bytes(came)

    def abort(self) -> None:
        self._called_off.set()
        with suppress(OSError, TypeError):  # its own thread closed it at this moment: the pipe to wake it is gone
            self._port.cancel_write()

    def close(self) -> None:
        with suppress(OSError, *_terminal_errors()):  # it was unplugged: there is nothing left to throw away
            if self._port.out_waiting:  # what has left for the port itself goes out by itself
                self._port.reset_output_buffer()  # else closing a real port waits for half a minute
        self._port.close()

    def _waited(self, timeout_s: float, is_so: Callable[[], bool]) -> bool:
        """Whether it became so in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                if is_so():
                    return True
            except OSError as error:
                raise SerialUnavailable("io", str(error)) from error
            if self._called_off.is_set() or time.monotonic() >= deadline:
                return False
            self._called_off.wait(_SLICE_S)
