"""Owns the protocols between use cases and the outside (store, outbox, clock, ids) and the failures the outside may
have.

Storage, sync, printing and scanning meet here and nowhere else; `bootstrap` joins them. Never holds an implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.attestation import Attestation
from app.domain.catalogue import Product, StockMovement
from app.domain.clock_skew import ClockTold
from app.domain.facts import Fact
from app.domain.merchant import Merchant
from app.domain.operators import Operator, PinTry
from app.domain.order import LineResult, Order, OrderAtCounter, PastHandover
from app.domain.receipt import Printable, PrintKind, ShopIdentity
from app.domain.sale import Basket, SaleDocument
from app.usecases.closing_ports import CashJournal, Closures
from app.usecases.connector_ports import Linked
from app.usecases.exception_ports import Exceptions, RefusedFact
from app.usecases.fiscal_ports import CardAttempts, Copies, FiscalSecrets, Invoices, Ledger, Signer
from app.usecases.identity_ports import FactNumbers, Upkeep
from app.usecases.lease_ports import Leases
from app.usecases.marketplace_port import BrokenChange, FactAnswer
from app.usecases.reconciliation_ports import Reconciliations
from app.usecases.rescue_ports import RescuedFacts

# --- failures of the world ---


class Unavailable(Exception):
    """The world failed, not the program: shown in a sentence with what to do (`ui/messages.py` words it by type and
    `reason`)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Args: reason: a stable keyword of the subtype; detail: for the log, without secrets or customer data."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class StoreUnavailable(Unavailable):
    """reason: `disk_full`, `locked` (another Comptoir), `newer_version`, `damaged`, `read_only`, `busy`, `io`."""


class PrinterUnavailable(Unavailable):
    """reason: `absent`, `refused`, `timeout`, `paper_out`, `cover_open`, `jammed`, `offline`, `unknown` (maybe printed:
    ask), `no_printer`, `io`, `no_spooler` (the computer has no print system, or it is not running), `queue_stopped`
    (its queue is paused), `not_live` (a drawer cannot be opened that way)."""


