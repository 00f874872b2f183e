"""Owns which transport a printer's profile means. Opens nothing."""

from __future__ import annotations

from functools import partial

from app.printing.printer import Transport
from app.settings import PrinterProfile


def transport_of(profile: PrinterProfile) -> Transport | None:
    """The way to this printer; None for one that takes no ESC/POS (on the screen, PDF, none)."""
    match profile.transport:
        case "network":
            from app.printing.transports.network import NetworkTransport

            return NetworkTransport(profile.host, profile.port)
        case "serial":
            from app.printing.transports.serial_port import SerialTransport
            from app.serial_line import open_line

            paced = partial(open_line, flow_control=profile.flow_control)
            return SerialTransport(profile.path, profile.baud_rate, paced, answers=profile.answers)
        case "file":
            from app.printing.transports.device_file import FileTransport

            return FileTransport(profile.path)
        case "cups":
            from app.printing.transports.cups import CupsTransport

            return CupsTransport(profile.queue)
        case "windows":
            from app.printing.transports.windows import WindowsTransport

            return WindowsTransport(profile.queue)
        case "screen" | "pdf" | "none":
            return None


def place_of(profile: PrinterProfile) -> tuple[str, ...]:
    """What makes two profiles one printer: the same place, whatever else they say of it."""
    match profile.transport:
        case "network":
            return ("network", profile.host.lower(), str(profile.port))
        case "serial" | "file" | "pdf":
            return (profile.transport, profile.path)
        case "cups" | "windows":
            return (profile.transport, profile.queue)
        case "screen" | "none":
            return (profile.transport,)
