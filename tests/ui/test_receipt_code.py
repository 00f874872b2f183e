"""The ticket as a QR: by one key at the end of a sale, and by itself on the customer's screen; a reader reads it off
the screen as it is painted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from app.bootstrap.receipt_codes import receipt_code
from app.ui.checkout.state import NoticeKind, Step
from app.ui.customer_screen import CustomerScreen
from app.ui.customer_words import PageKind, page_of_sale
from app.ui.screen import PlaceName
from app.ui.style.look import Look
from tests.fakes.samples import COFFEE
from tests.ui import checks
from tests.ui.till import Till, open_till

SMALLEST = (1024, 600)


@pytest.fixture(params=["light", "dark", "sunlight"])
def till(qtbot, qapp, request) -> Iterator[Till]:
    look = Look(request.param)
    look.apply(qapp)
    with open_till(qtbot, look, PlaceName.SALE, SMALLEST) as opened:
        use(opened)
        yield opened


def use(till: Till, looks: bool = False) -> None:
    """Make codes as the program does; `looks`: the customer has a screen."""
    flow = till.sale.presenter.flow
    flow.around = replace(
        flow.around,
        receipt_code=lambda sale_id: receipt_code(till.counter, sale_id, "fr", practice=False),
        customer_looks=lambda: looks,
    )


def sell(till: Till) -> None:
    till.scan(COFFEE.codes[0])
    till.enter(2)
    assert step_of(till) is Step.PAID


def step_of(till: Till) -> Step:
    return till.sale.presenter.state.step


def total_on_paper(minor: int) -> str:
    """Below a thousand euros, as a French ticket has it."""
    return f"{minor // 100},{minor % 100:02d} €"


def read_off(widget: QWidget) -> str:
    """What a phone reads in front of it; "" if nothing."""
    import zxingcpp
    from PIL.Image import frombuffer

    QCoreApplication.processEvents()
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    size, line = (image.width(), image.height()), image.bytesPerLine()
    found = zxingcpp.read_barcode(frombuffer("RGB", size, bytes(image.constBits()), "raw", "RGB", line, 1))
    return found.text if found is not None else ""


def test_t_shows_the_ticket_and_esc_goes_back_before_it_goes_on(till: Till) -> None:
    sell(till)
    till.press("t")
    done = till.sale.presenter.state.done
    assert done is not None
    text = read_off(till.window)
    assert text.startswith("COPIE du ticket")
    assert done.sale.display_number in text
    assert COFFEE.name in text
    assert f"TOTAL  {total_on_paper(done.sale.total.minor)}" in text.replace("\u00a0", " ").splitlines()
    assert checks.texts_cut(till.window) == checks.overlapping(till.window) == []
    till.press(Qt.Key.Key_Escape)
    assert read_off(till.window) == ""
    assert step_of(till) is Step.PAID
    till.press("t")
    assert read_off(till.window) == text
    till.press("t", Qt.Key.Key_Escape)
    assert step_of(till) is Step.SELL
    assert till.sale.presenter.state.code is None


def test_its_words_say_what_it_is(qtbot, look: Look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        use(till)
        sell(till)
        till.click("show-code")
        (words,) = till.window.findChildren(QLabel, "receipt-code-words")
        assert words.text().startswith("À lire avec le téléphone")


def test_the_customers_screen_has_it_beside_the_thanks_and_alone_when_asked_for(till: Till, qtbot) -> None:
    use(till, looks=True)
    screen = CustomerScreen(till.look, done_stays_ms=60_000)
    screen.resize(*SMALLEST)
    qtbot.addWidget(screen)
    sell(till)
    beside = page_of_sale(till.sale.presenter.state)
    screen.show_page(beside)
    assert beside.kind is PageKind.DONE
    assert beside.amount
    text = read_off(screen)
    assert COFFEE.name in text
    till.press("t")
    alone = page_of_sale(till.sale.presenter.state)
    screen.show_page(alone)
    assert alone.kind is PageKind.ASKED  # no clock takes it away
    assert read_off(screen) == text
    assert alone.spoken == "Votre ticket, pour votre téléphone"


def test_none_is_made_that_nobody_asked_for(qtbot, look: Look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        use(till)
        sell(till)
        assert till.sale.presenter.state.code is None
        assert page_of_sale(till.sale.presenter.state).code == ()


def test_a_ticket_that_is_not_there_has_no_code_and_that_is_said(qtbot, look: Look) -> None:
    with open_till(qtbot, look, PlaceName.SALE) as till:
        sell(till)
        till.press("t")
        notice = till.sale.presenter.state.notice
        assert notice is not None
        assert notice.kind is NoticeKind.NO_CODE
        assert not till.sale.presenter.state.shows_code
