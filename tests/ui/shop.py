"""A shop for tests of screens: a store in memory with orders in every state, and the real window upon it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.catalogue import Product
from app.domain.money import Money, total_of
from app.domain.operators import Right
from app.domain.order import Order, OrderLine, Preparation
from app.ui.main_window import MainWindow
from app.ui.on_duty import Answered
from app.ui.pickup.view import PickupScreen
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from app.usecases.hand_over_order import HandoverRequest
from app.usecases.marketplace_port import LinkState, LinkStatus
from app.usecases.ports import Counter, Touched
from app.usecases.prepare_order import mark_ready
from app.usecases.want_lease import want_lease
from tests.fakes.inline_runner import InlineRunner
from tests.fakes.memory_store import MemoryStore
from tests.fakes.samples import COFFEE, HEMMING, TOMATO, WINE, an_order, an_order_line
from tests.fakes.surroundings import NOON, CountingIds, DigestSigner, HandSetClock, MemorySecrets

CHEESE = Product("p-cheese", "Maroilles fermier affiné 5 semaines", Money(2390), 550, TOMATO.unit, shelf="Frigo 1")
SOAP = Product("p-soap", "Savon de Marseille à l'huile d'olive 300 g", Money(650), 2000, codes=("3760123456786",))
SYRUP = replace(WINE, product_id="p-syrup", name="Sirop de menthe 75 cl", codes=(), age_limit=0)
PRODUCTS = (COFFEE, TOMATO, WINE, HEMMING, CHEESE, SOAP, SYRUP)

_PEOPLE = (
    ("Laurence Delattre", "2BCDF"),
    ("Jean-Baptiste Vandenbrouck-Lefebvre", "3BCDF"),
    ("Sophie Wozniak", "4BCDF"),
    ("Ahmed Benali", "5BCDF"),
    ("Marie-Christine d'Hautefeuille", "6BCDF"),
    ("Œdipe Çelik", "7BCDF"),
    ("Léo Petit", "8BCDF"),
    ("Inès Moreau", "9BCDF"),
)


def lines_of(*wanted: tuple[Product, int]) -> tuple[OrderLine, ...]:
    return tuple(an_order_line(number, product, quantity) for number, (product, quantity) in enumerate(wanted, 1))


def some_orders() -> list[Order]:
    """Camille's order, ready and to pay, and eight more: ready, to prepare, cancelled, expired, leased elsewhere."""
    big = lines_of((COFFEE, 2), (TOMATO, 1200), (SYRUP, 1), (CHEESE, 450), (SOAP, 3), (HEMMING, 1))
    orders = [an_order()]
    for number, (name, reference) in enumerate(_PEOPLE, 1):
        order = an_order(
            f"order-{number + 1}",
            prepaid=number % 2 == 1,
            lines=big if number == 1 else lines_of((COFFEE, number), (SOAP, 1)),
            reference=f"{reference}YY",
            number=str(1042 + number),
            spoken_code="",
            customer_name=name,
            placed_at=NOON - timedelta(hours=20 + number),
        )
        orders.append(order)
    orders[2] = replace(orders[2], server_preparation=Preparation.TO_PREPARE, note="Merci de prendre le plus mûr.")
    orders[3] = replace(orders[3], server_preparation=Preparation.TO_PREPARE)
    orders[4] = replace(orders[4], lease=None)
    orders[5] = replace(orders[5], keep_until=NOON - timedelta(days=1))
    orders[6] = replace(orders[6], cancelled_at=NOON - timedelta(hours=3))
    wine = lines_of((COFFEE, 1), (WINE, 2))
    orders[7] = replace(orders[7], lines=wine, total=total_of([line.total for line in wine]))
    orders[7] = replace(orders[7], paid_online=orders[7].total)
    return orders


@dataclass
class Shop:
    """The window upon a store in memory.

    Attributes:
        paid: what was taken to the sale screen, as (order_id, request).
        sounds: what was played.
        basket_waits: whether a sale is under way.
        on_line: whether another till can be asked for a lease; wanted: the orders it was asked for.
        asks: whether whoever is there needs leave for everything; asked: for what, and who waits for the answer.
    """

    store: MemoryStore
    counter: Counter
    clock: HandSetClock
    runner: InlineRunner
    window: MainWindow
    look: Look
    paid: list[tuple[str, HandoverRequest]] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    on_line: bool = False
    wanted: list[str] = field(default_factory=list)
    basket_waits: bool = False
    asks: bool = False
    asked: list[tuple[Right, Answered]] = field(default_factory=list)

    @property
    def pickup(self) -> PickupScreen:
        screen = self.window.screen(PlaceName.PICKUP)
        assert isinstance(screen, PickupScreen)
        return screen


def open_shop(look: Look, orders: list[Order] | None = None) -> Shop:
    """A window attached to a store with orders; the caller shows and closes it."""
    store, clock, runner = MemoryStore(), HandSetClock(), InlineRunner()
    window = MainWindow(look, "Léa")
    counter = Counter(
        store.unit_of_work,
        clock,
        CountingIds(),
        MemorySecrets(),
        window.refresh,
        "Comptoir",
        DigestSigner(),
    )
    shop = Shop(store, counter, clock, runner, window, look)
    with store.unit_of_work() as uow:
        uow.catalogue.save_all(PRODUCTS)
        for order in some_orders() if orders is None else orders:
            uow.orders.save_server_copy(order)
        uow.commit()
    if orders is None:
        mark_ready(counter, "order-1", 2, "B2", "Léa")
        mark_ready(counter, "order-2", 3, "A1", "Léa")
        clock.go_on(minutes=3)
    window.sound_asked.connect(shop.sounds.append)

    def pickup() -> PickupScreen:
        return PickupScreen(
            look,
            window,
            counter,
            store.queries,
            runner,
            lambda: "Léa",
            on_pay=lambda order_id, request: shop.paid.append((order_id, request)),
            basket_waits=lambda: shop.basket_waits,
            leave=lambda right, answered: shop.asked.append((right, answered)) if shop.asks else answered(""),
            want_lease=lambda verdict: want_lease(
                verdict, LinkStatus(LinkState.ONLINE if shop.on_line else LinkState.OFFLINE, NOON), shop.wanted.append
            ),
        )

    window.attach({PlaceName.PICKUP: pickup})
    window.refresh(Touched(orders=True))
    return shop
