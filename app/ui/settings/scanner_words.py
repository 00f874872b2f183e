"""Owns the wording of the scanner's sheet: what a lesson found and what to do. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence

from app.i18n import tr
from app.ui.style.tokens import Role

_GOOD = frozenset({"fine", "read_by_keys", "learned"})
_HOPELESS = frozenset({"nothing", "other_code", "mixed", "lost", "too_slow"})


def finding_words(finding: str) -> str:
    """What was found, and what to do about it."""
    return {
        "nothing": tr(
            "Nothing arrived. Is the scanner plugged in and its light on? Hold it a hand away from the code."
        ),
        "other_code": tr("That was another code. Scan the one shown here."),
        "mixed": tr("Two codes ran into one, or keys were pressed meanwhile. Scan once, and touch nothing."),
        "lost": tr(
            "Characters were lost on the way. Set the scanner to the keyboard of this computer (a code in its manual), "
            "or slow it down, or use its serial mode."
        ),
        "too_slow": tr(
            "It types as slowly as a person. Set a shorter pause between characters (a code in its manual), or use its "
            "serial mode."
        ),
        "caps_lock": tr("Caps Lock is on. Codes are read all the same; switch it off, for the typing."),
        "case_lost": tr(
            "Capitals and small letters arrive alike. The codes of orders and goods are read all the same."
        ),
        "no_suffix": tr(
            "It sends no Enter at the end: each scan takes a moment longer. A code in its manual sets it to send Enter."
        ),
        "learned": tr("It is set to another keyboard than this computer. Comptoir has learned it; nothing to do."),
        "read_by_keys": tr("It is set to an American keyboard. Comptoir reads its keys; nothing to do."),
        "fine": tr("All is well: the scanner and this computer agree."),
    }.get(finding, tr("This cannot be used. Scan again."))


def lesson_words(findings: Sequence[str]) -> str:
    """All that was found, the worst first."""
    return " ".join(finding_words(finding) for finding in findings)


def lesson_role(findings: Sequence[str]) -> Role:
    if any(finding in _HOPELESS for finding in findings):
        return Role.DANGER
    return Role.SUCCESS if all(finding in _GOOD for finding in findings) else Role.WARNING


def step_words(waiting: bool, with_bars: bool, step: int, steps: int) -> str:
    """What to do now."""
    if not waiting:
        return ""
    if with_bars:
        return tr("Scan the bars shown here: {number} of {count}.").format(number=step + 1, count=steps)
    return tr("Scan the code shown here. Escape ends this.")
