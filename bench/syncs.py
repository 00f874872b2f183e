"""Counts what SQLite really asks the operating system to put on the disk (D1). Linux and a shared libsqlite3 only.

Stands between SQLite and its files: the table of functions of the open database file and of its write-ahead log is
replaced by a copy whose `xSync` counts and passes on. Nothing is guessed from pragmas or commits.
"""

from __future__ import annotations

import ctypes
import sqlite3
from typing import Any

_FILE_POINTER, _JOURNAL_POINTER = 7, 28
_METHOD_TABLE_WORDS = 19
_X_SYNC = 5
_DB_HANDLE_OFFSET = object.__basicsize__  # the first field of CPython's Connection is its sqlite3*
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class CannotCount(Exception):
    """This Python's SQLite cannot be reached from outside."""


class SyncCounter:
    """`count` is how many syncs the connection has caused since; must live as long as the connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.count = 0
        self._kept: list[Any] = []
        try:
            library = ctypes.CDLL("libsqlite3.so.0")
        except OSError as error:
            raise CannotCount(str(error)) from error
        library.sqlite3_libversion.restype = ctypes.c_char_p
        if library.sqlite3_libversion().decode() != sqlite3.sqlite_version:
            raise CannotCount("another SQLite is built into this Python")
        library.sqlite3_file_control.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p)
        handle = ctypes.c_void_p.from_address(id(connection) + _DB_HANDLE_OFFSET).value
        for which in (_FILE_POINTER, _JOURNAL_POINTER):
            file = ctypes.c_void_p()
            if library.sqlite3_file_control(handle, b"main", which, ctypes.byref(file)) or not file.value:
                raise CannotCount(f"no file for {which}")
            self._watch(file.value)

    def _watch(self, file: int) -> None:
        table = ctypes.c_void_p.from_address(file)
        assert table.value is not None
        copy = (ctypes.c_void_p * _METHOD_TABLE_WORDS).from_buffer_copy(
            (ctypes.c_void_p * _METHOD_TABLE_WORDS).from_address(table.value)
        )
        original = copy[_X_SYNC]
        assert original is not None
        sync = _SYNC(original)

        def counted(pointer: int, flags: int) -> int:
            self.count += 1
            return int(sync(pointer, flags))

        callback = _SYNC(counted)
        copy[_X_SYNC] = ctypes.cast(callback, ctypes.c_void_p).value
        self._kept += [copy, sync, callback]
        table.value = ctypes.addressof(copy)
