"""Owns the wording of long work: how far it is, how long it still takes, what stopping does. No Qt, no decision."""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.i18n import tr, trn
from app.ui.formats import quantity
from app.usecases.export_archive import PACKING
from app.usecases.import_catalogue import TAKING
from app.usecases.long_work import KEEPING_ASIDE, LongWork

_MINUTE_S = 60
_EXACT_UNDER_S = 55


def remaining_words(seconds: float) -> str:
    """How much longer, to a precision that an estimate bears."""
    if seconds < _EXACT_UNDER_S:
        tens = max(10, int(-(-seconds // 10)) * 10)
        return tr("less than {count} seconds left").format(count=tens)
    minutes = max(1, round(seconds / _MINUTE_S))
    return trn("about {count} minute left", "about {count} minutes left", minutes).format(count=minutes)


def stopping_words() -> str:
    return tr("Stopping…")


def too_late_words() -> str:
    return tr("Being put in place: this can no longer be stopped.")


def rows_words(work: LongWork) -> str:
    """Rows of the ledger read, of all if somebody knows."""
    if not work.done and not work.total:
        return tr("Reading the ledger…")
    if not work.total:
        return trn("{done} row read", "{done} rows read", work.done).format(done=_number(work.done))
    return tr("{done} of {all} rows").format(done=_number(work.done), all=_number(work.total))


def archive_words(work: LongWork) -> str:
    return tr("The file is being packed…") if work.step == PACKING else rows_words(work)


def import_words(work: LongWork) -> str:
    """Lines read, then articles taken."""
    if not work.total:
        return tr("The file is being opened…")
    done, of_all = _number(work.done), _number(work.total)
    if work.step == TAKING:
        return tr("{done} of {all} changes taken").format(done=done, all=of_all)
    return tr("{done} of {all} lines read").format(done=done, all=of_all)


def copy_words(work: LongWork) -> str:
    """Pages mean nothing to anybody: a hundredth each."""
    if not work.total:
        return tr("Being copied…")
    return tr("{percent} % copied").format(percent=work.done * 100 // work.total)


def restore_words(work: LongWork) -> str:
    if work.step == KEEPING_ASIDE:
        return f"{tr('First, your data are kept in the folder of backups.')} {copy_words(work)}"
    return copy_words(work) if work.total else tr("The backup is being checked…")


def questions_words(work: LongWork) -> str:
    if not work.total:
        return tr("Asking the marketplace…")
    return tr("Question {done} of about {of_all}.").format(done=work.done, of_all=work.total)


def _number(count: int) -> str:
    return quantity(count, Unit.PIECE)


# --- what stopping and leaving do: one sentence under each bar ---


def check_meanwhile() -> str:
    return tr("You can sell or look elsewhere meanwhile. If you stop it, what was found so far is told.")


def file_meanwhile() -> str:
    return tr(
        "You can sell or look elsewhere meanwhile. If you stop it, no file is left; the journal says it was begun."
    )


def import_meanwhile() -> str:
    return tr("You can sell or look elsewhere meanwhile. If you stop it, nothing of the file is taken.")


def copy_meanwhile() -> str:
    return tr("You can sell or look elsewhere meanwhile. If you stop it, no copy is left.")


def restore_meanwhile() -> str:
    return tr("The till opens when it is done. If you stop it, your data stay as they are.")


def comparison_meanwhile() -> str:
    return tr("You can sell or look elsewhere meanwhile. If you stop it, nothing is changed.")
