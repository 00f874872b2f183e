"""Owns what each command does: ask a use case, put its answer into a sentence and plain data. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import merchant_commands
from app.cli.output import Answer
from app.domain.order import VerdictKind
from app.i18n import tr, trn
from app.paths import (
    accounts_path,
    archives_dir,
    backups_dir,
    database_path,
    marketplace_database_path,
    resources_dir,
    secrets_path,
    settings_path,
)
from app.ui import formats, messages
from app.ui.import_words import import_summary, row_refusal
from app.ui.input_grammar import parse_thousandths, quantity_in_base_units
from app.usecases.ports import MarketplaceRefused, StoreUnavailable, TillIdentity, Unavailable
from app.usecases.queries import OrderList, OrderRow, ProductRow, Queries

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.ledger_check import Finding
    from app.domain.order import HandoverVerdict
    from app.settings import Settings


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


def _settings() -> Settings:
    from app.settings import load

    return load(settings_path())


# --- marketplace ---


def run_pair(options: argparse.Namespace) -> Answer:
    from app.sync.client import HttpMarketplace
    from app.usecases.pair_till import pair_till

    settings = _settings()
    url = options.url or settings.marketplace_url
    if not url:
        return Answer(tr("Say where the marketplace is: comptoir pair CODE --url https://..."), reason="no_url")
    with _core(options) as core:
        marketplace = HttpMarketplace(url, core.secrets.device_token)
        try:
            identity = pair_till(
                core.counter,
                core.secrets,
                marketplace,
                options.code,
                options.name or settings.till_name or "Caisse",
                url,
                cash_passes=options.drawer_open,
            )
        finally:
            marketplace.close()
    text = tr("{till} is linked to {shop}. Its letter on tickets is {letter}.")
    return Answer(
        text.format(till=identity.till_name, shop=identity.shop.name, letter=identity.till_letter),
        _identity_data(identity),
    )


def _identity_data(identity: TillIdentity) -> dict[str, Any]:
    return {
        "till_id": identity.till_id,
        "till_letter": identity.till_letter,
        "till_name": identity.till_name,
        "shop_id": identity.shop_id,
        "shop": identity.shop.name,
        "marketplace_url": identity.marketplace_url,
    }


def run_sync(options: argparse.Namespace) -> Answer:
    from app.bootstrap.ledger_watch import check_ledger
    from app.sync.client import HttpMarketplace
    from app.sync.one_round import run_round
    from app.ui.ledger_words import finding_sentence

    with _core(options) as core:
        identity = core.store.queries.identity()
        if identity.paired_at is None:
            raise MarketplaceRefused("not_paired")
        marketplace = HttpMarketplace(identity.marketplace_url, core.secrets.device_token)
        try:
            found: list[Finding] = []
            done = run_round(
                core.counter,
                core.store.queries,
                core.secrets,
                marketplace,
                lambda heads: found.extend(check_ledger(core, starting=False, told=heads)),
            )
        finally:
            marketplace.close()
        waiting = core.store.queries.outbox_state()
    text = tr("Sent {sent}, received {received}; {waiting} waiting.")
    return Answer(
        text.format(sent=done.pushed.claimed, received=done.pulled.changes, waiting=waiting.waiting),
        {
            "sent": done.pushed.claimed,
            "received": done.pulled.changes,
            "waiting": waiting.waiting,
            "refused": waiting.refused,
            "conflicted": waiting.conflicted,
            "ledger": [finding.kind.value for finding in found],
        },
        [(finding_sentence(finding),) for finding in found],
    )


def run_reconcile(options: argparse.Namespace) -> Answer:
    from app.cli import reconcile_command

    with _core(options) as core:
        return reconcile_command.run_reconcile(options, core)


# --- orders ---


def run_outbox(options: argparse.Namespace) -> Answer:
    from app.cli import exception_commands

    with _core(options) as core:
        return exception_commands.run_outbox(options, core)


def run_exceptions(options: argparse.Namespace) -> Answer:
    from app.cli import exception_commands

    with _core(options) as core:
        return exception_commands.run_exceptions(options, core)


def run_orders(options: argparse.Namespace) -> Answer:
    with _core(options, read_only=True) as core:
        queries = core.store.queries
        rows = (
            queries.find_orders(options.find)
            if options.find
            else queries.orders(OrderList(options.which), core.clock.now())
        )
    message = trn("{count} order", "{count} orders", len(rows)).format(count=len(rows))
    return Answer(message, {"orders": [_order_data(row) for row in rows]}, [_order_cells(row) for row in rows])


def _order_data(row: OrderRow) -> dict[str, Any]:
    return {
        "order_id": row.order_id,
        "number": row.number,
        "customer_name": row.customer_name,
        "preparation": row.preparation.value,
        "handover": row.handover.value,
        "amount_due_minor": row.amount_due.minor,
        "keep_until": row.keep_until.isoformat() if row.keep_until else None,
        "shelf": row.shelf,
        "cancelled": row.cancelled,
    }


def _order_cells(row: OrderRow) -> Sequence[str]:
    due = formats.amount(row.amount_due) if row.amount_due else ""
    return (row.number, row.customer_name, messages.preparation(row.preparation), due, row.shelf)


_NOTHING_TO_PREPARE = frozenset({VerdictKind.CANCELLED, VerdictKind.ALREADY_HANDED_OVER})


def run_ready(options: argparse.Namespace) -> Answer:
    from app.usecases.prepare_order import mark_ready

    with _core(options) as core:
        verdict = _judge(core, options.order)
        if verdict.kind in _NOTHING_TO_PREPARE and verdict.order is not None:
            return _verdict_answer(verdict, refused=True)
        order_id = verdict.order.order.order_id if verdict.order else ""
        done = mark_ready(core.counter, order_id, options.bags, options.shelf, options.operator) if order_id else None
    if done is None:
        return Answer(
            tr("No order answers to this. Look it up with: comptoir orders --find NAME"), reason="unknown_order"
        )
    text = tr("Order {number} is ready.")
    return Answer(
        text.format(number=done.order.number), {"order_id": done.order.order_id, "preparation": done.preparation.value}
    )


def _judge(core: Core, text: str) -> HandoverVerdict:
    """The verdict on a pickup code, a spoken code, or else an order number."""
    from app.usecases.find_order import judge_code, judge_order

    queries: Queries = core.store.queries
    by_number = [row for row in queries.find_orders(text) if row.number == text]
    if len(by_number) == 1:
        return judge_order(queries, by_number[0].order_id, core.clock.now())
    return judge_code(queries, core.secrets, text, core.clock.now())


def _with_lease(core: Core, verdict: HandoverVerdict) -> HandoverVerdict:
    """The verdict once the till that has the lease was asked for it; the same if nobody can be asked."""
    from app.sync.ask_lease import ask_for_lease
    from app.sync.client import connect_paired
    from app.usecases.find_order import judge_order

    queries: Queries = core.store.queries
    order_id = verdict.order.order.order_id if verdict.order else ""
    with contextlib.suppress(Unavailable), connect_paired(queries, core.secrets) as marketplace:
        ask_for_lease(core.counter, queries, core.secrets, marketplace, order_id)
    return judge_order(queries, order_id, core.clock.now())


def run_handover(options: argparse.Namespace) -> Answer:
    from app.domain.pickup_code import looks_like_pickup_code, parse_spoken_code
    from app.usecases.find_order import HowFound
    from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order

    with _core(options) as core:
        verdict = _judge(core, options.code)
        if verdict.lacks_lease and not (options.dry_run or options.override_reason):
            verdict = _with_lease(core, verdict)
        if options.dry_run or verdict.order is None:
            return _verdict_answer(verdict, refused=not verdict.may_hand_over)
        how = HowFound.TYPED if looks_like_pickup_code(options.code) else HowFound.NAME
        how = HowFound.SPOKEN if how is HowFound.NAME and parse_spoken_code(options.code) else how
        request = HandoverRequest(
            verdict.order.order.order_id,
            how,
            options.operator,
            handed_to=options.handed_to,
            override_reason=options.override_reason,
            age_confirmed_by=(options.operator or "comptoir") if options.of_age else "",
        )
        result = hand_over_order(core.counter, request)
    if isinstance(result, HandoverDone):
        text = tr("Order {number} handed over.")
        order = result.order.order
        data = {"order_id": order.order_id, "handover_id": result.handover_id, "verdict": result.verdict.value}
        return Answer(text.format(number=order.number), data)
    if result.amount_due:
        text = tr("{amount} is left to pay. Take the payment in the window, or hand over with --override REASON.")
        due = {"verdict": result.verdict.kind.value, "amount_due_minor": result.amount_due.minor}
        return Answer(text.format(amount=formats.amount(result.amount_due)), due, reason="amount_due")
    if result.age_limit:
        text = tr("Ask for proof of {age} years, then say --of-age.").format(age=result.age_limit)
        return Answer(text, {"verdict": result.verdict.kind.value}, reason="age_not_confirmed")
    return _verdict_answer(result.verdict, refused=True)


def _verdict_answer(verdict: HandoverVerdict, *, refused: bool) -> Answer:
    data: dict[str, Any] = {"verdict": verdict.kind.value}
    if verdict.order is not None:
        data |= {"order_id": verdict.order.order.order_id, "amount_due_minor": verdict.order.amount_due.minor}
    return Answer(messages.describe_verdict(verdict), data, reason=verdict.kind.value if refused else "")


# --- catalogue and stock ---

MAX_CATALOGUE_BYTES = 500_000_000
"""A million rows with everything in them; a device or a film is not read to its end."""


def run_import(options: argparse.Namespace) -> Answer:
    from app.usecases.import_catalogue import import_catalogue

    with options.file.open("rb") as file:
        data = file.read(MAX_CATALOGUE_BYTES + 1)
    if len(data) > MAX_CATALOGUE_BYTES:
        text = tr("The file is larger than {megabytes} MB. Cut it into several files.")
        return Answer(text.format(megabytes=MAX_CATALOGUE_BYTES // 1_000_000), reason="file_too_large")
    with _core(options) as core:
        report = import_catalogue(core.counter, data, options.operator)
    if report.file_refusal is not None:
        return Answer(import_summary(report), reason=report.file_refusal.value)
    counts: dict[str, Any] = {
        "new": report.rows_new,
        "updated": report.rows_updated,
        "unchanged": report.rows_unchanged,
    }
    refused: list[dict[str, Any]] = [
        {"line": row.line_no, "reason": row.reason.value, "column": row.column, "value": row.value[:100]}
        for row in report.refused
    ]
    return Answer(
        import_summary(report),
        {**counts, "rows_refused": report.rows_refused, "refused": refused},
        [(tr("line {number}").format(number=row.line_no), row_refusal(row)) for row in report.refused],
        reason="rows_refused" if refused else "",
    )


def run_stock(options: argparse.Namespace) -> Answer:
    from app.domain.barcodes import normalise_code
    from app.usecases.adjust_stock import correct_level, receive_goods

    changing = options.receive is not None or options.counted is not None
    with _core(options, read_only=not changing) as core:
        queries: Queries = core.store.queries
        exact = queries.product_by_code(normalise_code(options.article))
        found: Sequence[ProductRow] = [exact] if exact else queries.search_products(options.article)
        if not changing or len(found) != 1:
            return _stock_answer(found, several=changing)
        product = found[0].product
        if not product.stock_tracked:
            return Answer(
                tr("The stock of {article} is not kept: nothing to record.").format(article=product.name),
                reason="stock_not_kept",
            )
        typed = options.receive if options.receive is not None else options.counted
        thousandths = parse_thousandths(typed)
        counted_nought = options.counted is not None and thousandths == 0
        quantity = 0 if counted_nought else quantity_in_base_units(thousandths or 0, product.unit)
        if quantity is None:
            return Answer(
                tr("“{text}” is not a quantity. Type for example 12 or 0,456.").format(text=typed),
                reason="not_a_quantity",
            )
        if options.receive is not None:
            receive_goods(
                core.counter, [(product.product_id, quantity)], options.location, options.operator, options.note
            )
        else:
            from app.domain.catalogue import MovementReason

            correct_level(
                core.counter,
                product.product_id,
                quantity,
                options.location,
                MovementReason.CORRECTION,
                options.operator,
                options.note,
            )
        after = queries.product(product.product_id)
    return _stock_answer([after] if after else [], several=False)


def _stock_answer(rows: Sequence[ProductRow], *, several: bool) -> Answer:
    data = {
        "articles": [
            {
                "product_id": row.product.product_id,
                "name": row.product.name,
                "unit": row.product.unit.value,
                "physical": row.physical,
                "promised": row.promised,
            }
            for row in rows
        ]
    }
    cells = [
        (
            row.product.name,
            formats.quantity(row.physical, row.product.unit),
            tr("{quantity} promised").format(quantity=formats.quantity(row.promised, row.product.unit))
            if row.promised
            else "",
        )
        for row in rows
    ]
    if not rows:
        return Answer(tr("No article answers to this."), data, reason="unknown_article")
    if several:
        return Answer(
            tr("Several articles answer to this: give the bar code of one."), data, cells, reason="several_articles"
        )
    return Answer(trn("{count} article", "{count} articles", len(rows)).format(count=len(rows)), data, cells)


# --- care of the data ---


def run_merchant(options: argparse.Namespace) -> Answer:
    with _core(options, read_only=False) as core:
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


def run_export(options: argparse.Namespace) -> Answer:
    from app.cli import archive_commands

    accounts = options.accounts or (accounts_path() if accounts_path().is_file() else None)
    with _core(options) as core:
        return archive_commands.run_export(options, core, accounts)


def run_backup(options: argparse.Namespace) -> Answer:
    with _core(options, read_only=True) as core:
        stamp = core.clock.now().strftime("%Y%m%d-%H%M%S")
        target = options.target or backups_dir() / f"comptoir-{stamp}.sqlite3"
        if _is_of_the_database(target, _database(options)):
            return Answer(tr("This is the database itself. Name another file for the copy."), reason="own_database")
        core.store.backup(target)
    return Answer(tr("Backed up to {path}.").format(path=target), {"path": str(target)})


def _is_of_the_database(path: Path, database: Path) -> bool:
    """Whether this is the database in use, by whatever name, or a file that SQLite or the lock keeps beside it."""
    if path.exists() and database.exists() and path.samefile(database):
        return True
    beside = {database.name + suffix for suffix in ("", "-wal", "-shm", "-journal", ".lock")}
    return path.name in beside and path.parent.resolve() == database.parent.resolve()


def run_restore(options: argparse.Namespace) -> Answer:
    from app.storage.store import restore
    from app.surroundings import SystemClock

    if _is_of_the_database(options.source, _database(options)):
        return Answer(tr("This is the database itself. Name the file of a copy."), reason="own_database")
    try:
        kept = restore(options.source, _database(options), now=SystemClock().now())
    except StoreUnavailable as failure:
        if failure.reason != "damaged" and options.source.is_file():
            raise
        text = tr("{path} is no usable copy of a till. Nothing was changed; choose another file.")
        return Answer(text.format(path=options.source), reason=failure.reason)
    with _core(options) as core:
        _note_restored(core)
    text = tr("Restored. What was there before is kept as {path}.") if kept else tr("Restored.")
    return Answer(text.format(path=kept), {"kept": str(kept) if kept else ""})


def _note_restored(core: Core) -> None:
    """The journal says that a person put a copy in place; a till without a ledger has no journal yet."""
    from app.usecases.start_ledger import log_restored

    if core.store.queries.ledger_books().ends():
        log_restored(core.counter)


def run_rescue(options: argparse.Namespace) -> Answer:
    from app.cli import rescue_commands

    writing = options.action == "write"  # beside a running Comptoir, and off a disk that takes no more writes
    with _core(options, read_only=writing) as core:
        return rescue_commands.run_write(options, core) if writing else rescue_commands.run_import(options, core)


def run_doctor(options: argparse.Namespace) -> Answer:
    from app.cli import support_commands

    return support_commands.run_doctor(options, _database(options))


def run_support(options: argparse.Namespace) -> Answer:
    from app.cli import support_commands

    return support_commands.run_support(options, _database(options))


# --- programs ---


def run_demo(options: argparse.Namespace) -> int:
    from app.demo import run

    return run(options.output, tour=options.tour)


def run_marketplace(options: argparse.Namespace) -> int | Answer:
    from app.marketplace.server import MarketplaceNotStarted, MarketplaceOptions, NeedsTls, run

    url = _marketplace_store(options.store)
    if options.action == "import-rescue":
        from app.cli import rescue_commands

        if options.file is None:
            return Answer(tr("Say which file: comptoir marketplace import-rescue FILE"), reason="no_file")
        return rescue_commands.run_import_at_marketplace(url, options.file)
    if options.demo_shop:
        _make_demo_shop(url)
    try:
        run(
            MarketplaceOptions(
                database_url=url,
                host=options.host,
                port=options.port,
                faults=options.faults,
                behind_proxy=options.behind_proxy,
            )
        )
    except NeedsTls:
        text = tr(
            "{host} can be reached from other machines, and this server speaks plain HTTP. Let it listen on 127.0.0.1 "
            "with a proxy that speaks TLS in front; if the proxy is on another machine, say --behind-proxy."
        )
        return Answer(text.format(host=options.host), reason="needs_tls")
    except MarketplaceNotStarted as error:
        return Answer(tr("The marketplace cannot start: {problem}").format(problem=error), reason="not_started")
    return 0


def _marketplace_store(text: str) -> str:
    """The SQLAlchemy address of the marketplace's own database, from a file name or an address."""
    if "://" in text:
        return text
    path = Path(text) if text else marketplace_database_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path.absolute()}"


def _make_demo_shop(url: str) -> None:
    from app.marketplace.seed import seed_demo
    from app.marketplace.store import open_store

    store = open_store(url)
    try:
        shop = seed_demo(store, resources_dir() / "demo" / "catalogue.csv")
    finally:
        store.close()
    print(tr("Pairing code of {shop}: {code}").format(shop=shop.name, code=shop.pairing_code), flush=True)
