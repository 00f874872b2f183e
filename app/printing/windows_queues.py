"""Owns the names of Windows' print queues, asked of `winspool.drv`. Loads on any system; asks only on Windows.

Tested against a stand-in for the library alone: nobody has run it on a real Windows yet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

_LOCAL_AND_CONNECTED = 2 | 4
_LEVEL = 4


class _PrinterInfo4(ctypes.Structure):
    _fields_ = (
        ("printer_name", ctypes.c_wchar_p),
        ("server_name", ctypes.c_wchar_p),
        ("attributes", ctypes.c_uint32),
    )


def windows_queues(library: Any = None) -> Sequence[tuple[str, str]]:
    """Name of each queue, twice: Windows tells no address here. None if Windows does not answer.

    Args:
        library: `winspool.drv`, or a stand-in for it.
    """
    spool = library if library is not None else ctypes.WinDLL("winspool.drv")  # type: ignore[attr-defined,unused-ignore]  # only there on Windows
    needed, count = ctypes.c_uint32(0), ctypes.c_uint32(0)
    spool.EnumPrintersW(_LOCAL_AND_CONNECTED, None, _LEVEL, None, 0, ctypes.byref(needed), ctypes.byref(count))
    if not needed.value:
        return ()
    room = ctypes.create_string_buffer(needed.value)
    known = spool.EnumPrintersW(
        _LOCAL_AND_CONNECTED, None, _LEVEL, room, needed.value, ctypes.byref(needed), ctypes.byref(count)
    )
    if not known:
        return ()
    rows = ctypes.cast(room, ctypes.POINTER(_PrinterInfo4))
    names = [str(rows[at].printer_name) for at in range(count.value)]
    return [(name, name) for name in names]
