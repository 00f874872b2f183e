"""Owns opening the practice shop's files, and beginning anew where they cannot be used: nothing in them is real.

Touches no file outside the practice shop's folder, and none that another practice shop's window has open.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from app.bootstrap.core import opened_core
from app.demo.demo_shop import DemoMarketplace, link_till
from app.domain.facts import LABEL_LENGTH
from app.i18n import set_language, tr
from app.marketplace.store import DatabaseDamaged
from app.marketplace.tables import SchemaIsNewer
from app.practice.exercises import Lesson
from app.practice.home import PRACTICE_MERCHANT, PRACTICE_SHOP, PracticeHome
from app.practice.progress import Progress
from app.settings import PrinterProfile, Settings, SettingsNewer, SettingsUnreadable, load, save
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused, StoreUnavailable

_log = logging.getLogger(__name__)

_UNUSABLE = frozenset({"damaged", "newer_version"})
_BESIDE = ("", "-wal", "-shm")
"""A database's files."""


class _Unusable(Exception):
    """What is kept of the practice shop cannot be gone on with."""


def open_practice(
    home: PracticeHome, lesson: Lesson, *, anew: bool, dress: Callable[[Settings], Settings]
) -> tuple[DemoMarketplace, bool]:
    """Its marketplace with its till linked, and whether all had to begin anew; what could not be used is kept in the
    folder `damaged`.

    Raises StoreUnavailable: `locked` if its window is open already; the disk failed. SettingsNotWritten, OSError.
    """
    try:
        return _opened(home, lesson, anew=anew, dress=dress), False
    except _Unusable as why:
        _log.warning("the practice shop begins anew: %s", type(why.__cause__).__name__)
    _put_aside(home)
    return _opened(home, lesson, anew=anew, dress=dress), True


def prepare(home: PracticeHome, lesson: Lesson, *, anew: bool, dress: Callable[[Settings], Settings]) -> None:
    """Its settings and how far it is, before anything of it is opened."""
    kept = home.progress.read()
    if anew or kept.lesson is not lesson or kept.over:
        kept = Progress(lesson, orders=kept.orders)
    home.progress.keep(kept)
    path = home.places.settings
    settings = load(path) if path.exists() else Settings(printer=PrinterProfile())
    helper = settings.operator_name or tr("A helper")[:LABEL_LENGTH]
    settings = dress(replace(settings, operator_name=helper))
    save(path, settings)
    set_language(settings.language)


def _opened(
    home: PracticeHome, lesson: Lesson, *, anew: bool, dress: Callable[[Settings], Settings]
) -> DemoMarketplace:
    if not home.progress.is_there:
        home.progress.keep(Progress(lesson))  # from now on the folder is a practice shop's
    with _told_unusable():
        with opened_core(home.places.database, home.places.secrets):
            pass  # no other window has it: what follows would change what that one reads
        prepare(home, lesson, anew=anew, dress=dress)
        marketplace = DemoMarketplace(home, PRACTICE_SHOP)
        try:
            link_till(home, marketplace, PRACTICE_MERCHANT)
        except BaseException:
            marketplace.switch_off()
            raise
        return marketplace


@contextlib.contextmanager
def _told_unusable() -> Iterator[None]:
    """Raises _Unusable instead of what says that the files themselves are the trouble."""
    try:
        yield
    except (DatabaseDamaged, SchemaIsNewer, SettingsNewer, SettingsUnreadable, MarketplaceRefused) as failure:
        raise _Unusable from failure
    except (StoreUnavailable, KeyStoreUnavailable) as failure:
        if failure.reason in _UNUSABLE or isinstance(failure, KeyStoreUnavailable):
            raise _Unusable from failure
        raise


def _put_aside(home: PracticeHome) -> None:
    """Raises OSError."""
    aside = home.folder / "damaged"
    aside.mkdir(exist_ok=True)
    for file in _files(home):
        if file.exists():
            file.replace(aside / file.name)
    home.progress.keep(Progress())  # the folder is a practice shop's still


def _files(home: PracticeHome) -> Iterator[Path]:
    for database in (home.places.database, home.marketplace_database):
        yield from (database.with_name(database.name + suffix) for suffix in _BESIDE)
    yield home.places.secrets
    yield home.places.settings
