"""Owns which addresses never leave this machine: only to them may the link go without TLS. Never resolves a name."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it; a name other than localhost may stand for anything."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
