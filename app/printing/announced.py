"""Owns listening for printers that tell their names on the network (mDNS): starts and ends the library's threads."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator, Sequence
from typing import Any

from app.printing.discovery import Announced
from app.usecases.set_up_printer import Search

_RAW = "_pdl-datastream._tcp.local."
_KINDS = (_RAW, "_printer._tcp.local.", "_ipp._tcp.local.")
_LISTEN_S = 2.5
_SLICE_S = 0.1
_DETAILS_MS = 800
_MOST_ADDRESSES = 4
"""Of one printer: whoever names hundreds would keep the search busy."""


def announced(
    search: Search, interfaces: Sequence[str] | None = None, listen_s: float = _LISTEN_S
) -> Iterator[Announced]:
    """Each printer as it tells its name, for some seconds or until the search is stopped. None without a network.

    Args:
        interfaces: addresses of this computer to listen on; None for all.
    """
    from zeroconf import InterfaceChoice, ServiceBrowser, Zeroconf

    heard: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def note(*, service_type: str, name: str, **_rest: Any) -> None:
        heard.put((service_type, name))

    try:
        ears = Zeroconf(interfaces=list(interfaces) if interfaces is not None else InterfaceChoice.All)
    except OSError:  # no network at all
        return
    try:
        browser = ServiceBrowser(ears, list(_KINDS), handlers=[note])
        try:
            yield from _told(ears, heard, search, time.monotonic() + listen_s)
        finally:
            browser.cancel()
    finally:
        ears.close()


def _told(ears: Any, heard: queue.SimpleQueue[tuple[str, str]], search: Search, until: float) -> Iterator[Announced]:
    known: set[tuple[str, str]] = set()
    while not search.stopped and time.monotonic() < until:
        try:
            each = heard.get(timeout=_SLICE_S)
        except queue.Empty:
            continue
        if each in known:
            continue
        known.add(each)
        kind, name = each
        told = ears.get_service_info(kind, name, timeout=_DETAILS_MS)
        for address in (told.parsed_addresses() if told is not None else ())[:_MOST_ADDRESSES]:
            port = told.port if kind == _RAW else 0
            yield Announced(name.removesuffix("." + kind), address, port or 0)
