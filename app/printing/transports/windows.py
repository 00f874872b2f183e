"""Owns a printer behind a queue of the Windows spooler: raw bytes through `winspool.drv`.

Written by its documentation and tested against a stand-in of its functions; it has never run on Windows. Can be
imported anywhere: the library is looked for when a printer is opened. The spooler says success for a printer that is
unplugged, so it is asked first, each count is looked at, and a job is watched until it has left the queue or taken back
after a minute. Nothing that must happen now (a drawer) goes this way.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from app.printing.printer import PrinterState, PrinterStatus
from app.usecases.ports import PrinterUnavailable

SPOOL_LIMIT_S = 60.0
"""A paper that comes out later than this comes out for nobody."""

_LOOK_EVERY_S = 0.3

_PAUSED, _ERROR, _JAM, _PAPER_OUT, _PAPER_PROBLEM = 0x1, 0x2, 0x8, 0x10, 0x40
_OFFLINE, _NOT_AVAILABLE, _DOOR_OPEN = 0x80, 0x1000, 0x40_0000
_WORK_OFFLINE = 0x400
"""An attribute, not a state: a person chose "use printer off line"."""

_JOB_OFFLINE, _JOB_PAPER_OUT, _JOB_PRINTING, _JOB_PRINTED, _JOB_COMPLETE = 0x20, 0x40, 0x10, 0x80, 0x1000
_JOB_DELETE = 5
_LEVEL_OF_PRINTER, _LEVEL_OF_JOB, _LEVEL_OF_DOCUMENT = 2, 1, 1

_ERROR_INVALID_PRINTER_NAME, _ERROR_ACCESS_DENIED, _ERROR_NO_SPOOLER = 1801, 5, 1722
_SPOOLER_GONE = (_ERROR_NO_SPOOLER, 6, 1726, 1727)
"""It ended while it held a job: a handle that is none any more, a call that failed."""


class _Document(ctypes.Structure):
    """DOC_INFO_1W."""

    _fields_ = (("name", wintypes.LPWSTR), ("output_file", wintypes.LPWSTR), ("data_type", wintypes.LPWSTR))


class _PrinterInfo(ctypes.Structure):
    """PRINTER_INFO_2W."""

    _fields_ = (
        *((name, wintypes.LPWSTR) for name in ("server", "printer", "share", "port", "driver", "comment", "location")),
        ("device_mode", ctypes.c_void_p),
        *((name, wintypes.LPWSTR) for name in ("separator", "processor", "data_type", "parameters")),
        ("security", ctypes.c_void_p),
        *(
            (name, wintypes.DWORD)
            for name in ("attributes", "priority", "default_priority", "start", "until", "status", "jobs", "average")
        ),
    )


class _SystemTime(ctypes.Structure):
    _fields_ = tuple((f"part_{number}", wintypes.WORD) for number in range(8))


class _JobInfo(ctypes.Structure):
    """JOB_INFO_1W."""

    _fields_ = (
        ("job_id", wintypes.DWORD),
        *((name, wintypes.LPWSTR) for name in ("printer", "machine", "user", "document", "data_type", "words")),
        *((name, wintypes.DWORD) for name in ("status", "priority", "position", "pages", "printed")),
        ("submitted", _SystemTime),
    )


class Winspool:
    """The functions of `winspool.drv` in our words; each raises OSError with the number Windows gives."""

    def __init__(self, library: Any, last_error: Callable[[], int]) -> None:
        """Args: library: `winspool.drv`, or what a test has instead; last_error: what failed last on this thread."""
        self._library = library
        self._last_error = last_error

    def open(self, queue: str) -> wintypes.HANDLE:
        handle = wintypes.HANDLE()
        self._must(self._library.OpenPrinterW(queue, ctypes.byref(handle), None))
        return handle

    def close(self, handle: wintypes.HANDLE) -> None:
        self._library.ClosePrinter(handle)

    def printer(self, handle: wintypes.HANDLE) -> tuple[int, int]:
        """State and attributes."""
        info = _PrinterInfo.from_buffer(self._info(self._library.GetPrinterW, handle, _LEVEL_OF_PRINTER))
        return int(info.status), int(info.attributes)

    def start(self, handle: wintypes.HANDLE, title: str) -> int:
        """Begin a raw document; its number in the queue."""
        document = _Document(title, None, "RAW")
        number = int(self._library.StartDocPrinterW(handle, _LEVEL_OF_DOCUMENT, ctypes.byref(document)))
        self._must(number)
        self._must(self._library.StartPagePrinter(handle))
        return number

    def write(self, handle: wintypes.HANDLE, data: bytes) -> int:
        """How many bytes were taken."""
        written = wintypes.DWORD()
        self._must(self._library.WritePrinter(handle, data, len(data), ctypes.byref(written)))
        return int(written.value)

    def end(self, handle: wintypes.HANDLE) -> None:
        self._must(self._library.EndPagePrinter(handle))
        self._must(self._library.EndDocPrinter(handle))

    def job(self, handle: wintypes.HANDLE, number: int) -> int | None:
        """The state of a job; None once it has left the queue. Raises OSError if the spooler is gone."""
        try:
            buffer = self._info(self._library.GetJobW, handle, number, _LEVEL_OF_JOB)
        except OSError as error:
            if error.errno in _SPOOLER_GONE:
                raise
            return None
        return int(_JobInfo.from_buffer(buffer).status)

    def delete(self, handle: wintypes.HANDLE, number: int) -> None:
        self._must(self._library.SetJobW(handle, number, 0, None, _JOB_DELETE))

    def _info(self, function: Any, *which: Any) -> Any:
        """What a function tells that is first asked how much room it needs."""
        needed = wintypes.DWORD()
        function(*which, None, 0, ctypes.byref(needed))
        if not needed.value:
            raise self._failure()
        buffer = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(_PrinterInfo)))
        self._must(function(*which, buffer, needed.value, ctypes.byref(needed)))
        return buffer

    def _must(self, result: Any) -> None:
        if not result:
            raise self._failure()

    def _failure(self) -> OSError:
        return OSError(self._last_error(), "winspool")


def system_winspool() -> Winspool:
    """That of this computer. Raises PrinterUnavailable where there is none."""
    make = vars(ctypes).get("WinDLL")
    if make is None:
        raise PrinterUnavailable("no_spooler", "this computer does not run Windows")
    library = make("winspool.drv", use_last_error=True)
    handle = wintypes.HANDLE
    dword, pointer = wintypes.DWORD, ctypes.c_void_p
    for name, arguments in {
        "OpenPrinterW": (wintypes.LPCWSTR, pointer, pointer),
        "ClosePrinter": (handle,),
        "GetPrinterW": (handle, dword, pointer, dword, pointer),
        "StartDocPrinterW": (handle, dword, pointer),
        "StartPagePrinter": (handle,),
        "WritePrinter": (handle, pointer, dword, pointer),
        "EndPagePrinter": (handle,),
        "EndDocPrinter": (handle,),
        "GetJobW": (handle, dword, dword, pointer, dword, pointer),
        "SetJobW": (handle, dword, dword, pointer, dword),
    }.items():
        getattr(library, name).argtypes = arguments
    last_error: Callable[[], int] = vars(ctypes)["get_last_error"]
    return Winspool(library, last_error)


class WindowsTransport:
    """Implements `printer.Transport`."""

    live = False

    def __init__(
        self,
        queue: str,
        winspool: Callable[[], Winspool] = system_winspool,
        spool_limit_s: float = SPOOL_LIMIT_S,
        look_every_s: float = _LOOK_EVERY_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._winspool = winspool
        self._spool_limit_s = spool_limit_s
        self._look_every_s = look_every_s
        self._now_s = now_s
        self._called_off = threading.Event()

    def send(self, job: bytes) -> None:
        winspool = self._winspool()
        handle = self._opened(winspool)
        try:
            wrong = _wrong(*winspool.printer(handle))
            if wrong:
                raise PrinterUnavailable(wrong)
            number = winspool.start(handle, "Comptoir")
        except OSError as error:
            raise PrinterUnavailable("io", str(error)) from error
        else:
            self._print(winspool, handle, number, job)
        finally:
            winspool.close(handle)

    def status(self) -> PrinterStatus:
        """Of the queue; of the printer behind it the spooler knows little."""
        try:
            winspool = self._winspool()
            handle = self._opened(winspool)
        except PrinterUnavailable as error:
            return PrinterStatus(PrinterState.UNREACHABLE, error.reason)
        try:
            wrong = _wrong(*winspool.printer(handle))
        except OSError:
            wrong = "io"
        finally:
            winspool.close(handle)
        if not wrong:
            return PrinterStatus(PrinterState.SILENT)
        known = {state.value: state for state in PrinterState}
        return PrinterStatus(known.get(wrong, PrinterState.UNREACHABLE), wrong)

    def abort(self) -> None:
        self._called_off.set()

    def _opened(self, winspool: Winspool) -> wintypes.HANDLE:
        """Raises PrinterUnavailable."""
        try:
            return winspool.open(self._queue)
        except OSError as error:
            reasons = {
                _ERROR_INVALID_PRINTER_NAME: "absent",
                _ERROR_ACCESS_DENIED: "refused",
                _ERROR_NO_SPOOLER: "no_spooler",
            }
            raise PrinterUnavailable(reasons.get(error.errno or 0, "io"), str(error)) from error

    def _print(self, winspool: Winspool, handle: wintypes.HANDLE, number: int, job: bytes) -> None:
        """Raises PrinterUnavailable; from here on it is mostly `unknown`: the spooler may print while it is filled."""
        try:
            taken = winspool.write(handle, job)
            winspool.end(handle)
            if taken != len(job):
                winspool.delete(handle, number)
                raise PrinterUnavailable("unknown", f"{taken} of {len(job)} bytes were taken")
            self._watch(winspool, handle, number)
        except OSError as error:
            raise PrinterUnavailable("unknown", str(error)) from error

    def _watch(self, winspool: Winspool, handle: wintypes.HANDLE, number: int) -> None:
        """Until it is printed. Raises PrinterUnavailable, OSError."""
        deadline, seen = self._now_s() + self._spool_limit_s, 0
        while True:
            state = winspool.job(handle, number)
            if state is None or state & (_JOB_PRINTED | _JOB_COMPLETE):
                return
            seen |= state
            if self._now_s() >= deadline or self._called_off.wait(self._look_every_s):
                break
        winspool.delete(handle, number)
        if seen & _JOB_PRINTING:
            raise PrinterUnavailable("unknown", "it was still being printed")
        raise PrinterUnavailable(_why_waiting(seen), "it never left the queue")


def _wrong(state: int, attributes: int) -> str:
    """Why the queue prints nothing now; "" if it does."""
    if state & (_PAPER_OUT | _PAPER_PROBLEM):
        return "paper_out"
    if state & _JAM:
        return "jammed"
    if state & _DOOR_OPEN:
        return "cover_open"
    if state & _PAUSED:
        return "queue_stopped"
    if state & (_OFFLINE | _NOT_AVAILABLE | _ERROR) or attributes & _WORK_OFFLINE:
        return "offline"
    return ""


def _why_waiting(seen: int) -> str:
    if seen & _JOB_PAPER_OUT:
        return "paper_out"
    return "offline" if seen & _JOB_OFFLINE else "queue_stopped"
