"""Owns the commands about who the merchant is and the attestation. Holds no rule."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.domain.fiscal import FISCAL_VERSION
from app.domain.merchant import Merchant, PrepaidOrders, VatRegime
from app.i18n import tr
from app.ui.merchant_words import attestation_words, problem_words, refusal_words, regimes_line

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_merchant(options: argparse.Namespace, core: Core) -> Answer:
    """Show who the merchant is, or change what was told."""
    from app.usecases.change_merchant import change_merchant

    before = core.store.queries.merchant()
    after = _told(before, options)
    if after is None:
        return Answer(tr("Say from which day the VAT regime holds: --since YYYY-MM-DD"), reason="no_since")
    if after != before:
        problems = change_merchant(core.counter, after, options.operator)
        if problems:
            sentence = " ".join(problem_words(problem) for problem in problems)
            return Answer(sentence, {"problems": [problem.value for problem in problems]}, reason=problems[0].value)
    shown = _data(after)
    lists = {"address_lines": ", ".join(after.address_lines), "regimes": regimes_line(after.regimes)}
    rows = [(name, str(lists.get(name, value))) for name, value in shown.items()]
    name = after.legal_name or tr("Nobody entered yet")
    return Answer(tr("Saved: {name}.").format(name=name) if after != before else name, shown, rows)


_PLAIN = ("legal_name", "legal_form", "siret", "vat_number", "rcs", "cutoff_hour", "fiscal_year_start_month")


def _told(before: Merchant, options: argparse.Namespace) -> Merchant | None:
    told: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(options, name)) is not None}
    if options.address_lines is not None:
        told["address_lines"] = tuple(options.address_lines)
    if options.prepaid_orders is not None:
        told["prepaid_orders"] = PrepaidOrders(options.prepaid_orders)
    if options.meal_voucher_sundays is not None:
        told["meal_voucher_sundays"] = options.meal_voucher_sundays == "yes"
    after = replace(before, **told)
    if options.regime is None:
        return after
    return None if options.since is None else after.with_regime(options.since, VatRegime(options.regime))


def _data(merchant: Merchant) -> dict[str, Any]:
    return {
        **{name: getattr(merchant, name) for name in _PLAIN},
        "address_lines": list(merchant.address_lines),
        "regimes": [{"since": since.isoformat(), "regime": regime.value} for since, regime in merchant.regimes],
        "prepaid_orders": merchant.prepaid_orders.value,
        "meal_voucher_sundays": merchant.meal_voucher_sundays,
    }


def run_attestation(options: argparse.Namespace, core: Core) -> Answer:
    """Write the individual attestation, ready to be printed and signed; with `--check`, only say whether one is due."""
    from app.bootstrap.papers import attestation_texts
    from app.domain.attestation import new_attestation_needed
    from app.usecases.make_attestation import AttestationRefusal, make_attestation

    queries = core.store.queries
    merchant, last = queries.merchant(), queries.last_attestation()
    if options.check:
        needed = new_attestation_needed(merchant, last, FISCAL_VERSION)
        data = {"needed": needed, "fiscal_version": FISCAL_VERSION, "regimes": regimes_line(merchant.regimes)}
        return Answer(attestation_words(merchant, last), data, reason="attestation_needed" if needed else "")
    made = make_attestation(core.counter, attestation_texts(), options.operator)
    if isinstance(made, AttestationRefusal):
        return Answer(refusal_words(made), reason=made.value)
    path = options.file or Path(f"attestation-{made.attestation.siret}-v{made.attestation.fiscal_version}.html")
    path.write_text(made.page, encoding="utf-8")
    return Answer(
        tr("Written to {path}. Print it; it is void until both parts are signed by hand.").format(path=path),
        {"path": str(path), "fiscal_version": made.attestation.fiscal_version, "siret": made.attestation.siret},
    )
