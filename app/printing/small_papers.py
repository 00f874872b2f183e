"""Owns the small papers of the counter: weighing slip, notice, report of a check. None of them is a ticket."""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.domain.receipt import CounterNotice, VerificationReport, WeighedPiece, WeighSlip
from app.printing.fiscal_words import FiscalWords
from app.printing.lines import Size
from app.printing.paper import Paper
from app.printing.parts import LocalTime, counted, legal_head, proof, shop_name, title, training_mark
from app.printing.words import (
    Words,
    amount,
    exact_moment_text,
    moment_text,
    quantity_text,
    unit_price_text,
)


def weigh_slip(paper: Paper, words: Words, fiscal: FiscalWords, slip: WeighSlip, local_time: LocalTime) -> None:
    """Weight, price for the kilogram and total of each piece (R23)."""
    training_mark(paper, slip.training, explained=True)
    shop_name(paper, slip.shop)
    paper.rule()
    title(paper, fiscal.weigh_slip)
    paper.pair(slip.number, moment_text(words, local_time(slip.printed_at)))
    for number, piece in enumerate(slip.pieces):
        paper.rule()
        training_mark(paper, slip.training and number == len(slip.pieces) // 2)
        _piece(paper, words, fiscal, piece)
    training_mark(paper, slip.training)


def _piece(paper: Paper, words: Words, fiscal: FiscalWords, piece: WeighedPiece) -> None:
    paper.text(piece.label, bold=True)
    weighed = piece.unit is Unit.KG
    quantity = quantity_text(words, piece.quantity, piece.unit)
    paper.row(fiscal.net_weight if weighed else fiscal.quantity, quantity, indent=2)
    paper.row(fiscal.unit_price, unit_price_text(words, piece.unit_price, piece.unit), indent=2)
    paper.row(fiscal.price, amount(words, piece.total), indent=2, bold=True, size=Size.TALL)


def counter_notice(paper: Paper, fiscal: FiscalWords, notice: CounterNotice) -> None:
    """Large enough to be read across the counter."""
    title(paper, fiscal.notice)
    paper.feed()
    paper.text(notice.text, bold=True, size=Size.TALL)
    paper.feed()
    paper.centred(notice.shop.name)


def verification_report(
    paper: Paper, words: Words, fiscal: FiscalWords, report: VerificationReport, local_time: LocalTime
) -> None:
    """What was checked, how far, and each thing that is wrong (R14)."""
    legal_head(paper, words, fiscal, report.shop, report.merchant, vat_is_charged=False)
    title(paper, fiscal.verification)
    paper.text(fiscal.checked.format(moment=exact_moment_text(words, local_time(report.checked_at))))
    paper.pair(report.till_name, words.operator.format(name=report.operator) if report.operator else "")
    paper.text(report.scope)
    paper.rule()
    paper.table(
        (fiscal.chain, fiscal.last_number, fiscal.rows, fiscal.signature_column),
        [
            (chain.name, str(chain.last_number), str(chain.rows), chain.signature_extract or "-")
            for chain in report.chains
        ],
    )
    paper.rule()
    if report.findings:
        title(paper, counted(fiscal.findings, len(report.findings)))
        for finding in report.findings:
            paper.text(f"- {finding}", hang=2)
    else:
        title(paper, fiscal.nothing_wrong)
    if report.remarks:
        paper.feed()
        paper.text(fiscal.remarks, bold=True)
    for remark in report.remarks:
        paper.text(f"- {remark}", hang=2)
    proof(paper, fiscal, report.software, report.fiscal_version, "")
