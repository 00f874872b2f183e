"""Owns what is said of the devices at a counter: their names, how each does, what went wrong and what to do. No Qt, no
decision; the window, the commands and the printed self-test say the same.

A reason is what a driver calls a failure (`paper_out`, `absent`, ...). Whoever adds one adds its words here; a reason
that nobody foresaw gets a sentence that helps all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.receipt import DeviceLine
from app.i18n import tr
from app.ui.style.tokens import Role
from app.usecases.device_book import Device, DeviceReport, DeviceState

_PRINTERS = (Device.PRINTER, Device.PREPARATION_PRINTER, Device.FALLBACK_PRINTER)
_SERIAL = (Device.SERIAL_SCANNER, Device.CUSTOMER_DISPLAY, Device.SCALE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happened, and what a person does about it."""

    happened: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.happened} {self.remedy}"


def device_name(device: Device) -> str:
    return {
        Device.PRINTER: tr("Ticket printer"),
        Device.PREPARATION_PRINTER: tr("Preparation printer"),
        Device.FALLBACK_PRINTER: tr("Spare printer"),
        Device.DRAWER: tr("Cash drawer"),
        Device.WEDGE_SCANNER: tr("Scanner (as a keyboard)"),
        Device.SERIAL_SCANNER: tr("Scanner (serial line)"),
        Device.CAMERA: tr("Camera"),
        Device.CUSTOMER_DISPLAY: tr("Customer display"),
        Device.SCALE: tr("Scale"),
    }[device]


def device_icon(device: Device) -> str:
    return {
        Device.DRAWER: "banknote",
        Device.WEDGE_SCANNER: "scan-line",
        Device.SERIAL_SCANNER: "scan-line",
        Device.CAMERA: "camera",
        Device.CUSTOMER_DISPLAY: "user",
        Device.SCALE: "scale",
    }.get(device, "printer")


def state_words(state: DeviceState) -> tuple[str, Role, str]:
    """How it does: words, role and icon, so that no colour says it alone."""
    return {
        DeviceState.OFF: (tr("None set up"), Role.MUTED, "minus"),
        DeviceState.UNKNOWN: (tr("Nothing heard of it yet"), Role.INFO, "circle-question-mark"),
        DeviceState.WORKING: (tr("Works"), Role.SUCCESS, "circle-check"),
        DeviceState.SILENT: (tr("Takes what it is sent, answers nothing"), Role.SUCCESS, "circle-check"),
        DeviceState.FAILED: (tr("Does not work"), Role.DANGER, "circle-alert"),
    }[state]


def report_words(report: DeviceReport) -> tuple[str, Role, str]:
    """As `state_words`, of a device that is known by name: nothing is expected of a scanner until somebody scans."""
    words, role, icon = state_words(report.state)
    if report.device is Device.WEDGE_SCANNER and report.state is DeviceState.UNKNOWN:
        words = tr("Nothing read yet")
    return words, role, icon


def remark(report: DeviceReport) -> str:
    """What somebody should see to although it works; "" for nothing."""
    if report.state not in (DeviceState.WORKING, DeviceState.SILENT):
        return ""
    if report.facts.get("paper_low") == "yes":
        return tr("Its paper runs low: have a new roll ready.")
    return tr("It stands open: close it.") if report.facts.get("open") == "yes" else ""


def device_lines(reports: Sequence[DeviceReport]) -> list[DeviceLine]:
    """What a printed self-test says of the devices that are set up: how each does, and what is wrong with it."""
    return [
        DeviceLine(device_name(report.device), _state_and_trouble(report))
        for report in reports
        if report.state is not DeviceState.OFF
    ]


def _state_and_trouble(report: DeviceReport) -> str:
    wrong = trouble_of(report)
    if wrong is not None:
        return wrong.sentence
    return ". ".join(filter(None, (report_words(report)[0], remark(report))))


def trouble_of(report: DeviceReport) -> Trouble | None:
    """What is wrong with it now; None while nothing is."""
    return trouble(report.device, report.reason or "other") if report.state is DeviceState.FAILED else None


def trouble(device: Device, reason: str) -> Trouble:
    """A failure in words, for any reason whatever."""
    return _known(device, reason) or Trouble(
        tr("It does not work ({reason}).").format(reason=reason),
        tr("Check its cable and its power, then try it from this page. The till goes on without it."),
    )


def drawer_stays_shut(reason: str) -> str:
    """What the clerk must do now, and why."""
    return f"{tr('The drawer may have stayed shut: open it with its key.')} {trouble(Device.DRAWER, reason).happened}"


def has_words(device: Device, reason: str) -> bool:
    """Whether somebody wrote words for this reason."""
    return _known(device, reason) is not None


def _known(device: Device, reason: str) -> Trouble | None:
    own = {
        Device.SCALE: _scale,
        Device.CAMERA: _camera,
        Device.DRAWER: _drawer,
    }.get(device, dict)()
    if reason in own:
        return own[reason]
    if device in _PRINTERS or device is Device.DRAWER:
        return _printer().get(reason)
    return _serial().get(reason) if device in _SERIAL else None


