"""Who may act: the team is changed, PINs sign in, slow down and approve; on the store in memory and the real one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.fiscal import Series
from app.domain.operators import Approval, Operator, Right, Role
from app.usecases.approve import NotTheirRight, approve, note_approval
from app.usecases.manage_operators import OperatorRefusal, Team
from app.usecases.sign_in import sign_in, sign_out
from app.usecases.try_pin import SlowedDown, WrongPin
from tests.fakes.pins import PlainPinHasher
from tests.fakes.shop import Shop

MANAGER_PIN, CASHIER_PIN, WRONG = "2580", "7391", "6602"


@pytest.fixture
def hasher() -> PlainPinHasher:
    return PlainPinHasher()


@pytest.fixture
def team(shop: Shop, hasher: PlainPinHasher) -> Team:
    return Team(shop.counter, shop.queries, hasher)


@pytest.fixture
def manager(team: Team) -> Operator:
    return done(team.add("Claire", Role.MANAGER, MANAGER_PIN, "Léa"))


@pytest.fixture
def cashier(team: Team, manager: Operator) -> Operator:
    return done(team.add("Sami", Role.CASHIER, CASHIER_PIN, "Claire"))


def done(outcome: Operator | OperatorRefusal) -> Operator:
    assert isinstance(outcome, Operator), outcome
    return outcome


def events(shop: Shop) -> list[tuple[str, str, dict[str, object]]]:
    """The technical journal but for the key's making: code, operator, details."""
    with shop.store.unit_of_work() as uow:
        letter = uow.identity().till_letter
        rows = list(uow.ledger.rows(letter, Series.EVENTS, 1, uow.ledger.head(letter, Series.EVENTS).number))
    told = [(row.kind, json.loads(row.canonical)) for row in rows]
    return [(kind, said["operator"], said["details"]) for kind, said in told if not kind.startswith("key_")]


# --- the team ---


def test_a_shop_without_operators_has_none_and_the_first_one_is_a_manager(shop, team):
    assert list(shop.queries.operators()) == []
    assert team.add("Sami", Role.CASHIER, CASHIER_PIN, "") is OperatorRefusal.FIRST_MUST_MANAGE
    assert list(shop.queries.operators()) == []
    claire = done(team.add("  Claire ", Role.MANAGER, MANAGER_PIN, ""))
    assert list(shop.queries.operators()) == [claire]
    assert (claire.name, claire.role, claire.active) == ("Claire", Role.MANAGER, True)
    assert shop.heard[-1].operators


@pytest.mark.parametrize(
    ("name", "pin", "refusal"),
    [
        ("", "4907", OperatorRefusal.NAME_MISSING),
        (" \n", "4907", OperatorRefusal.NAME_MISSING),
        ("x" * 41, "4907", OperatorRefusal.NAME_TOO_LONG),
        ("claire", "4907", OperatorRefusal.NAME_TAKEN),
        ("Sami", "1234", OperatorRefusal.PIN_TOO_SIMPLE),
        ("Sami", "490", OperatorRefusal.PIN_WRONG_LENGTH),
        ("Sami", "49o7", OperatorRefusal.PIN_NOT_DIGITS),
        ("Sami", MANAGER_PIN, OperatorRefusal.PIN_TAKEN),
    ],
)
def test_what_cannot_be_an_operator_changes_nothing(shop, team, manager, name, pin, refusal):
    assert team.add(name, Role.CASHIER, pin, "Claire") is refusal
    assert list(shop.queries.operators()) == [manager]


def test_the_last_manager_stays_one(shop, team, manager, cashier):
    assert team.deactivate(manager.operator_id, "Claire") is OperatorRefusal.LAST_MANAGER
    assert team.change_role(manager.operator_id, Role.CASHIER, "Claire") is OperatorRefusal.LAST_MANAGER
    done(team.change_role(cashier.operator_id, Role.MANAGER, "Claire"))
    assert not done(team.deactivate(manager.operator_id, "Sami")).active
    assert team.deactivate(cashier.operator_id, "Sami") is OperatorRefusal.LAST_MANAGER
    assert [(o.name, o.active) for o in shop.queries.operators()] == [("Claire", False), ("Sami", True)]


