"""Owns the one way in to python-escpos 3.1: loaded late, once, without its side effects, and only for writing bytes.

What its import would do otherwise (measured): leave an empty temporary folder behind, unpickle a file from a temporary
folder, take 0.2 s of CPU to read 35 printer models we do not use, and give the root logger a handler. A new object is
made for each job, because `ESC @` resets the printer but not the library's idea of it (python-escpos #729, unreleased).
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_CAPABILITIES_FILE = "ESCPOS_CAPABILITIES_FILE"

_CODE_PAGES = ("CP437", "CP850", "CP858", "CP860", "CP863", "CP865", "CP1252", "ISO8859-1", "ISO8859-15", "ASCII")

_CAPABILITIES = {
    "profiles": {
        "default": {
            "name": "Comptoir",
            "codePages": {},
            "colors": {"0": "black"},
            "features": {"paperFullCut": True, "paperPartCut": True, "qrCode": True, "bitImageRaster": True},
            "fonts": {"0": {"columns": 48, "name": "Font A"}},
            "media": {"dpi": 203, "width": {"mm": 80, "pixels": 576}},
        }
    },
    "encodings": {name: {"name": name, "python_encode": name.lower()} for name in _CODE_PAGES},
}

_loading = threading.Lock()


def new_job(code_page: str, code_page_number: int) -> Any:
    """A `Dummy` that writes in one code page, with the page number of this printer.

    Args:
        code_page: Python codec, one of CP437, CP850, CP858, CP860, CP863, CP865, CP1252, ISO8859-1, ISO8859-15, ASCII
            in any case.
        code_page_number: n of `ESC t n`.
    """
    with _loading, _without_side_effects():
        from escpos.magicencode import Encoder
        from escpos.printer import Dummy
    return Dummy(magic_encode_args={"encoder": Encoder({code_page.upper(): code_page_number})})


@contextmanager
def _without_side_effects() -> Iterator[None]:
    import sys

    if "escpos.capabilities" in sys.modules:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="comptoir-") as private, _root_logger_kept(), _folders_removed():
        capabilities = Path(private) / "capabilities.json"
        capabilities.write_text(json.dumps(_CAPABILITIES), encoding="utf-8")
        before = {name: os.environ.get(name) for name in (_PICKLE_DIR, _CAPABILITIES_FILE)}
        os.environ.update({_PICKLE_DIR: private, _CAPABILITIES_FILE: str(capabilities)})
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)


@contextmanager
def _folders_removed() -> Iterator[None]:
    """WORKAROUND: `escpos.capabilities` calls mkdtemp() even when it is told which folder to use. Other threads keep
    theirs.
    """
    original, thread, made = tempfile.mkdtemp, threading.get_ident(), []

    def recorded(*args: Any, **kwargs: Any) -> Any:
        folder = original(*args, **kwargs)
        if threading.get_ident() == thread:
            made.append(folder)
        return folder

    tempfile.mkdtemp = recorded
    try:
        yield
    finally:
        tempfile.mkdtemp = original
        for folder in made:
            with suppress(OSError):  # not empty: then it is somebody's after all
                Path(folder).rmdir()
