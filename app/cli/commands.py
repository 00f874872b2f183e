"""Owns the way to each command: what of the till it needs, opened and closed around it. What a command does is in the
`*_commands` module of its part, imported only then; never anything else here.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Answer
from app.paths import (
    accounts_path,
    archives_dir,
    database_path,
    secrets_path,
)

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def _database(options: argparse.Namespace) -> Path:
    return options.database or database_path()


@contextlib.contextmanager
def _core(options: argparse.Namespace, *, read_only: bool = False) -> Iterator[Core]:
    """The till. Before a command that may record something its ledger is looked at, afterwards its ends remembered."""
    from app.bootstrap.core import opened_core

    with opened_core(_database(options), secrets_path(), read_only=read_only) as core:
        if read_only:
            yield core
            return
        from app.cli.ledger_commands import look_at_ledger

        look_at_ledger(core)
        try:
            yield core
        finally:
            core.counter.witness()


# --- marketplace ---


def run_pair(options: argparse.Namespace) -> Answer:
    from app.cli import link_commands

    settings = link_commands.settings_to_pair_with(options)
    if isinstance(settings, Answer):
        return settings
    with _core(options) as core:
        return link_commands.run_pair(options, core, settings)


def run_connect(options: argparse.Namespace) -> Answer:
    from app.cli import connect_commands

    with _core(options) as core:
        return connect_commands.run_connect(options, core)


def run_sync(options: argparse.Namespace) -> Answer:
    from app.cli import link_commands

    with _core(options) as core:
        return link_commands.run_sync(options, core)


def run_reconcile(options: argparse.Namespace) -> Answer:
    from app.cli import reconcile_command

    with _core(options) as core:
        return reconcile_command.run_reconcile(options, core)


def run_help(options: argparse.Namespace) -> Answer:
    from app.cli import guide_command

    return guide_command.run_guide(options)


# --- what waits or is disagreed on ---


def run_outbox(options: argparse.Namespace) -> Answer:
    from app.cli import exception_commands

    with _core(options) as core:
        return exception_commands.run_outbox(options, core)


def run_exceptions(options: argparse.Namespace) -> Answer:
    from app.cli import exception_commands

    with _core(options) as core:
        return exception_commands.run_exceptions(options, core)


# --- orders ---


def run_orders(options: argparse.Namespace) -> Answer:
    from app.cli import order_commands

    with _core(options, read_only=True) as core:
        return order_commands.run_orders(options, core)


def run_ready(options: argparse.Namespace) -> Answer:
    from app.cli import order_commands

    with _core(options) as core:
        return order_commands.run_ready(options, core)


def run_handover(options: argparse.Namespace) -> Answer:
    from app.cli import order_commands

    with _core(options) as core:
        return order_commands.run_handover(options, core)


def run_pickup_code(options: argparse.Namespace) -> Answer:
    from app.cli import pickup_code_command

    with _core(options, read_only=not options.printed) as core:
        return pickup_code_command.run_pickup_code(options, core)


# --- catalogue and stock ---


def run_import(options: argparse.Namespace) -> Answer:
    from app.cli import stock_commands

    data = stock_commands.read_catalogue(options.file)
    if isinstance(data, Answer):
        return data
    with _core(options) as core:
        return stock_commands.run_import(options, core, data)


def run_stock(options: argparse.Namespace) -> Answer:
    from app.cli import stock_commands

    with _core(options, read_only=not stock_commands.is_changing(options)) as core:
        return stock_commands.run_stock(options, core)


# --- care of the data ---


def run_merchant(options: argparse.Namespace) -> Answer:
    from app.cli import merchant_commands

    with _core(options) as core:
        return merchant_commands.run_merchant(options, core)


def run_operators(options: argparse.Namespace) -> Answer:
    from app.cli import operator_commands

    with _core(options, read_only=options.action == "list") as core:
        return operator_commands.run_operators(options, core)


def run_close(options: argparse.Namespace) -> Answer:
    from app.cli import closing_commands

    with _core(options) as core:
        return closing_commands.run_close(options, core)


def run_attestation(options: argparse.Namespace) -> Answer:
    from app.cli import merchant_commands

    with _core(options, read_only=options.check) as core:
        return merchant_commands.run_attestation(options, core)


def run_archive(options: argparse.Namespace) -> Answer:
    from app.cli import archive_commands

    with _core(options) as core:
        return archive_commands.run_archive(options, core, archives_dir())


def run_verify(options: argparse.Namespace) -> Answer:
    from app.cli import archive_commands, ledger_commands

    if options.archive is None:
        return ledger_commands.run_verify_ledger(options, _database(options), secrets_path())
    if not _database(options).exists():  # an accountant's computer
        return archive_commands.run_verify_archive(options, None)
    with _core(options, read_only=True) as core:
        return archive_commands.run_verify_archive(options, core.store.queries)


def run_invoice(options: argparse.Namespace) -> Answer:
    from app.cli import invoice_commands

    with _core(options) as core:
        return invoice_commands.run_invoice(options, core)


def run_print(options: argparse.Namespace) -> Answer:
    from app.cli import print_commands

    with _core(options) as core:
        return print_commands.run_print(options, core)


def run_printer(options: argparse.Namespace) -> Answer:
    from app.cli import printer_commands
    from app.cli.printer_parser import CHANGING

    if options.action == "find":
        return printer_commands.run_find(options)
    if options.action in CHANGING:
        with _core(options) as core:
            return printer_commands.run_change(options, core)
    if options.action != "test":
        return printer_commands.run_act(options, None)
    with _core(options, read_only=True) as core:
        return printer_commands.run_act(options, core)


def run_export(options: argparse.Namespace) -> Answer:
    from app.cli import archive_commands

    accounts = options.accounts or (accounts_path() if accounts_path().is_file() else None)
    with _core(options) as core:
        return archive_commands.run_export(options, core, accounts)


def run_backup(options: argparse.Namespace) -> Answer:
    from app.cli import copy_commands

    with _core(options, read_only=True) as core:
        return copy_commands.run_backup(options, core, _database(options))


def run_restore(options: argparse.Namespace) -> Answer:
    from app.cli import copy_commands

    answer = copy_commands.run_restore(options, _database(options))
    if not answer.reason:
        from app.bootstrap.restoring import note_restored

        with _core(options) as core:
            note_restored(core)
    return answer


def run_rescue(options: argparse.Namespace) -> Answer:
    from app.cli import rescue_commands

    writing = options.action == "write"  # beside a running Comptoir, and off a disk that takes no more writes
    with _core(options, read_only=writing) as core:
        return rescue_commands.run_write(options, core) if writing else rescue_commands.run_import(options, core)


def run_doctor(options: argparse.Namespace) -> Answer:
    from app.cli import support_commands

    return support_commands.run_doctor(options, _database(options))


def run_devices(options: argparse.Namespace) -> Answer:
    from app.cli import device_commands
    from app.paths import settings_path
    from app.settings import load
    from app.surroundings import SystemClock

    return device_commands.run_devices(load(settings_path()), SystemClock())


def run_support(options: argparse.Namespace) -> Answer:
    from app.cli import support_commands

    return support_commands.run_support(options, _database(options))


# --- programs ---


def run_gallery(options: argparse.Namespace) -> int | Answer:
    from app.cli import gallery_command

    return gallery_command.run_gallery(options)


def run_demo(options: argparse.Namespace) -> int:
    from app.demo import run

    return run(options.output, tour=options.tour)


def run_practice(options: argparse.Namespace) -> Answer | int:
    from app.cli import practice_command

    return practice_command.run_practice(options)


def run_marketplace(options: argparse.Namespace) -> int | Answer:
    from app.cli import marketplace_commands

    return marketplace_commands.run_marketplace(options)
