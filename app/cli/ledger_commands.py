"""Owns `comptoir verify` without an archive: the till's own ledger, read from end to end. Holds no rule."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.i18n import tr, trn
from app.ui.ledger_words import finding_sentence, report_summary
from app.usecases.ports import KeyStoreUnavailable, StoreUnavailable

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.ledger_check import Finding
    from app.usecases.verify_ledger import LedgerReport, Outside


def run_verify_ledger(options: argparse.Namespace, database: Path, secrets_file: Path) -> Answer:
    """Verify, tell, and note it in the journal unless another Comptoir has the database open."""
    from app.storage.signing import SignatureChecker
    from app.usecases.verify_ledger import record_verification, verify_ledger

    if not database.exists():
        return Answer(tr("There is no ledger yet: nothing was sold at this till."), reason="no_ledger")
    with _opened(database, secrets_file) as (core, may_write):
        report = verify_ledger(
            core.store.queries.ledger_books(),
            SignatureChecker(),
            core.clock,
            _outside(core),
            every_signature=options.every_signature,
            tables=not options.quick,
            progress=_progress if not options.as_json and sys.stderr.isatty() else _silence,
        )
        if may_write and report.row_count:
            record_verification(core.counter, report, options.operator)
        if options.on_paper and may_write:
            _put_on_paper(core, report, options)
    return _answer(report, logged=may_write)


def _put_on_paper(core: Core, report: LedgerReport, options: argparse.Namespace) -> None:
    from app.ui.ledger_paper import checked_ledger
    from app.usecases.print_papers import print_verification

    print_verification(core.counter, options.operator, checked_ledger(report, every_signature=options.every_signature))


@contextlib.contextmanager
def _opened(database: Path, secrets_file: Path) -> Iterator[tuple[Core, bool]]:
    """The till, to write if it can be, else to look only beside the window that has it."""
    from app.bootstrap.core import opened_core

    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(opened_core(database, secrets_file)), True
        except StoreUnavailable as failure:
            if failure.reason not in ("locked", "read_only"):
                raise
            yield stack.enter_context(opened_core(database, secrets_file, read_only=True)), False


def _outside(core: Core) -> Outside:
    """What the key store knows; a key store that stays closed must not keep the ledger from being verified."""
    from app.usecases.verify_ledger import Outside

    try:
        has_key = core.secrets.fiscal_key() is not None
        return Outside(core.secrets.known_heads(), core.counter.signer.key_id if has_key else "")
    except KeyStoreUnavailable:
        return Outside()


def _progress(done: int, of_all: int) -> None:
    sys.stderr.write(f"\r{done * 100 // max(of_all, 1):3d} %")
    if done >= of_all:
        sys.stderr.write("\r     \r")
    sys.stderr.flush()


def _silence(_done: int, _of_all: int) -> None:
    """Nobody watches."""


def _answer(report: LedgerReport, *, logged: bool) -> Answer:
    data: dict[str, Any] = {
        "rows": dict(report.rows),
        "signatures": report.signatures,
        "rows_per_second": report.rows_per_second,
        "seconds": round(report.seconds, 3),
        "unsealed_sales": report.unsealed_sales,
        "findings": [_data(finding) for finding in report.findings],
        "left_out": report.left_out,
        "logged": logged,
    }
    cells = [("✗" if finding in report.faults else "!", finding_sentence(finding)) for finding in report.findings]
    if report.left_out:
        text = trn("and {count} more", "and {count} more", report.left_out)
        cells.append(("✗", text.format(count=report.left_out)))
    if report.unsealed_sales:
        text = tr("{count} tickets are of before the ledger: nothing can prove them.")
        cells.append(("!", text.format(count=report.unsealed_sales)))
    if not logged:
        cells.append(("!", tr("Comptoir is open on this database: this check is not noted in the journal.")))
    return Answer(report_summary(report), data, cells, reason="" if report.is_sound else "ledger_not_whole")


def _data(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "till_letter": finding.till_letter,
        "series": finding.series,
        "number": finding.number,
        "details": dict(finding.details),
        "sentence": finding_sentence(finding),
    }


def look_at_ledger(core: Core) -> None:
    """Before anything is recorded: what is wrong with the ledger's ends is said on standard error, and the command goes
    on. A key store that stays closed is for the commands that sign to say."""
    from app.bootstrap.ledger_watch import check_ledger
    from app.ui.ledger_words import start_alarm

    with contextlib.suppress(KeyStoreUnavailable):
        findings = check_ledger(core, starting=False)
        if findings and sys.stderr is not None:
            print(start_alarm(findings), file=sys.stderr)
