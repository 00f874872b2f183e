"""Owns the command about who may act at the till. Holds no rule; a PIN is read from the keyboard or standard input,
never from the command line, where others could read it.

It asks for no manager: whoever may use this computer's account may repair the team, and the journal says so.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.output import Answer
from app.domain.operators import Operator, Role
from app.i18n import tr, trn
from app.ui.operator_words import operator_refusal_words, role_words
from app.usecases.manage_operators import OperatorRefusal, Team

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_operators(options: argparse.Namespace, core: Core) -> Answer:
    """List the team or change it."""
    from app.storage.pin import Argon2PinHasher

    queries = core.store.queries
    if options.action == "list":
        return _listed(queries.operators())
    team = Team(core.counter, queries, Argon2PinHasher())
    everybody = queries.operators()
    person = next((known for known in everybody if known.name.casefold() == options.name.strip().casefold()), None)
    if options.action == "add":
        role = Role(options.role) if options.role else Role.CASHIER if everybody else Role.MANAGER
        return _done(team.add(options.name, role, _typed_pin(), options.operator))
    if person is None:
        return _done(OperatorRefusal.UNKNOWN)
    match options.action:
        case "pin":
            return _done(team.set_pin(person.operator_id, _typed_pin(), options.operator))
        case "role":
            role = Role(options.role) if options.role else person.role
            return _done(team.change_role(person.operator_id, role, options.operator))
        case "leave":
            return _done(team.deactivate(person.operator_id, options.operator))
        case _:
            return _done(team.reactivate(person.operator_id, _typed_pin(), options.operator))


def _typed_pin() -> str:
    """Typed blind at a terminal; else the first line of standard input, for scripts."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(tr("PIN (4 to 8 digits): "))
    return sys.stdin.readline().strip() if sys.stdin is not None else ""


def _listed(people: Sequence[Operator]) -> Answer:
    rows = [(person.name, role_words(person.role), "" if person.active else tr("Has left")) for person in people]
    words = trn("{count} person in the team", "{count} people in the team", len(people))
    message = words.format(count=len(people)) if people else tr("No team: the till asks for no PIN.")
    return Answer(message, {"operators": [_data(person) for person in people]}, rows)


def _done(outcome: Operator | OperatorRefusal) -> Answer:
    if isinstance(outcome, OperatorRefusal):
        return Answer(operator_refusal_words(outcome), reason=outcome.value)
    return Answer(tr("Saved: {name}.").format(name=outcome.name), _data(outcome))


def _data(person: Operator) -> dict[str, object]:
    return {
        "operator_id": person.operator_id,
        "name": person.name,
        "role": person.role.value,
        "active": person.active,
    }