def test_who_has_left_keeps_the_name_and_comes_back_with_a_new_pin(shop, team, hasher, manager, cashier):
    done(team.deactivate(cashier.operator_id, "Claire"))
    assert sign_in(shop.counter, shop.queries, hasher, CASHIER_PIN) == WrongPin(4)
    assert team.add("Sami", Role.CASHIER, "4907", "Claire") is OperatorRefusal.NAME_TAKEN
    other = done(team.add("Zoé", Role.CASHIER, CASHIER_PIN, "Claire"))
    assert team.reactivate(cashier.operator_id, CASHIER_PIN, "Claire") is OperatorRefusal.PIN_TAKEN
    done(team.reactivate(cashier.operator_id, "4907", "Claire"))
    assert sign_in(shop.counter, shop.queries, hasher, "4907") == cashier
    assert sign_in(shop.counter, shop.queries, hasher, CASHIER_PIN) == other


def test_a_name_and_a_pin_are_changed(shop, team, hasher, manager, cashier):
    assert team.rename(cashier.operator_id, "CLAIRE", "Claire") is OperatorRefusal.NAME_TAKEN
    assert done(team.rename(cashier.operator_id, "SAMI", "Claire")).name == "SAMI"
    assert team.set_pin(cashier.operator_id, MANAGER_PIN, "Claire") is OperatorRefusal.PIN_TAKEN
    done(team.set_pin(cashier.operator_id, CASHIER_PIN, "Claire"))  # one's own again is nobody else's
    done(team.set_pin(cashier.operator_id, "4907", "Claire"))
    assert isinstance(sign_in(shop.counter, shop.queries, hasher, CASHIER_PIN), WrongPin)
    renamed = sign_in(shop.counter, shop.queries, hasher, "4907")
    assert isinstance(renamed, Operator)
    assert renamed.name == "SAMI"


def test_somebody_unknown_cannot_be_changed(team, manager):
    for outcome in (
        team.rename("nobody", "Max", ""),
        team.change_role("nobody", Role.MANAGER, ""),
        team.set_pin("nobody", "4907", ""),
        team.deactivate("nobody", ""),
        team.reactivate("nobody", "4907", ""),
    ):
        assert outcome is OperatorRefusal.UNKNOWN


# --- signing in ---


def test_the_pin_alone_says_who_it_is(shop, hasher, manager, cashier):
    assert sign_in(shop.counter, shop.queries, hasher, CASHIER_PIN) == cashier
    assert sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN, on_duty="Sami") == manager
    assert sign_in(shop.counter, shop.queries, hasher, "") == WrongPin(4)


def test_the_fifth_wrong_pin_slows_the_till_and_then_not_even_the_right_one_is_looked_at(shop, hasher, manager):
    answers = [sign_in(shop.counter, shop.queries, hasher, WRONG) for _ in range(5)]
    assert answers[:4] == [WrongPin(4), WrongPin(3), WrongPin(2), WrongPin(1)]
    until = shop.clock.now() + timedelta(seconds=30)
    assert answers[4] == SlowedDown(until, 30)
    compared = hasher.compared
    shop.clock.go_on(seconds=10)
    assert sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN) == SlowedDown(until, 20)
    assert hasher.compared == compared
    shop.clock.go_on(seconds=20)
    assert sign_in(shop.counter, shop.queries, hasher, WRONG) == SlowedDown(until + timedelta(seconds=60), 60)
    shop.clock.go_on(seconds=60)
    assert sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN) == manager
    assert sign_in(shop.counter, shop.queries, hasher, WRONG) == WrongPin(4)


def test_a_pause_that_began_while_the_pin_was_compared_counts(shop, hasher, manager):
    for _ in range(4):
        sign_in(shop.counter, shop.queries, hasher, WRONG)

    class Meanwhile(PlainPinHasher):
        def matches(self, pin_hash: str, pin: str) -> bool:
            if self.compared == 0:
                self.compared += 1
                sign_in(shop.counter, shop.queries, hasher, WRONG)
            return super().matches(pin_hash, pin)

    assert isinstance(sign_in(shop.counter, shop.queries, Meanwhile(), MANAGER_PIN), SlowedDown)


