"""Owns what the outbox screen is given, and where the window's sentences about the link lead: the network and rescue
files joined to their use cases. Holds no rule. The libraries behind them are loaded when they are first needed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from app.ui.outbox.state import OutboxSurroundings

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.window import Assembly
    from app.domain.reconciliation import ReconciliationRun
    from app.domain.rescue import RescueRefusal
    from app.usecases.ask_again import AskedAgain
    from app.usecases.long_work import LongWork
    from app.usecases.reconcile import NotCompared
    from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten


def outbox_surroundings(assembly: Assembly, core: Core) -> OutboxSurroundings:
    """All that the outbox needs."""

    def compare(work: LongWork) -> ReconciliationRun | NotCompared:
        work.also_ends(lambda: assembly.runner.closing)
        return _compare(core, work)

    return OutboxSurroundings(
        counter=core.counter,
        queries=core.store.queries,
        runner=assembly.runner,
        clock=core.clock,
        operator=assembly.operator,
        link=assembly.link_status,
        sync_now=assembly.try_now,
        ask_again=lambda kind, record_id: _ask_again(core, kind, record_id),
        compare=compare,
        write_rescue=lambda folder: _write_rescue(core, folder),
        import_rescue=lambda file, operator: _import_rescue(core, file, operator),
    )


def tell_of_link(assembly: Assembly, core: Core) -> None:
    """From now on the window says what a person must know of the link; each sentence leads to where it is mended."""
    from app.i18n import tr
    from app.ui.link_notices import LinkNotices
    from app.ui.outbox.state import Tab
    from app.ui.outbox.view import OutboxScreen
    from app.ui.screen import PlaceName

    window = assembly.window

    def show(tab: Tab) -> None:
        window.go_to(PlaceName.OUTBOX)
        screen = window.screen(PlaceName.OUTBOX)
        if isinstance(screen, OutboxScreen):
            screen.show_tab(tab)

    ways = {
        "settings": (tr("Settings"), lambda: window.go_to(PlaceName.SETTINGS)),
        "disagreements": (tr("To settle"), lambda: show(Tab.DISAGREEMENTS)),
        "rescue": (tr("Save onto a stick…"), lambda: show(Tab.RESCUE)),
    }
    notices = LinkNotices(core.store.queries, assembly.runner, core.clock, window, assembly.link_status, ways)
    assembly.link_listeners.append(notices.look)
    notices.start()


def _ask_again(core: Core, kind: str, record_id: str) -> AskedAgain:
    from app.usecases.ask_again import ask_again

    with contextlib.closing(core.connect()) as marketplace:
        return ask_again(core.counter, core.secrets, marketplace, kind, record_id)


def _compare(core: Core, work: LongWork) -> ReconciliationRun | NotCompared:
    from app.sync.compare_now import compare_now

    queries = core.store.queries
    with contextlib.closing(core.connect()) as marketplace:
        return compare_now(core.counter, queries, core.secrets, marketplace, work.note, lambda: work.stopped)


def _write_rescue(core: Core, folder: Path) -> RescueWritten | NothingWritten:
    from app.storage.rescue_files import RescueFolder
    from app.storage.signing import is_signed_by
    from app.usecases.rescue import write_rescue

    return write_rescue(core.counter, core.store.queries, RescueFolder(folder), is_signed_by)


def _import_rescue(core: Core, file: Path, operator: str) -> RescueImported | RescueRefusal:
    from app.storage.rescue_files import read_rescue_file
    from app.storage.signing import is_signed_by
    from app.usecases.rescue import import_rescue

    return import_rescue(core.counter, read_rescue_file(file), is_signed_by, operator)
