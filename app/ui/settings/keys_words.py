"""Owns the wording of the keys' sheet. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.settings import SettingsError, SettingsNewer
from app.ui.actions import Action
from app.ui.keymap import NotAKey, Taken
from app.ui.settings.keys import KeysSaid, KeysState
from app.ui.style.tokens import Role


def where_words(action: Action) -> str:
    """Where a key counts."""
    return " · ".join(tr(part.words) for part in action.parts)


def asked_words(action: Action | None, state: KeysState) -> str:
    """What to do, or what stands against the key pressed."""
    if action is None:
        return tr("Choose an action; Enter changes its key.")
    what = tr(action.words)
    if not state.asking:
        return tr("{what}: Enter changes its key.").format(what=what)
    match state.answer:
        case Taken(by, may_swap):
            others = ", ".join(f"{tr(other.words)} ({where_words(other)})" for other in by)
            if may_swap:
                return tr("{key} belongs to: {others}. Swap the two keys?").format(key=state.wish, others=others)
            return tr("{key} belongs to: {others}, and cannot be swapped with this one. Press another key.").format(
                key=state.wish, others=others
            )
        case NotAKey():
            return _why_not(state.answer)
        case _:
            return tr("{what}: press the new key now. Esc leaves it as it is.").format(what=what)


def _why_not(answer: NotAKey) -> str:
    return {
        NotAKey.FIXED: tr("The key of this action cannot be changed."),
        NotAKey.TYPES: tr("This key types text. Press a function key, or Ctrl with a letter."),
        NotAKey.OF_FIELDS: tr("Every field uses this key to copy and paste. Press another one."),
        NotAKey.OTHER: tr("Enter, Esc, Tab and the arrows do the same everywhere. Press another key."),
    }[answer]


def said_words(action: Action | None, state: KeysState) -> str:
    """What was done, "" for nothing."""
    what = tr(action.words) if action is not None else ""
    match state.said:
        case None:
            return ""
        case SettingsNewer():
            return tr("{path} is of a newer Comptoir. Update this till first.").format(path=state.detail)
        case SettingsError():
            return tr("{path} holds no keys of Comptoir. Choose a file written here.").format(path=state.detail)
        case _:
            return {
                KeysSaid.CHANGED: tr("{what}: {detail}, from now on."),
                KeysSaid.SWAPPED: tr("Swapped. {what}: {detail}, from now on."),
                KeysSaid.AS_DELIVERED: tr("{what}: {detail} again, as delivered."),
                KeysSaid.ALL_AS_DELIVERED: tr("All keys are as delivered again."),
                KeysSaid.EXPORTED: tr("The keys are written: {detail}"),
                KeysSaid.IMPORTED: tr("The keys of the file are in force."),
                KeysSaid.IMPORTED_IN_PART: tr("The keys of the file are in force, but for those that do not fit here."),
                KeysSaid.NONE_FITS: tr("No key of {detail} fits here: nothing was changed."),
                KeysSaid.PRINTED: tr("The map is written, ready to print: {detail}"),
                KeysSaid.NOT_WRITTEN: tr("{detail} could not be written. Choose another folder."),
            }[state.said].format(what=what, detail=state.detail)


def said_role(state: KeysState) -> Role:
    bad = isinstance(state.said, SettingsError) or state.said in (
        KeysSaid.NOT_WRITTEN,
        KeysSaid.IMPORTED_IN_PART,
        KeysSaid.NONE_FITS,
    )
    return Role.WARNING if bad else Role.SUCCESS
