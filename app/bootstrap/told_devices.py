"""Owns the plain form in which what is known of the devices leaves this program: state, reasons, times. Never the
name of a device, a host, a code or anything that was read (I10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.usecases.device_book import Device, DeviceReport, DeviceState

_REASON = re.compile(r"[a-z0-9_]{0,40}")


def plain_reports(reports: Sequence[DeviceReport]) -> list[Mapping[str, Any]]:
    """What a file for whoever helps may hold of them."""
    return [
        {
            "device": report.device.value,
            "state": report.state.value,
            "reason": keyword(report.reason),
            "last_reason": keyword(report.last_reason),
            "worked_at": report.worked_at.isoformat() if report.worked_at is not None else "",
            "failed_at": report.failed_at.isoformat() if report.failed_at is not None else "",
        }
        for report in reports
    ]


def reports_of(text: str) -> Sequence[DeviceReport]:
    """What `plain_reports` made, read again; nothing at all if it is not that."""
    try:
        return tuple(_report(plain) for plain in json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()


def _report(plain: Mapping[str, str]) -> DeviceReport:
    return DeviceReport(
        Device(plain["device"]),
        DeviceState(plain["state"]),
        reason=keyword(plain["reason"]),
        worked_at=datetime.fromisoformat(plain["worked_at"]) if plain["worked_at"] else None,
        failed_at=datetime.fromisoformat(plain["failed_at"]) if plain["failed_at"] else None,
        last_reason=keyword(plain["last_reason"]),
    )


def keyword(reason: str) -> str:
    """Drivers name reasons by keywords; anything else is no word of ours."""
    return reason if _REASON.fullmatch(reason) else "other"
