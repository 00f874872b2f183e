"""Owns what is said of the camera at the counter: how it does, and what would help it to read. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.ui.camera.frame_source import CameraState
from app.ui.device_words import trouble
from app.ui.style.tokens import Role
from app.usecases.device_book import Device


def chip_words(state: CameraState) -> tuple[str, Role]:
    """For the foot of the window: a word or two and their role."""
    if state.is_wrong:
        return tr("Camera: see why"), Role.WARNING
    return {
        CameraState.STARTING: (tr("Camera starts"), Role.INFO),
        CameraState.LIVE: (tr("Camera reads"), Role.SUCCESS),
        CameraState.RESTING: (tr("Camera rests F6"), Role.MUTED),
    }.get(state, (tr("Camera F6"), Role.MUTED))


def state_sentence(state: CameraState) -> str:
    """How it does in a sentence, with what to do; "" while it reads or is off."""
    if state.is_wrong:
        return trouble(Device.CAMERA, str(state)).sentence
    return {
        CameraState.STARTING: tr("The camera starts…"),
        CameraState.RESTING: tr("Nobody has shown a code for long: the camera rests. F6 wakes it."),
    }.get(state, "")


def advice_sentence(advice: str) -> str:
    """What helps, one thing at a time. `advice`: as `app.scanning.frames.Advice` writes it."""
    return {
        "none": tr("Hold the code inside the frame."),
        "too_dark": tr("Too dark: turn to the light, or make the phone brighter."),
        "glare": tr("It shines: tilt the code a little."),
        "too_far": tr("Too far: come closer."),
        "blurred": tr("Blurred: hold still, a little farther away."),
        "torn_edge": tr("Show the whole code with its white edge."),
        "say_the_code": tr("Still nothing: type the code that stands below it."),
        "counted_already": tr("Counted already. Another one? Take this one away first."),
        "not_known": tr("No article here has this code. A new one? Type its number, or use a scanner."),
    }.get(advice, tr("Hold the code inside the frame."))
