"""Owns the rows that screens and commands show of what waits, was refused or is disagreed on, and the protocol that
reads them. Frozen values, no rule, no writing.

What a screen needs to act:
    a refused fact       `OutboxRow` of state `refused`: `message` says why, `editable` what may be worded anew
                         (`repair_fact`); else `resend_fact` or `set_aside_fact`
    a disagreement       `ExceptionRow`: `choices` (the first is proposed) for `settle_exception`, `view` and `changes`
                         to show
    a broken record      `QuarantineRow` (`queries`): `ask_again(kind, record_id)`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from app.domain.disagreements import Answer, LineChange
from app.domain.facts import EditableWords


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A fact that was not told yet, or needs a person.

    Attributes:
        kind: a `FactKind`.
        happened_at: the moment at the counter.
        state: `pending`, `sending`, `refused` (a person decides), `conflicted` (told; its disagreement is open).
        attempts: how often it was sent.
        message: the marketplace's sentence if refused or conflicted, else the newest failure's keyword.
        title: what people know it by: an order's number, a ticket's, an article's name; "" if it is not here.
        till_seq: this till's number of it.
        urgency: 0 goes first, see `facts.urgency_of`.
        reason: the marketplace's keyword for a refusal or conflict, "" if it gave none.
        due_at: not tried again before; None: with the next round.
        holds_back: how many later facts of the same subject wait for a refused one.
        editable: what may be worded anew in a refused one; empty if no wording would help.
    """

    fact_id: str
    kind: str
    subject: str
    happened_at: datetime
    state: str
    attempts: int
    message: str
    title: str
    till_seq: int = 0
    urgency: int = 0
    reason: str = ""
    due_at: datetime | None = None
    holds_back: int = 0
    editable: tuple[EditableWords, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A disagreement for a person to settle, or settled.

    Attributes:
        kind: a `DisagreementKind`, or a word that only a newer marketplace knows.
        message: the marketplace's sentence, "" if this till was told by another way: then worded by its kind.
        proposed_answer: the first of `choices`.
        order_number, product_name: "" if the order or article is not here, or it is about none.
        fact_id: the fact of this or another till that the marketplace disagreed with, "" for none.
        answer: what was answered, "" while open (and for those settled before answers had words).
        reason: the marketplace's keyword, "" if this till noticed by itself.
        view: plain data of how the sides see it, without a customer's name. `price_changed`: `ours` and `theirs`, each
            an article as told; `oversold`: `physical`, `promised` and `missing` in base units, `unit`, `label`;
            `return_unknown`: `document` (what is not known) and `number` of the return; `order_edited`: see `changes`.
        changes: of an edited order: the lines that are not as they were.
        choices: the answers a person may give.
    """

    exception_id: str
    kind: str
    opened_at: datetime
    order_id: str
    message: str
    settled_at: datetime | None
    proposed_answer: str = ""
    order_number: str = ""
    settled_by: str = ""
    settled_note: str = ""
    product_id: str = ""
    product_name: str = ""
    fact_id: str = ""
    answer: str = ""
    reason: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[LineChange, ...] = ()
    choices: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A refused fact that a person gave up or worded anew.

    Attributes:
        at, operator, note: when, who, and why.
        message, reason: what the marketplace had said.
        replaced_by: the fact that is told instead, "" if it was given up.
    """

    fact_id: str
    till_seq: int
    kind: str
    subject: str
    happened_at: datetime
    title: str
    at: datetime
    operator: str
    note: str
    message: str
    reason: str
    replaced_by: str


class ExceptionQueries(Protocol):
    """Part of `queries.Queries`. Every call may raise StoreUnavailable."""

    def outbox(self, limit: int = 200) -> Sequence[OutboxRow]:
        """Oldest first."""

    def outbox_row(self, fact_id: str) -> OutboxRow | None:
        """One of them, however long the queue; None if it has left it."""

    def exceptions(self, open_only: bool = True, limit: int = 100) -> Sequence[ExceptionRow]:
        """Newest first."""

    def exception(self, exception_id: str) -> ExceptionRow | None: ...
    def exceptions_of_order(self, order_id: str) -> Sequence[ExceptionRow]:
        """The open ones: what the order's card must warn of, lines to look at again among them."""

    def set_aside(self, limit: int = 100) -> Sequence[SetAsideRow]:
        """Newest first."""
