"""What the window says of the link without being asked: once, one thing at a time, never over something else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain.catalogue import DEFAULT_LOCATION
from app.ui.link_notices import LinkNotices, due_notices
from app.ui.screen import PlaceName
from app.usecases.adjust_stock import receive_goods
from app.usecases.exception_queries import ExceptionRow
from app.usecases.marketplace_port import Disagreement, LinkState, LinkStatus
from app.usecases.ports import StoreUnavailable
from app.usecases.queries import OutboxState
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import NOON
from tests.ui.till import Till, open_till

ONLINE = LinkStatus(LinkState.ONLINE, NOON, last_ok_at=NOON)
OFFLINE = LinkStatus(LinkState.OFFLINE, NOON)
NOTHING = OutboxState(0, 0, 0, None)
FORKED = ExceptionRow("ledger_forked:1", "ledger_forked", NOON, "", "", None)
OLDER = ExceptionRow("older_copy:1", "older_copy", NOON, "", "", None)


def waits(**since: float) -> OutboxState:
    return OutboxState(3, 0, 0, NOON - timedelta(**since))


@pytest.mark.parametrize(
    ("status", "serious", "outbox", "keys"),
    [
        (None, [], NOTHING, []),
        (ONLINE, [], waits(days=3), []),
        (OFFLINE, [], waits(hours=23), []),
        (OFFLINE, [], waits(hours=25), ["rescue"]),
        (replace(OFFLINE, state=LinkState.NOT_PAIRED), [], waits(days=3), []),
        (replace(OFFLINE, state=LinkState.REFUSED, message_key="revoked"), [], NOTHING, ["refused:revoked"]),
        (replace(ONLINE, clock_skew_s=-900), [], NOTHING, ["clock"]),
        (ONLINE, [OLDER, FORKED], NOTHING, ["ledger_forked:1", "older_copy:1"]),
    ],
)
def test_what_there_is_to_say(status, serious, outbox, keys):
    assert [notice.key for notice in due_notices(status, serious, outbox, NOON)] == keys


@dataclass
class Told:
    """The window with its notices. `gone`: where their buttons led."""

    till: Till
    notices: LinkNotices
    gone: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.till.window.notice.text.replace("\u00a0", " ")


@pytest.fixture
def told(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as till:
        gone: list[str] = []
        ways = {name: (name, partial(gone.append, name)) for name in ("settings", "disagreements", "rescue")}
        notices = LinkNotices(till.store.queries, till.runner, till.clock, till.window, lambda: till.link, ways)
        till.link = ONLINE
        notices.start()
        yield Told(till, notices, gone)


def test_a_revoked_till_is_said_at_the_sale_and_leads_to_the_settings(told):
    assert told.text == ""
    told.till.link = replace(ONLINE, state=LinkState.REFUSED, message_key="revoked")
    told.notices.look()
    assert "ne connaît plus cette caisse" in told.text
    told.till.click("notice-action")
    assert told.gone == ["settings"]
    told.notices.look()
    assert told.text == ""  # once


def test_a_wrong_clock_is_said_again_only_if_it_was_right_meanwhile(told):
    told.till.link = replace(ONLINE, clock_skew_s=600)
    told.notices.look()
    assert "avance de 10 min" in told.text
    told.till.window.clear_notice()
    told.notices.look()
    assert told.text == ""
    told.till.link = ONLINE
    told.notices.look()
    told.till.link = replace(ONLINE, clock_skew_s=600)
    told.notices.look()
    assert "avance de 10 min" in told.text


def test_what_is_said_there_now_is_not_pushed_away(told):
    told.till.window.show_notice("Ticket imprimé.")
    told.till.link = replace(ONLINE, clock_skew_s=600)
    told.notices.look()
    assert told.text == "Ticket imprimé."
    told.till.window.clear_notice()
    told.notices.look()
    assert "avance" in told.text


def test_an_older_copy_is_said_with_the_way_to_what_it_means(told):
    with told.till.store.unit_of_work() as uow:
        uow.exceptions.open(Disagreement("older_copy:1", "older_copy", NOON, view={"till": "A"}))
        uow.exceptions.open(Disagreement("sold:1", "oversold", NOON))
        uow.commit()
    told.notices.look()
    assert "ancienne copie" in told.text
    told.till.click("notice-action")
    assert told.gone == ["disagreements"]


def test_things_that_wait_for_days_are_to_be_saved(told):
    receive_goods(told.till.counter, [(COFFEE.product_id, 1)], DEFAULT_LOCATION, "Léa")
    told.till.clock.go_on(days=3)
    told.till.link = OFFLINE
    told.notices.look()
    assert told.text.startswith("1 à envoyer depuis 3 jours")
    told.till.click("notice-action")
    assert told.gone == ["rescue"]


@pytest.mark.expected_logs("what to say of the link")
def test_a_store_that_cannot_be_read_is_only_logged(told, monkeypatch, caplog):
    def broken(*_args):
        raise StoreUnavailable("busy")

    monkeypatch.setattr(type(told.till.store.queries), "exceptions", broken)
    told.notices.look()
    assert "busy" in caplog.text
