"""Owns the merchant's details and attestations in the database. Never checks them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.attestation import Attestation
from app.domain.merchant import Merchant, PrepaidOrders, VatRegime
from app.storage.session import Session
from app.storage.tables import attestation, merchant
from app.storage.values import canonical_json, plain_of, texts_json, texts_of, time_of, time_text

_c = merchant.c
_ONLY_ROW = select(
    _c.legal_name,
    _c.legal_form,
    _c.siret,
    _c.vat_number,
    _c.rcs,
    _c.regimes,
    _c.cutoff_hour,
    _c.fiscal_year_start_month,
    _c.prepaid_orders,
    _c.meal_voucher_sundays,
    _c.address_lines,
)
_INSERT = insert(merchant)
_REPLACE = _INSERT.on_conflict_do_update(
    index_elements=[_c.only_row],
    set_={column.name: _INSERT.excluded[column.name] for column in _c if column.name != "only_row"},
)


_a = attestation.c
_ADD_ATTESTATION = insert(attestation).values({c.name: bindparam(c.name) for c in _a if c.name != "row_id"})
_LAST_ATTESTATION = (
    select(_a.made_at, _a.siret, _a.software, _a.fiscal_version, _a.operator).order_by(_a.row_id.desc()).limit(1)
)


def load_merchant(session: Session) -> Merchant:
    row = session.one(_ONLY_ROW)
    if row is None:
        return Merchant()
    return Merchant(
        legal_name=row[0],
        legal_form=row[1],
        siret=row[2],
        vat_number=row[3],
        rcs=row[4],
        regimes=tuple((date.fromisoformat(since), VatRegime(regime)) for since, regime in plain_of(row[5])),
        cutoff_hour=row[6],
        fiscal_year_start_month=row[7],
        prepaid_orders=PrepaidOrders(row[8]),
        meal_voucher_sundays=bool(row[9]),
        address_lines=texts_of(row[10]),
    )


def save_merchant(session: Session, kept: Merchant) -> None:
    session.run(
        _REPLACE,
        only_row=1,
        legal_name=kept.legal_name,
        legal_form=kept.legal_form,
        siret=kept.siret,
        vat_number=kept.vat_number,
        rcs=kept.rcs,
        regimes=canonical_json([[since.isoformat(), regime.value] for since, regime in kept.regimes]),
        cutoff_hour=kept.cutoff_hour,
        fiscal_year_start_month=kept.fiscal_year_start_month,
        prepaid_orders=kept.prepaid_orders.value,
        meal_voucher_sundays=kept.meal_voucher_sundays,
        address_lines=texts_json(kept.address_lines),
    )


def add_attestation(session: Session, made: Attestation) -> None:
    session.run(
        _ADD_ATTESTATION,
        made_at=time_text(made.made_at),
        siret=made.siret,
        software=made.software,
        fiscal_version=made.fiscal_version,
        operator=made.operator,
    )


def last_attestation(session: Session) -> Attestation | None:
    row = session.one(_LAST_ATTESTATION)
    return Attestation(time_of(row[0]), row[1], row[2], row[3], row[4]) if row else None
