"""Owns how this till is linked, in the database. Never holds a secret: what opens the door is in the key store."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from app.storage.connector_tables import connector_setting
from app.storage.session import Session
from app.usecases.connector_ports import Linked, MarketplaceKind

_KIND, _ONLY_TILL, _LETTERS_GIVEN, _OPTION = "kind", "only_till", "letters_given", "option."
_RESTORED_THROUGH = "restored_through_seq"
_YES, _NO = "yes", "no"

_ALL = select(connector_setting.c.name, connector_setting.c.value).order_by(connector_setting.c.name)
_FORGET = delete(connector_setting)
_KEEP = insert(connector_setting)


def load_linked(session: Session) -> Linked:
    kept = {row[0]: row[1] for row in session.rows(_ALL)}
    if _KIND not in kept:
        return Linked()
    return Linked(
        kind=MarketplaceKind(kept[_KIND]),
        options={name.removeprefix(_OPTION): value for name, value in kept.items() if name.startswith(_OPTION)},
        only_till=kept[_ONLY_TILL] == _YES,
        letters_given=kept[_LETTERS_GIVEN],
        restored_through_seq=int(kept.get(_RESTORED_THROUGH, "0")),
    )


def save_linked(session: Session, linked: Linked) -> None:
    """Replace all of it."""
    kept = {
        _KIND: linked.kind.value,
        _ONLY_TILL: _YES if linked.only_till else _NO,
        _LETTERS_GIVEN: linked.letters_given,
        _RESTORED_THROUGH: str(linked.restored_through_seq),
        **{_OPTION + name: value for name, value in linked.options.items()},
    }
    session.run(_FORGET)
    session.run_many(_KEEP, [{"name": name, "value": value} for name, value in kept.items()])
