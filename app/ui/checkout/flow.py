"""Owns the sale screen's state and the rule that inputs are taken one after the other. Decides nothing itself.

What comes while the store answers waits its turn, so that two quick scans and an Enter do what they would have done
slowly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from app.settings import Settings, TilePageSettings
from app.ui.article_finder import Found
from app.ui.checkout.state import Notice, NoticeKind, ReceiptCode, SaleState
from app.ui.on_duty import Leave, leave_to_all
from app.ui.task_runner import Lane, Runner
from app.usecases.counter_devices import CustomerDisplay, LiveScale, NoDisplay, NoScale
from app.usecases.find_article import CodeReading
from app.usecases.ports import Counter
from app.usecases.queries import Queries

if TYPE_CHECKING:
    from app.ui.checkout.tile_desk import TileState

_Answer = TypeVar("_Answer")


class SaleView(Protocol):
    """What the sale shows itself with."""

    def show(self, state: SaleState) -> None: ...
    def show_found(self, found: Found) -> None: ...
    def empty_box(self) -> None: ...
    def fill_box(self, text: str) -> None: ...
    def play(self, sound: str) -> None: ...
    def show_tiles(self, tiles: TileState) -> None: ...


@dataclass(frozen=True, slots=True)
class SaleSurroundings:
    """What the sale screen is given.

    Attributes:
        on_order_code: (text, how): shows an order's card, elsewhere.
        leave: asks for leave to do what not everybody may.
        discount_limit: the largest discount, in whole percent, that whoever is there gives alone.
        on_training: told who answers for the training under way, "" when there is none.
        display: what the customer reads.
        scale: what weighs, where one is on a line.
        reading: how codes are read now: the settings may change.
        save_tiles: keeps the pages of tiles; raises SettingsNotWritten.
        receipt_code: makes the ticket of a sale, by its id, into a QR; on a worker. None if there is no such sale.
        customer_looks: whether the customer has a screen to read it from.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    settings: Callable[[], Settings]
    on_order_code: Callable[[str, str], None]
    leave: Leave = leave_to_all
    discount_limit: Callable[[], int] = lambda: 100
    on_training: Callable[[str], None] = lambda _responsible: None
    display: CustomerDisplay = NoDisplay()  # noqa: RUF009  # it holds nothing
    scale: LiveScale = NoScale()  # noqa: RUF009  # it holds nothing
    reading: Callable[[], CodeReading] = CodeReading
    save_tiles: Callable[[tuple[TilePageSettings, ...]], None] = lambda _pages: None
    receipt_code: Callable[[str], ReceiptCode | None] = lambda _sale_id: None
    customer_looks: Callable[[], bool] = lambda: False


class SaleFlow:
    """The state, its changes, and the queue of inputs."""

    def __init__(self, around: SaleSurroundings, view: SaleView) -> None:
        self.around = around
        self.view = view
        self.state = SaleState(proposes_ticket=around.settings().print_receipt == "ask")
        self.listeners: list[Callable[[SaleState], None]] = []
        self._later: deque[Callable[[], None]] = deque()
        self._waiting = False

    @property
    def waiting(self) -> bool:
        """Whether the store is being asked something that the next input depends on."""
        return self._waiting

    def change(self, **values: Any) -> None:
        """Replace parts of the state and show it."""
        self.state = replace(self.state, **values)
        self.view.show(self.state)
        for listener in self.listeners:
            listener(self.state)

    def say(self, kind: NoticeKind, **values: object) -> None:
        self.change(notice=Notice(kind, values))

    def refuse(self, kind: NoticeKind, **values: object) -> None:
        """Say it, and let it be heard."""
        self.say(kind, **values)
        self.view.play("stop")

    def when_free(self, action: Callable[[], None]) -> None:
        """Do it now, or as soon as the store has answered."""
        if self._waiting:
            self._later.append(action)
        else:
            action()

    def ask_store(
        self,
        work: Callable[[], _Answer],
        done: Callable[[_Answer], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Have the store do something; inputs wait until it has answered."""
        self._waiting = True

        def came(answer: _Answer) -> None:
            self._waiting = False
            try:
                done(answer)
            finally:
                self._go_on()

        def broke(error: Exception) -> None:
            self._waiting = False
            (failed or self.store_failed)(error)
            self._later.clear()  # what was typed after it was meant for another screen

        self.around.runner.run(Lane.STORE, work, came, broke)

    def store_failed(self, error: Exception) -> None:
        self.refuse(NoticeKind.STORE_FAILED, error=error)

    def _go_on(self) -> None:
        while self._later and not self._waiting:
            self._later.popleft()()