def _printer() -> dict[str, Trouble]:
    return {
        "absent": Trouble(tr("It cannot be found."), tr("Check that it is on and plugged in; papers wait for it.")),
        "refused": Trouble(
            tr("It refuses the connection."), tr("Another till or program may be using it: close it there.")
        ),
        "timeout": Trouble(tr("It does not answer."), tr("Switch it off and on again; papers wait for it.")),
        "paper_out": Trouble(
            tr("No paper left."),
            tr("Put in a new roll; the papers that wait come out by themselves."),
        ),
        "cover_open": Trouble(tr("Its cover is open."), tr("Close it until it clicks.")),
        "jammed": Trouble(
            tr("Its paper or its cutter is jammed."), tr("Switch it off, clear paper and cutter, switch it on again.")
        ),
        "offline": Trouble(tr("It is off line."), tr("Press its button, or switch it off and on again.")),
        "unknown": Trouble(
            tr("It stopped in the middle: a paper may be out or not."),
            tr("Look at the paper, then answer in the outbox. Nothing is printed twice by itself."),
        ),
        "unprintable": Trouble(
            tr("A paper could not be laid out."), tr("Look at the outbox, and send the file for support.")
        ),
        "no_printer": Trouble(tr("No printer is set up."), tr("Choose one in the settings, under Printer.")),
        "no_spooler": Trouble(
            tr("This computer's print system does not run."),
            tr("Start the computer again; whoever looks after it looks at CUPS or the print spooler."),
        ),
        "queue_stopped": Trouble(
            tr("Its queue on this computer is paused."), tr("Go on with it in the computer's own printer settings.")
        ),
        "too_late": Trouble(
            tr("A paper waited so long that nobody waits for it any more; it was not printed."),
            tr("Print it from the outbox if somebody still wants it."),
        ),
        "io": Trouble(tr("The connection broke."), tr("Check its cable; unplug it and plug it in again.")),
        "other": Trouble(tr("It does not work."), tr("Check its cable and its paper; papers wait for it.")),
    }


def _drawer() -> dict[str, Trouble]:
    return {
        "no_printer": Trouble(
            tr("No printer is set up that could open it."),
            tr("Open it with its key; choose the printer in the settings."),
        ),
        "unknown": Trouble(tr("Nobody knows whether it opened."), tr("Open it with its key if it stayed shut.")),
        "not_live": Trouble(
            tr("A printer reached through a queue of this computer cannot open it in time."),
            tr("Open it with its key, or set the printer up by its cable or its address."),
        ),
    }


def _serial() -> dict[str, Trouble]:
    return {
        "absent": Trouble(
            tr("Its port is not there."), tr("Plug its cable in, or choose its new port in the settings.")
        ),
        "refused": Trouble(
            tr("Its port may not be used."),
            tr("Another program may have it: close that one. On Linux the user must belong to the group dialout."),
        ),
        "garbled": Trouble(
            tr("What it sends cannot be read."), tr("Set the same speed in the settings as in the scanner's manual.")
        ),
        "timeout": Trouble(
            tr("It does not answer."), tr("Check that it is on, then its speed and kind in the settings.")
        ),
        "io": Trouble(tr("The connection broke."), tr("Plug its cable in again; the till finds it by itself.")),
    }


def _scale() -> dict[str, Trouble]:
    return {
        "not_understood": Trouble(
            tr("It answers something the till does not understand."),
            tr("Choose its kind and speed in the settings, as they stand in its manual."),
        ),
        "overload": Trouble(tr("Too much is on it."), tr("Take something off; type the weight if need be.")),
        "underload": Trouble(tr("Something is missing on it."), tr("Put its plate on and press its zero key.")),
        "scale_error": Trouble(
            tr("It reports a fault of its own."), tr("Switch it off and on again, with nothing on it.")
        ),
    }


def _camera() -> dict[str, Trouble]:
    """Its reasons are the values of `app.ui.camera.frame_source.CameraState` that name what is wrong."""
    go_on = tr("Scanner and keyboard work without it.")
    return {
        "none_found": Trouble(tr("No camera is plugged in."), f"{tr('Plug one in: it starts by itself.')} {go_on}"),
        "unplugged": Trouble(
            tr("The camera is no longer there."), f"{tr('Plug it in again: it starts by itself.')} {go_on}"
        ),
        "busy": Trouble(
            tr("The camera gives no picture."),
            tr("Another program may be using it: close that one. Else unplug the camera and plug it in again."),
        ),
        "denied": Trouble(
            tr("Comptoir may not use the camera."),
            tr("Allow it in this computer's privacy settings. On Linux the user must belong to the group video."),
        ),
        "no_backend": Trouble(
            tr("This computer lacks what cameras need."),
            tr("Whoever looks after it installs the packages libpulse0, libxrandr2, libxext6 and libdrm2."),
        ),
        "broken": Trouble(
            tr("The camera stopped because of a fault in Comptoir."), tr("Start Comptoir again, and tell support.")
        ),
    }