class MarketplaceUnreachable(Unavailable):
    """reason: `no_network`, `timeout`, `server_error`, `not_understood`, `rate_limited`, `not_trusted` (certificate:
    often the computer's date). Passing: try again later by itself. `retry_after_s`: the server asked for that pause."""

    def __init__(self, reason: str, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(reason, detail)
        self.retry_after_s = retry_after_s


class MarketplaceRefused(Unavailable):
    """reason: `not_paired`, `revoked` (401/403), `wrong_code`, `another_shop` (pairing),
    `wrong_login` (linking), `gone` (404 and others: this
    address no longer offers that), `conflict` (409), `refused` (400, 413, 422: what was sent), `insecure_address` (no
    TLS beyond this machine), `bad_address`, `cursor_gone` (410 to a pull: sync begins anew by itself), `clock_wrong`
    (a signature is refused for its time), `not_over_http` (the site wants TLS), `practice` (the practice shop asks
    no real one). Needs a person."""


class TokenUnknown(MarketplaceRefused):
    """reason: `revoked`, and more than that: the marketplace has never heard of the token, or no longer (401). One that
    was shut out is known to it (403)."""


class KeyStoreUnavailable(Unavailable):
    """reason: `denied`, `unreadable`."""


# --- clock and ids ---


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""

    def utc_offset_minutes(self) -> int:
        """Local time at the counter minus UTC, in minutes, now."""


class Ids(Protocol):
    def new(self) -> str:
        """A UUIDv7 as text: unique for ever, sorts by time."""


# --- who we are ---


@dataclass(frozen=True, slots=True)
class TillIdentity:
    """This till and its shop, as given at pairing. Secrets are in the key store, not here."""

    till_id: str
    till_letter: str
    till_name: str
    shop: ShopIdentity
    shop_id: str
    marketplace_url: str
    paired_at: datetime | None


class PickupKeys(Protocol):
    """The shop's pickup keys, from the OS key store, kept in memory once read."""

    def pickup_keys(self) -> Mapping[str, bytes]:
        """By key id; two while one is being replaced. Raises KeyStoreUnavailable."""


class Secrets(PickupKeys, FiscalSecrets, Protocol):
    """Everything this till must keep secret: OS key store, or a 0600 file outside the data folder where there is
    none."""

    @property
    def weaker_way(self) -> bool:
        """True if the file is used: `comptoir doctor` and the settings page say so."""

    def device_token(self) -> str | None: ...
    def set_device_token(self, token: str | None) -> None:
        """Use this one from now on; the one before is kept beside it. None: forget both."""

    def use_other_device_token(self) -> bool:
        """Use the one that is kept beside: a marketplace that was set back to an older copy knows no newer one. False,
        and nothing changes, if there is none."""

    def set_pickup_keys(self, keys: Mapping[str, bytes]) -> None: ...


# --- the store ---


class Catalogue(Protocol):
    def get(self, product_id: str) -> Product | None: ...
    def by_code(self, code: str) -> Product | None:
        """By any bar code in its stored form."""

    def save_all(self, products: Iterable[Product], versions: Mapping[str, int] | None = None) -> None:
        """Insert or replace, codes and search text with them. With `versions`, an older copy never replaces a newer
        one."""

    def get_all(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        """By product_id, those that exist."""

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        """The marketplace's version each copy here is of, by product_id; 0 if it never told of it."""

    def owners_of_codes(self, codes: Sequence[str]) -> Mapping[str, str]:
        """product_id by code, for the codes that exist."""


class Stock(Protocol):
    def record(self, movements: Iterable[StockMovement]) -> list[StockMovement]:
        """Append movements and bring the levels along; those already known by id change nothing. Returns the new
        ones."""

    def level(self, product_id: str, location: str | None = None) -> int:
        """Base units at a location, or everywhere."""

    def levels(self, product_ids: Sequence[str], location: str) -> Mapping[str, int]:
        """Base units at a location by product_id; what never moved there is missing."""

    def moved_by(self, source_ids: Sequence[str]) -> Sequence[StockMovement]:
        """The movements that come from these sources (sale lines, handovers)."""


class Orders(Protocol):
    def get(self, order_id: str) -> OrderAtCounter | None: ...
    def by_reference(self, reference: str) -> OrderAtCounter | None: ...
    def by_spoken_code(self, code: str) -> OrderAtCounter | None:
        """Among orders not handed over yet, else the newest that was."""

    def save_server_copy(self, order: Order) -> bool:
        """Insert or replace the server's copy; an older version changes nothing (False). Local facts are not
        touched."""

    def save_server_copies(self, orders: Sequence[Order]) -> Mapping[str, bool]:
        """A page of copies at once. Returns the ids of those that were kept, and whether the order is new here."""

    def begun_here(self, order_ids: Sequence[str]) -> Mapping[str, OrderAtCounter]:
        """Those of these orders, neither done nor cancelled, that this counter did something with."""

    def forget_preparation(self, order_id: str, line_nos: Sequence[int]) -> None:
        """What was found for these lines counts no longer, and the order is not ready any more."""

    def save_preparation(self, order_id: str, results: Sequence[LineResult]) -> None:
        """Replace the local result of these lines."""

    def save_ready(self, order_id: str, ready_at: datetime, bags: int, shelf: str) -> None: ...

    def add_handover(
        self, order_id: str, handover: PastHandover, *, verdict: str, override_reason: str, sale_id: str
    ) -> None: ...

    def undo_handover(self, handover_id: str, undone_at: datetime, operator: str, reason: str) -> None:
        """Mark undone (the row stays); it no longer counts in OrderAtCounter."""

    def handover_movements(self, handover_id: str) -> Sequence[StockMovement]: ...


class Sales(Protocol):
    def add(self, sale: SaleDocument) -> None: ...
    def get(self, sale_id: str) -> SaleDocument | None: ...
    def correcting(self, sale_id: str) -> Sequence[SaleDocument]:
        """The documents that correct this one, as a whole or a line of it, oldest first."""

    def recorded_online(self, order_id: str) -> Sequence[SaleDocument]:
        """Documents of this till that recorded an order's payment on line, and its corrections, oldest first (R30)."""

    def paid_for_order(self, order_id: str) -> int:
        """Cents that sales of this till took for the order's own lines."""


class Outbox(Protocol):
    def next_seq(self) -> int:
        """Draw the next per-till sequence number inside this transaction."""

    def next_seqs(self, count: int) -> range:
        """Draw several at once."""

    def append(self, fact: Fact) -> None:
        """Keep the fact for ever and queue it for sending."""

    def append_all(self, facts: Sequence[Fact]) -> None:
        """Many at once."""

    def claim(self, limit: int, now: datetime, lease_s: float) -> Sequence[Fact]:
        """Take the oldest sendable facts, at most one run per subject in order; a subject with a refused fact waits. A
        claim not settled within its lease is free again, so a crash loses nothing."""

    def settle(self, answers: Sequence[FactAnswer], now: datetime) -> None:
        """Applied or duplicate: out of the queue. Refused or conflict: stays, with the server's sentence; a conflict
        also opens an exception."""

    def release(self, fact_ids: Sequence[str], now: datetime, retry_at: datetime, error: str) -> None:
        """Give claimed facts back after a failure of the network."""

    def resend(self, fact_id: str) -> bool:
        """Queue a refused fact again, on a person's word. False if it is not refused."""

    def refused(self, fact_id: str) -> RefusedFact | None:
        """The refused fact of this id; None if there is none or it is not refused."""

    def set_aside(self, refused: RefusedFact, now: datetime, operator: str, note: str, replaced_by: str = "") -> None:
        """Out of the queue for good, on a person's word; who, why and what replaces it are kept with the fact."""

    def leave(self, fact_id: str) -> None:
        """A conflicted fact, told long ago, leaves the queue: its disagreement is settled."""


class PrintState(StrEnum):
    """queued -> printing -> done | failed (said why; tried again) | unknown (maybe printed: a person is asked);
    cancelled by a person."""

    QUEUED = "queued"
    PRINTING = "printing"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PrintJob:
    job_id: str
    created_at: datetime
    kind: PrintKind
    document: Printable
    state: PrintState
    attempts: int
    error: str
    title: str
    open_drawer: bool


TOO_LATE = "too_late"
"""Why a job FAILED that waited until nobody was waiting for it: it is not tried again, a person is asked."""

PRINTED_ON = "printed_on:"
"""Before the name of the printer, where a job that is DONE came out of another one than its own."""


@dataclass(frozen=True, slots=True)
class WaitingPrint:
    """A job that waits for its printer, without what it says."""

    job_id: str
    created_at: datetime
    kind: PrintKind


class PrintQueue(Protocol):
    def add(self, job: PrintJob) -> None: ...
    def get(self, job_id: str) -> PrintJob | None: ...
    def waiting(self) -> Sequence[WaitingPrint]:
        """What is queued or failed, oldest first, `TOO_LATE` left out. The spooler itself waits between two tries."""

    def interrupted(self) -> Sequence[WaitingPrint]:
        """Jobs still marked `printing`: at start-up, those that a crash cut short and nobody may reprint without
        asking."""

    def set_state(self, job_id: str, state: PrintState, error: str, now: datetime) -> None:
        """Entering `printing` counts one attempt."""

    def ask_again(self, job_id: str, now: datetime) -> None:
        """Queue it as if it was asked for now. It opens no drawer: nobody is paying."""

    def copies_of(self, document_id: str) -> int:
        """How many prints of a document (sale_id, handover_id) were asked for so far."""


class Baskets(Protocol):
    def park(self, basket_id: str, basket: Basket, parked_at: datetime, title: str) -> None: ...
    def count(self) -> int: ...
    def take(self, basket_id: str) -> Basket | None:
        """Give the basket back and forget it."""


class Operators(Protocol):
    """Who may act at this till, and the PINs tried at it. Nobody is ever deleted."""

    def all(self) -> Sequence[Operator]:
        """By name, those who have left included."""

    def add(self, new: Operator, pin_hash: str) -> None: ...
    def change(self, changed: Operator) -> None: ...
    def set_pin(self, operator_id: str, pin_hash: str) -> None: ...
    def tries(self) -> Sequence[PinTry]:
        """Oldest first."""

    def add_try(self, entry: PinTry, forget_before: datetime) -> None: ...


class PinHasher(Protocol):
    """Turns PINs into hashes; slow on purpose, so never called inside a transaction nor on the main thread."""

    def hash(self, pin: str) -> str: ...
    def matches(self, pin_hash: str, pin: str) -> bool: ...


class PulledState(Protocol):
    """The cursor and what could not be understood."""

    def cursor(self) -> str: ...
    def set_cursor(self, cursor: str) -> None: ...
    def server_time(self) -> datetime | None:
        """The newest time the marketplace told; None before the first."""

    def clock_told(self) -> ClockTold | None:
        """The same with what this till's clock said then."""

    def note_server_time(self, told: datetime, here: datetime) -> None:
        """Keep it if it is newer, or so much older that the marketplace has put its clock right. `here`: this till's
        clock now."""

    def begin_anew(self) -> None:
        """Forget the cursor and the versions of all copies: the next copy of each counts, whatever its version."""

    def quarantine(self, change: BrokenChange, at: datetime) -> None: ...
    def understood(self, kind: str, record_ids: Sequence[str]) -> None:
        """Good copies of these records have come: they leave the quarantine."""


class UnitOfWork(Protocol):
    """One transaction. Leaving the `with` block rolls back unless `commit()` was called; rows never leave the block."""

    catalogue: Catalogue
    stock: Stock
    orders: Orders
    sales: Sales
    ledger: Ledger
    copies: Copies
    cash: CashJournal
    closures: Closures
    invoices: Invoices
    card_attempts: CardAttempts
    outbox: Outbox
    exceptions: Exceptions
    print_queue: PrintQueue
    baskets: Baskets
    pulled: PulledState
    operators: Operators
    reconciliations: Reconciliations
    leases: Leases
    rescued: RescuedFacts
    fact_numbers: FactNumbers
    upkeep: Upkeep

    def identity(self) -> TillIdentity: ...
    def set_identity(self, identity: TillIdentity) -> None: ...
    def linked(self) -> Linked:
        """How this till is linked; to the reference marketplace before anything else was said."""

    def set_linked(self, linked: Linked) -> None: ...
    def merchant(self) -> Merchant:
        """An empty one until its details were entered."""

    def set_merchant(self, merchant: Merchant) -> None: ...
    def training(self) -> str:
        """Who answers for the training under way at this till, "" if there is none (R12)."""

    def add_attestation(self, made: Attestation) -> None: ...
    def commit(self) -> None:
        """Make everything durable (one fsync). Raises StoreUnavailable; then nothing of it happened."""


class UnitOfWorkFactory(Protocol):
    def __call__(self) -> AbstractContextManager[UnitOfWork]:
        """Begin a writing transaction (BEGIN IMMEDIATE). Raises StoreUnavailable."""


class Announce(Protocol):
    """Tells whoever shows things what was touched, after the commit; see `Touched`."""

    def __call__(self, touched: Touched) -> None: ...


@dataclass(frozen=True, slots=True)
class Touched:
    """What a commit changed: screens reload only if concerned and visible.

    Attributes:
        drawer: cash went in or out and no paper opens the drawer on its way: it is to be opened now.
    """

    orders: bool = False
    stock: bool = False
    catalogue: bool = False
    sales: bool = False
    outbox: bool = False
    print_queue: bool = False
    baskets: bool = False
    operators: bool = False
    merchant: bool = False
    cash: bool = False
    closures: bool = False
    drawer: bool = False


def _no_witness() -> None:
    """Nobody outside the database remembers anything."""


@dataclass(frozen=True, slots=True)
class Counter:
    """All that a use case needs of its surroundings, built once by `bootstrap` (or a test) and passed in.

    Attributes:
        software: name and version as printed on tickets.
        signer: seals the ledger's rows.
        witness: has the chains' ends remembered outside the database (R6), after what must not be lost was committed.
            It fails in silence: the next one tells.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: Ids
    keys: PickupKeys
    announce: Announce
    software: str
    signer: Signer
    witness: Callable[[], None] = _no_witness
