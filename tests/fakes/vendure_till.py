"""A till in memory, linked to a Vendure written by hand: what people do at it, and what the site then shows, in one
line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from app.domain.abilities import Ability
from app.domain.facts import Fact
from app.domain.order import LineResult, OrderAtCounter
from app.sync.connectors.offer import Opening, Surroundings
from app.sync.connectors.vendure.connect import open_connection
from app.sync.lane_steps import Connection
from app.sync.one_round import run_round
from app.usecases.adjust_stock import receive_goods
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import FactAnswer
from app.usecases.prepare_order import mark_ready
from app.usecases.undo_handover import UndoDone, undo_handover
from tests.fakes.fake_vendure import FakeVendure, Order, Variant
from tests.fakes.fake_vendure_api import FakeAdminApi
from tests.fakes.fake_vendure_http import FakeVendureAdapter, Faults
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter

PREFIX = "vendure:"


class VendureTill:
    """
    Attributes:
        site: the marketplace; `api` what it was asked; `faults` what befalls the writes to come.
        is_only_till: whether the shop says so; it may change its mind while the till runs.
        gone_s: how long the computer has been running.
    """

    def __init__(self, site: FakeVendure | None = None, *, letter: str = "A", only_till: bool = True) -> None:
        self.clock = HandSetClock()
        self.site = site or FakeVendure(self.clock.now)
        self.api = FakeAdminApi(self.site)
        self.faults = Faults()
        self.gone_s = 1000.0
        identity = replace(
            A_TILL,
            till_id=f"till-{letter}",
            till_letter=letter,
            till_name=f"Caisse {letter}",
            shop_id="vendure:x/ferme",
        )
        self.store = MemoryStore(identity)
        self.secrets = MemorySecrets()
        self.counter = a_counter(self.store.unit_of_work, clock=self.clock, secrets=self.secrets)
        self.credentials: dict[str, str] = {"user": self.site.user, "password": self.site.password}
        self.is_only_till = only_till
        self.marketplace = self.open()

    def open(self) -> Connection:
        """As its program does at each start."""
        self.marketplace = open_connection(
            Opening(
                address="http://127.0.0.1:1",
                credentials=lambda: self.credentials,
                options={
                    "channel": self.site.channel_token,
                    "location": self.site.location,
                    "pickup_methods": "click-and-collect",
                },
                only_till=lambda: self.is_only_till,
                till=self.store.tables.identity,
                books=self.store.connector_books,
                pickup_keys=self.secrets,
                surroundings=Surroundings(
                    now=self.clock.now,
                    monotonic=lambda: self.gone_s,
                    adapter=FakeVendureAdapter(self.api, self.faults),
                ),
            )
        )
        assert Ability.PARTIAL_HANDOVER in self.marketplace.abilities()
        return self.marketplace

    # --- time ---

    def later(self, seconds: float = 15.0) -> None:
        self.gone_s += seconds
        self.clock.go_on(seconds=seconds)

    def round(self) -> None:
        """Tell and hear everything; the next look is due."""
        self.later()
        run_round(self.counter, self.store.queries, self.secrets, self.marketplace)

    def full_round(self) -> None:
        """The same when what is read now and then is due."""
        self.later(timedelta(minutes=6).total_seconds())
        self.round()

    # --- at the counter ---

    def order(self, raw_id: str) -> OrderAtCounter:
        found = self.store.queries.order(PREFIX + raw_id)
        assert found is not None
        return found

    def knows(self, raw_id: str) -> bool:
        return self.store.queries.order(PREFIX + raw_id) is not None

    def ready(self, raw_id: str) -> None:
        assert mark_ready(self.counter, PREFIX + raw_id, 1, "A1", "Léa") is not None

    def hand_over(self, raw_id: str, results: Sequence[LineResult] = (), because: str = "") -> HandoverDone:
        request = HandoverRequest(PREFIX + raw_id, HowFound.NAME, "Léa", tuple(results), override_reason=because)
        done = hand_over_order(self.counter, request)
        assert isinstance(done, HandoverDone), done
        return done

    def undo(self, raw_id: str) -> None:
        assert isinstance(undo_handover(self.counter, PREFIX + raw_id, "Léa", "erreur"), UndoDone)

    def receive(self, variant_id: str, pieces: int) -> None:
        assert receive_goods(self.counter, [(PREFIX + variant_id, pieces)], "shop", "Léa")

    def level(self, variant_id: str) -> int:
        with self.store.unit_of_work() as uow:
            return int(uow.stock.level(PREFIX + variant_id))

    def facts(self) -> list[Fact]:
        """That wait, oldest first."""
        with self.store.unit_of_work() as uow:  # not committed
            return sorted(uow.outbox.claim(1000, self.clock.now(), 1.0), key=lambda fact: fact.till_seq)

    def told(self, act: Callable[[], object]) -> FactAnswer:
        """What the site answers to the one fact an act leaves behind; told, but nothing of it is kept here."""
        act()
        (fact,) = self.facts()[-1:]
        (answer,) = self.marketplace.push([fact])
        return answer

    # --- on the site ---

    def there(self, raw_id: str) -> Order:
        return self.site.orders[raw_id]

    def states(self, raw_id: str) -> list[tuple[str, Mapping[str, int]]]:
        """Of the fulfilments that stand: state, and units by line id."""
        return [(one.state, one.lines) for one in self.there(raw_id).fulfilments if one.state != "Cancelled"]

    def variant(self, variant_id: str) -> Variant:
        return self.site.variants[variant_id]
