"""Settings, printer and copies leave a note in the technical journal, without their values; on both stores."""

from __future__ import annotations

import json

from app.domain.fiscal import Series
from app.usecases.note_settings import note_backup, note_settings
from tests.fakes.shop import Shop


def journal(shop: Shop) -> list[tuple[str, str, object]]:
    with shop.store.unit_of_work() as uow:
        head = uow.ledger.head("A", Series.EVENTS)
        rows = list(uow.ledger.rows("A", Series.EVENTS, 1, head.number)) if head.number else []
    said = [json.loads(row.canonical) for row in rows]
    return [(each["kind"], each["operator"], each["details"].get("fields")) for each in said if "details" in each]


def test_r13_changed_settings_are_noted_by_name(shop: Shop) -> None:
    note_settings(shop.counter, ("keep_customer_days", "printer", "blind_count"), "Léa")
    assert journal(shop)[-2:] == [
        ("printer_changed", "Léa", None),
        ("setting_changed", "Léa", "keep_customer_days,blind_count"),
    ]


def test_r13_nothing_changed_is_nothing_noted(shop: Shop) -> None:
    before = journal(shop)
    note_settings(shop.counter, (), "Léa")
    assert journal(shop) == before


def test_r13_a_copy_of_the_data_is_noted(shop: Shop) -> None:
    note_backup(shop.counter, "Léa")
    assert journal(shop)[-1][:2] == ("backed_up", "Léa")
