"""Owns the second screen of one window: on which screen it stands, when it must go, whose turn it is to be shown there.

It is never laid over the till's own window: without another screen there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from app.ui.checkout.state import SaleState
from app.ui.customer_screen import CustomerScreen
from app.ui.customer_words import IDLE, CustomerPage, page_of_pickup, page_of_sale
from app.ui.pickup.state import PickupState
from app.ui.style.look import Look


class SecondScreen(QObject):
    """What the customer reads, as long as the settings name a screen that is plugged in. Main thread only."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens,
        own: Callable[[], str] | None = None,
        practice: bool = False,
    ) -> None:
        """Args: screens: those plugged in; own: the name of the one the till's window is on; practice: whether each
        page is to say that nothing of it is real."""
        super().__init__(window)
        self._look = look
        self._window = window
        self._screens = screens
        self._own = own or (lambda: window.screen().name())
        self._wanted = ""
        self._shop = ""
        self._practice = practice
        self._sale = self._pickup = IDLE
        self._shown = self._marked(IDLE)
        self._follows = False
        self.screen: CustomerScreen | None = None

    def use(self, wanted: str) -> None:
        """Stand on the screen of this name, "" for none."""
        self._wanted = wanted
        if wanted:
            self._follow_plugs()
        self.place()

    def place(self) -> None:
        """Be where the settings say, if that screen is there and is not the till's own."""
        chosen = next((screen for screen in self._screens() if screen.name() == self._wanted), None)
        if not self._wanted or chosen is None or chosen.name() == self._own():
            if self.screen is not None:
                self.screen.hide()
            return
        if self.screen is None:
            self.screen = CustomerScreen(self._look)
            self.screen.set_shop(self._shop)
            self.screen.show_page(self._shown)
        if not (self.screen.isVisible() and self.screen.geometry() == chosen.geometry()):
            self.screen.show_on(chosen)

    @property
    def is_shown(self) -> bool:
        """Whether a customer can read it now."""
        return self.screen is not None and self.screen.isVisible()

    @property
    def shop(self) -> str:
        """The name last told, "" for none."""
        return self._shop

    def set_shop(self, name: str) -> None:
        self._shop = name
        if self.screen is not None:
            self.screen.set_shop(name)

    def sale_changed(self, state: SaleState) -> None:
        """The sale's turn, unless it has nothing to say."""
        page = page_of_sale(state)
        if page != self._sale:
            self._sale = page
            self._show(page if page is not IDLE else self._pickup)

    def pickup_changed(self, state: PickupState) -> None:
        """The pickup's turn, unless it has nothing to say."""
        page = page_of_pickup(state)
        if page != self._pickup:
            self._pickup = page
            self._show(page if page is not IDLE else self._sale)

    def close(self) -> None:
        """The till ends. Twice does no harm."""
        self._wanted = ""
        if self.screen is not None:
            self.screen.hide()
            self.screen.deleteLater()
            self.screen = None

    def _show(self, page: CustomerPage) -> None:
        self._shown = self._marked(page)
        if self.screen is not None:
            self.screen.show_page(self._shown)

    def _marked(self, page: CustomerPage) -> CustomerPage:
        return replace(page, training=True) if self._practice else page

    def _follow_plugs(self) -> None:
        application, handle = QGuiApplication.instance(), self._window.windowHandle()
        if self._follows or not isinstance(application, QGuiApplication):
            return
        self._follows = True
        application.screenAdded.connect(lambda _screen: self.place())
        application.screenRemoved.connect(lambda _screen: self.place())
        if handle is not None:
            handle.screenChanged.connect(lambda _screen: self.place())