def test_old_tries_are_forgotten(shop, hasher, manager):
    for _ in range(4):
        sign_in(shop.counter, shop.queries, hasher, WRONG)
    shop.clock.go_on(days=2)
    sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN)
    assert len(shop.queries.pin_tries()) == 1


# --- the technical journal ---


def test_r13_every_change_of_the_team_is_an_event(shop, team, manager, cashier):
    done(team.rename(cashier.operator_id, "Samia", "Claire"))
    done(team.change_role(cashier.operator_id, Role.ACCOUNTANT, "Claire"))
    done(team.set_pin(cashier.operator_id, "4907", "Samia", approved_by="Claire"))
    done(team.deactivate(cashier.operator_id, "Claire"))
    done(team.reactivate(cashier.operator_id, "4907", "Claire"))
    assert [(code, who, said.get("change", said.get("approved_by"))) for code, who, said in events(shop)] == [
        ("operator_changed", "Léa", "added"),
        ("operator_changed", "Claire", "added"),
        ("operator_changed", "Claire", "renamed"),
        ("operator_changed", "Claire", "role_changed"),
        ("approval", "Samia", "Claire"),
        ("operator_changed", "Samia", "pin_set"),
        ("operator_changed", "Claire", "deactivated"),
        ("operator_changed", "Claire", "reactivated"),
    ]
    assert events(shop)[2][2] == {"change": "renamed", "name": "Samia", "role": "cashier", "was": "Sami"}


def test_r13_signing_in_and_out_and_too_many_wrong_pins_are_events_one_wrong_pin_is_none(shop, hasher, manager):
    before = len(events(shop))
    sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN)
    sign_out(shop.counter, "Claire", "idle")
    for _ in range(5):
        sign_in(shop.counter, shop.queries, hasher, WRONG)
    assert events(shop)[before:] == [
        ("signed_in", "Claire", {"role": "manager"}),
        ("signed_out", "Claire", {"why": "idle"}),
        ("pin_locked", "", {"seconds": 30}),
    ]


def test_r13_an_approval_is_noted_with_the_act_or_at_once_and_never_for_ones_own_right(shop, hasher, manager, cashier):
    before = len(events(shop))
    approve(shop.counter, shop.queries, hasher, MANAGER_PIN, Right.CANCEL_TICKET, "Sami")
    with shop.counter.unit_of_work() as uow:
        note_approval(uow, shop.counter, Right.CANCEL_TICKET, "Claire", "")
        uow.commit()
    assert len(events(shop)) == before
    approve(shop.counter, shop.queries, hasher, CASHIER_PIN, Right.OPEN_DRAWER, "Sami", at_once=True)
    assert len(events(shop)) == before
    approve(shop.counter, shop.queries, hasher, MANAGER_PIN, Right.OPEN_DRAWER, "Sami", at_once=True)
    assert events(shop)[before:] == [("approval", "Sami", {"right": "open_drawer", "approved_by": "Claire"})]


def test_no_pin_and_no_hash_is_ever_in_the_journal(shop, team, hasher, manager, cashier):
    done(team.set_pin(cashier.operator_id, "4907", "Claire"))
    for pin in (WRONG, "4907"):
        sign_in(shop.counter, shop.queries, hasher, pin)
    said = repr([(code, who, details) for code, who, details in events(shop)])
    assert not any(pin in said for pin in (MANAGER_PIN, CASHIER_PIN, "4907", WRONG, "hash"))


# --- approving ---


def test_a_manager_approves_one_right_and_a_cashier_does_not(shop, hasher, manager, cashier):
    def ask(pin: str):
        return approve(shop.counter, shop.queries, hasher, pin, Right.CANCEL_TICKET, "Sami")

    assert ask(MANAGER_PIN) == Approval("Claire", Right.CANCEL_TICKET)
    assert ask(CASHIER_PIN) == NotTheirRight("Sami")
    assert ask(WRONG) == WrongPin(4)


def test_guessing_at_approvals_slows_signing_in_too(shop, hasher, manager, cashier):
    for _ in range(5):
        approve(shop.counter, shop.queries, hasher, WRONG, Right.CANCEL_TICKET, "Sami")
    assert isinstance(sign_in(shop.counter, shop.queries, hasher, MANAGER_PIN), SlowedDown)
