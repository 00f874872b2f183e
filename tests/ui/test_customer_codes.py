"""The keys that give a customer the code of an order: slip and e-mail, offered where the marketplace gives no codes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.domain.receipt import PickupSlip, PrintKind
from app.usecases.connector_ports import Linked, MarketplaceKind
from tests.fakes.samples import pickup_code_of
from tests.ui.shop import Shop, some_orders

KEY = Qt.Key
PREPAID, CANNOT_TELL, CANCELLED = 1, 4, 6


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None, "nothing has the focus"
    QTest.keyClick(focused, key)


def keys_offered(shop: Shop) -> set[str]:
    return {hint.key for hint in shop.pickup.hints()}


def open_order(shop: Shop, number: int = PREPAID) -> None:
    shop.window.take_scan(pickup_code_of(some_orders()[number]))


def test_the_slip_of_the_card_is_one_key_away(shop):
    open_order(shop)
    press(KEY.Key_B)
    [job] = [job for job in shop.store.tables.print_jobs.values() if job.kind is PrintKind.PICKUP_SLIP]
    assert isinstance(job.document, PickupSlip)
    assert job.document.pickup_code == pickup_code_of(some_orders()[PREPAID])


def test_the_e_mail_is_copied_with_one_key(shop):
    open_order(shop)
    press(KEY.Key_E)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"Votre commande {some_orders()[PREPAID].number}")
    assert pickup_code_of(some_orders()[PREPAID]) in copied


def test_an_order_without_a_code_says_why(shop):
    open_order(shop, CANCELLED)
    QGuiApplication.clipboard().setText("before")
    press(KEY.Key_E)
    press(KEY.Key_B)
    assert QGuiApplication.clipboard().text() == "before"
    assert not any(job.kind is PrintKind.PICKUP_SLIP for job in shop.store.tables.print_jobs.values())


def test_the_keys_are_offered_where_the_site_gives_no_codes(shop):
    open_order(shop)
    assert not {"B", "E"} & keys_offered(shop), "customers have their codes from the marketplace"
    shop.store.tables.linked = Linked(MarketplaceKind.VENDURE)
    shop.pickup.activate()
    assert keys_offered(shop) >= {"B", "E"}


def test_slip_e_mail_and_labels_are_there_for_a_finger_too(shop):
    shop.store.tables.linked = Linked(MarketplaceKind.VENDURE)
    shop.pickup.activate()
    open_order(shop)
    for name in ("bag-labels", "pickup-slip", "pickup-e-mail"):
        button = shop.window.findChild(QAbstractButton, name)
        assert button.isVisible(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    kinds = {job.kind for job in shop.store.tables.print_jobs.values()}
    assert {PrintKind.PICKUP_SLIP, PrintKind.BAG_LABELS} <= kinds
    assert some_orders()[PREPAID].number in QGuiApplication.clipboard().text()


def test_where_the_site_gives_the_codes_a_finger_finds_the_labels_alone(shop):
    open_order(shop)
    assert shop.window.findChild(QAbstractButton, "bag-labels").isVisible()
    assert not shop.window.findChild(QAbstractButton, "pickup-slip").isVisible()


def test_nobody_is_asked_for_a_lease_where_there_are_none(shop):
    """Or the card would say that another till is asked, and it never is."""
    asked = []

    def want_lease(verdict):
        asked.append(verdict)
        return True

    shop.pickup.presenter._want_lease = want_lease
    open_order(shop, CANNOT_TELL)
    assert len(asked) == 1
    shop.store.tables.linked = Linked(MarketplaceKind.VENDURE)
    shop.pickup.activate()
    open_order(shop, CANNOT_TELL)
    assert len(asked) == 1
    assert not shop.pickup.presenter.state.card.lease_is_asked_for
