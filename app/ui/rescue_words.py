"""Owns what the rescue file says to people. No Qt: the command line says the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain.abilities import Ability
from app.domain.rescue import RescueRefusal
from app.i18n import tr, trn
from app.ui.formats import day_and_time
from app.ui.link_words import missing_words
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten


def written(done: RescueWritten) -> str:
    """That the file is safe, and what to do with it."""
    text = trn(
        "{count} thing to tell is safe in {path}. Import the file at another till of the shop, or give it to whoever "
        "runs the marketplace.",
        "{count} things to tell are safe in {path}. Import the file at another till of the shop, or give it to whoever "
        "runs the marketplace.",
        done.facts,
    )
    return text.format(count=done.facts, path=done.path)


def nothing_written(reason: NothingWritten) -> str:
    """Why there is no file, and what to do."""
    return {
        NothingWritten.NOT_PAIRED: tr("This till is not linked to a shop yet. Link it in the settings."),
        NothingWritten.NOT_OFFERED: missing_words(Ability.RESCUE),
        NothingWritten.NOTHING_WAITS: tr("Everything was told to the marketplace: there is nothing to rescue."),
    }[reason]


def imported(done: RescueImported) -> str:
    """What was taken in, and what happens next."""
    if not done.waiting:
        text = tr("The file of till {letter} was imported before, and everything in it was passed on.")
        return text.format(letter=done.till_letter)
    text = trn(
        "{count} thing of till {letter} waits here and is passed on when the marketplace can be reached.",
        "{count} things of till {letter} wait here and are passed on when the marketplace can be reached.",
        done.waiting,
    )
    return text.format(count=done.waiting, letter=done.till_letter)


def refusal(reason: RescueRefusal) -> str:
    """Why a file is not taken, and what to do."""
    return {
        RescueRefusal.NOT_A_RESCUE_FILE: tr("This is no rescue file. Its name begins with comptoir-rescue."),
        RescueRefusal.ALTERED: tr("This rescue file was changed or cut. Nothing was taken in; write it again."),
        RescueRefusal.NEWER_FORMAT: tr(
            "This rescue file comes from a newer Comptoir. Nothing was taken in; install that version here."
        ),
        RescueRefusal.BAD_SIGNATURE: tr(
            "This rescue file's signature is wrong: somebody changed it. Nothing was taken in; write it again."
        ),
        RescueRefusal.OTHER_SHOP: tr("This rescue file is of another shop. Nothing was taken in."),
        RescueRefusal.NOT_PAIRED: tr("This till is not linked to a shop yet. Link it in the settings."),
        RescueRefusal.UNKNOWN_TILL: tr(
            "The marketplace does not know the till of this rescue file. Nothing was taken in."
        ),
        RescueRefusal.UNKNOWN_KEY: tr(
            "The marketplace does not know the key that signed this rescue file. Nothing was taken in; call support."
        ),
    }[reason]


def taken_by_marketplace(letter: str, outcomes: Mapping[str, int]) -> str:
    """What became of the facts of a file on the marketplace."""
    text = tr("Till {letter}: {applied} taken in, {duplicate} known already, {conflict} to settle, {refused} refused.")
    counts = {name: outcomes.get(name, 0) for name in ("applied", "duplicate", "conflict", "refused")}
    return text.format(letter=letter, **counts)


def rescued_line(letter: str, made_at: datetime, waiting: int, refused: int) -> str:
    """A file imported here, in a list."""
    if refused:
        text = trn(
            "Till {letter}, {moment}: {count} refused by the marketplace",
            "Till {letter}, {moment}: {count} refused by the marketplace",
            refused,
        )
        return text.format(letter=letter, moment=day_and_time(made_at), count=refused)
    if waiting:
        text = trn(
            "Till {letter}, {moment}: {count} to pass on", "Till {letter}, {moment}: {count} to pass on", waiting
        )
        return text.format(letter=letter, moment=day_and_time(made_at), count=waiting)
    return tr("Till {letter}, {moment}: passed on").format(letter=letter, moment=day_and_time(made_at))
