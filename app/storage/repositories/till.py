"""Owns who this till is, as given at pairing. Never holds a secret."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from app.domain.receipt import ShopIdentity
from app.storage.session import Session
from app.storage.tables import till
from app.storage.values import optional_time_of, optional_time_text, texts_json, texts_of
from app.usecases.ports import TillIdentity

NOT_PAIRED = TillIdentity("", "A", "", ShopIdentity(""), "", "", None)
"""Who a till is before its pairing: it may sell, and numbers its tickets A-..."""

_IDENTITY = select(*(column for column in till.c if column.name != "only_row"))
_INSERT = insert(till)
_REPLACE = _INSERT.on_conflict_do_update(
    index_elements=[till.c.only_row],
    set_={c.name: _INSERT.excluded[c.name] for c in till.c if c.name != "only_row"},
)


def load_identity(session: Session) -> TillIdentity:
    row = session.one(_IDENTITY)
    if row is None:
        return NOT_PAIRED
    return TillIdentity(
        till_id=row[0],
        till_letter=row[1],
        till_name=row[2],
        shop_id=row[3],
        shop=ShopIdentity(row[4], texts_of(row[5]), row[6], row[7], row[8]),
        marketplace_url=row[9],
        paired_at=optional_time_of(row[10]),
    )


def save_identity(session: Session, identity: TillIdentity) -> None:
    session.run(
        _REPLACE,
        only_row=1,
        till_id=identity.till_id,
        till_letter=identity.till_letter,
        till_name=identity.till_name,
        shop_id=identity.shop_id,
        shop_name=identity.shop.name,
        address_lines=texts_json(identity.shop.address_lines),
        siret=identity.shop.siret,
        vat_number=identity.shop.vat_number,
        footer=identity.shop.footer,
        marketplace_url=identity.marketplace_url,
        paired_at=optional_time_text(identity.paired_at),
    )
