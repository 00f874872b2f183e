"""Owns the merchant's details in the database. Never checks them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from app.domain.merchant import Merchant, PrepaidOrders, VatRegime
from app.storage.session import Session
from app.storage.tables import merchant
from app.storage.values import canonical_json, plain_of, texts_json, texts_of

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
