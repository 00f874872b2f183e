"""Owns what a shop does with its own details on the settings screen: enter, save, make out the attestation. No widget,
no wording.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from app.domain.attestation import Attestation
from app.domain.merchant import Merchant, MerchantProblem, PrepaidOrders, VatRegime, without_blanks
from app.domain.operators import Right
from app.ui.components.approval import Approvals
from app.ui.task_runner import Lane, Runner
from app.usecases.change_merchant import change_merchant
from app.usecases.make_attestation import AttestationRefusal, AttestationTexts, MadeAttestation, make_attestation
from app.usecases.ports import Counter, TillIdentity
from app.usecases.queries import Queries


class MerchantNotice(StrEnum):
    """What the sheet has to say besides refusals; worded in `merchant_sheet.py`."""

    SAVED = "saved"
    ATTESTED = "attested"
    SINCE_NOT_A_DAY = "since_not_a_day"


@dataclass(frozen=True, slots=True)
class MerchantEntry:
    """The fields as typed. `since`: first day of the regime, `dd/mm/yyyy`; "" leaves the regime as it is."""

    legal_name: str
    legal_form: str
    siret: str
    vat_number: str
    rcs: str
    address: tuple[str, ...]
    regime: VatRegime
    since: str
    cutoff_hour: str
    fiscal_year_start_month: str
    prepaid_orders: PrepaidOrders
    meal_voucher_sundays: bool


@dataclass(frozen=True, slots=True)
class MerchantState:
    """All that the sheet shows.

    Attributes:
        merchant: as kept, None until read.
        proposed: what the fields begin with: as kept, or as the marketplace says while nothing is.
        draft_no: changes whenever the fields are to be filled anew.
        attested_at: the page made last, for opening it.
        today: the local day, for the fields and for what the law has not settled.
    """

    merchant: Merchant | None = None
    proposed: Merchant = Merchant()  # noqa: RUF009  # a frozen value
    last_attestation: Attestation | None = None
    draft_no: int = 0
    busy: bool = False
    problems: tuple[MerchantProblem, ...] = ()
    said: MerchantNotice | AttestationRefusal | Exception | None = None
    attested_at: Path | None = None


class MerchantView(Protocol):
    """What the presenter shows itself with."""

    def show_merchant(self, state: MerchantState) -> None: ...


@dataclass(frozen=True, slots=True)
class MerchantSurroundings:
    """What the sheet is given.

    Attributes:
        texts: the attestation's texts; read when needed, beside the main thread.
        papers: the folder that pages are written to.
        open_page: show a written page to the person.
        today: the local day.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    approvals: Approvals
    texts: Callable[[], AttestationTexts]
    papers: Callable[[], Path]
    open_page: Callable[[Path], None]
    today: Callable[[], date]


class MerchantPresenter:
    """Saves all fields at once; what is wrong is said at its field and nothing is kept."""

    def __init__(self, around: MerchantSurroundings, view: MerchantView) -> None:
        self._around = around
        self._view = view
        self.state = MerchantState()

    def read(self) -> None:
        """Read what is kept."""
        queries = self._around.queries

        def work() -> tuple[Merchant, Attestation | None, TillIdentity]:
            return queries.merchant(), queries.last_attestation(), queries.identity()

        self._around.runner.run(Lane.LISTS, work, self._came, self._failed)

    def save(self, entry: MerchantEntry) -> None:
        """Check and keep what was typed, once somebody with the right has said yes."""
        before = self.state.merchant
        if before is None or self.state.busy:
            return
        told = merchant_told(entry, before)
        if told is None:
            self._change(said=MerchantNotice.SINCE_NOT_A_DAY, problems=())
            return
        after = told

        def answered(approved_by: str | None) -> None:
            if approved_by is None:
                return
            counter, operator = self._around.counter, self._around.operator()
            self._change(busy=True, said=None, problems=())
            self._around.runner.run(
                Lane.STORE, lambda: change_merchant(counter, after, operator, approved_by), self._saved, self._failed
            )

        self._around.approvals.ask_approval(Right.CHANGE_SETTINGS, answered)

    def make_attestation(self) -> None:
        """Make the page out and write it to the folder of papers."""
        if self.state.busy:
            return

        def answered(approved_by: str | None) -> None:
            if approved_by is not None:
                self._change(busy=True, said=None, problems=())
                self._around.runner.run(Lane.STORE, self._write_page, self._attested, self._failed)

        self._around.approvals.ask_approval(Right.CHANGE_SETTINGS, answered, at_once=True)

    def open_attestation(self) -> None:
        if self.state.attested_at is not None:
            self._around.open_page(self.state.attested_at)

    # --- inside ---

    def _write_page(self) -> Path | AttestationRefusal:
        made = make_attestation(self._around.counter, self._around.texts(), self._around.operator())
        if not isinstance(made, MadeAttestation):
            return made
        name = f"attestation-{made.attestation.siret}-v{made.attestation.fiscal_version}.html"
        page = self._around.papers() / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(made.page, encoding="utf-8")
        return page

    def _came(self, read: tuple[Merchant, Attestation | None, TillIdentity]) -> None:
        merchant, last, identity = read
        proposed = proposed_merchant(identity) if merchant == Merchant() else merchant
        fill_anew = merchant != self.state.merchant or proposed != self.state.proposed
        self._change(
            merchant=merchant,
            proposed=proposed,
            last_attestation=last,
            draft_no=self.state.draft_no + fill_anew,
        )

    def _saved(self, problems: tuple[MerchantProblem, ...]) -> None:
        self._change(busy=False, problems=problems, said=None if problems else MerchantNotice.SAVED)
        if not problems:
            self.read()

    def _attested(self, made: Path | AttestationRefusal) -> None:
        if isinstance(made, AttestationRefusal):
            self._change(busy=False, said=made)
            return
        self._change(busy=False, said=MerchantNotice.ATTESTED, attested_at=made)
        self.read()

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, said=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_merchant(self.state)


def proposed_merchant(identity: TillIdentity) -> Merchant:
    """What the marketplace knows of the shop: to be checked and saved by a person."""
    shop = identity.shop
    return Merchant(
        legal_name=shop.name,
        siret=without_blanks(shop.siret),
        vat_number=without_blanks(shop.vat_number),
        address_lines=shop.address_lines,
    )


def merchant_told(entry: MerchantEntry, before: Merchant) -> Merchant | None:
    """The details as typed, unchecked; None if the first day of the regime is no day."""
    after = replace(
        before,
        legal_name=entry.legal_name,
        legal_form=entry.legal_form,
        siret=without_blanks(entry.siret),
        vat_number=without_blanks(entry.vat_number),
        rcs=entry.rcs,
        address_lines=tuple(line for line in entry.address if line),
        cutoff_hour=_whole(entry.cutoff_hour),
        fiscal_year_start_month=_whole(entry.fiscal_year_start_month),
        prepaid_orders=entry.prepaid_orders,
        meal_voucher_sundays=entry.meal_voucher_sundays,
    )
    if not entry.since:
        return after
    since = day_typed(entry.since)
    return None if since is None else after.with_regime(since, entry.regime)


def day_typed(text: str) -> date | None:
    """`1/3/2026`, `01.03.2026` or `2026-03-01`; None for what is no day."""
    parts = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", text) or re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    if parts is None:
        return None
    first, month, last = (int(part) for part in parts.groups())
    year, day = (first, last) if first > 31 else (last, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole(text: str) -> int:
    """-1 for what is no number: outside what is allowed, so it is refused at its field."""
    return int(text) if re.fullmatch(r"[0-9]{1,2}", text) else -1
