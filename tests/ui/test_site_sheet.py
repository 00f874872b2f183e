"""The sheet that links to a marketplace nobody here wrote, with real keys: tried, linked, refused in a sentence, and
the join code shown no longer than it must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.domain.join_code import JoinCode, read_join_code, write_join_code
from app.ui.screen import How, PlaceName
from app.ui.settings.presenter import Section
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_ports import LinkChoice, LinkFinding, LinkProblem
from app.usecases.ports import MarketplaceUnreachable
from tests.fakes.offered_connector import TESTED
from tests.ui.till import Till, open_till


@pytest.fixture
def till(qtbot, look) -> Iterator[Till]:
    """Not linked to anything yet."""
    with open_till(qtbot, look, PlaceName.SALE) as opened:
        tables = opened.store.tables
        tables.identity = replace(tables.identity, shop_id="", till_id="", till_letter="A", paired_at=None)
        opened.site.secrets.set_pickup_keys({})
        opened.window.go_to(PlaceName.SETTINGS)
        opened.set_up.presenter.choose_section(Section.SITE)
        yield opened


def type_into(till: Till, name: str, text: str) -> None:
    field = till.window.findChild(QLineEdit, f"site-{name}")
    assert field is not None
    field.setFocus()
    field.selectAll()
    till.press(Qt.Key.Key_Delete, text)


def fill(till: Till) -> None:
    type_into(till, "address", "https://boutique.example/")
    type_into(till, "user", "lefevre")
    type_into(till, "password", "s3cret ")
    type_into(till, "channel", "t0k")


def test_a_till_is_tried_and_linked(till: Till) -> None:
    fill(till)
    till.click("site-try")
    assert "Cela marche" in till.text("site-said")
    assert not till.store.tables.linked.options
    till.click("site-link")
    assert "Reliée" in till.text("site-said") or "relié" in till.text("site-said").lower()
    linked = till.store.tables.linked
    assert (linked.kind, linked.options["channel"]) == (MarketplaceKind.VENDURE, "t0k")
    assert till.store.tables.identity.marketplace_url == "https://boutique.example"
    [request] = till.site.asked
    assert request.wish.credentials == {"user": "lefevre", "password": "s3cret "}


def test_what_is_linked_is_shown_again_without_what_opens_it(till: Till) -> None:
    fill(till)
    till.click("site-link")
    sheet = till.set_up.site
    assert sheet.address.text == "https://boutique.example"
    assert sheet.fields["channel"].text == "t0k"
    assert sheet.letter.text == "A"
    assert sheet.fields["password"].edit.text() == ""
    assert sheet.fields["user"].edit.text() == ""


def test_what_the_site_cannot_do_is_said(till: Till) -> None:
    said = till.text("site-missing")
    assert "codes de retrait" in said
    assert "se changent sur le site" in said
    assert "plusieurs caisses" not in said, "it is the only till"


def test_findings_and_failures_are_said_with_what_to_do(till: Till) -> None:
    fill(till)
    choices = (LinkChoice("1", "Boutique"), LinkChoice("2", "Réserve"))
    till.site.offered.tested = replace(TESTED, findings=(LinkFinding(LinkProblem.NEEDED, "location", choices=choices),))
    for button in ("site-try", "site-link"):
        till.click(button)
        assert "2 (Réserve)" in till.text("site-said")
    type_into(till, "password", "wrong")
    till.click("site-try")
    assert "mot de passe" in till.text("site-said")
    till.set_up.site.presenter._failed(MarketplaceUnreachable("no_network"))
    assert "réseau" in till.text("site-said").lower()


def test_a_till_of_a_town_keeps_its_shop(till: Till) -> None:
    tables = till.store.tables
    tables.identity = replace(tables.identity, shop_id="shop-1")
    fill(till)
    till.click("site-link")
    assert "autre boutique" in till.text("site-said")
    assert tables.linked.kind is MarketplaceKind.COMPTOIR


def test_the_join_code_is_shown_on_demand_and_hidden_when_one_leaves(till: Till) -> None:
    sheet = till.set_up.site
    assert not sheet.show_code.isEnabled(), "nothing to pass on yet"
    fill(till)
    till.click("site-link")
    till.click("site-join-code")
    shown = till.text("site-join-text")
    told = read_join_code(shown.split(":", 1)[1])
    assert told is not None
    assert (told.shop_id, told.letter) == (TESTED.shop_id, "B")
    assert not till.store.tables.linked.only_till
    till.set_up.presenter.choose_section(Section.PRINTER)
    assert sheet.presenter.state.join_code is None
    till.set_up.presenter.choose_section(Section.SITE)
    assert till.text("site-join-text") == ""


def test_the_next_till_scans_it(till: Till) -> None:
    code = write_join_code(JoinCode(TESTED.shop_id, "7", b"j" * 32, "A", "B"))
    fill(till)
    assert till.set_up.take_input(code, How.SCAN)
    till.click("site-link")
    assert till.store.tables.identity.till_letter == "B"
    assert till.site.secrets.pickup_keys() == {"7": b"j" * 32}
    assert till.set_up.site.join_code.text == "", "not kept on the screen"
    assert not till.set_up.take_input("3017620422003", How.SCAN)


def test_a_join_code_scanned_elsewhere_is_not_repeated_on_the_screen(till: Till) -> None:
    till.set_up.presenter.choose_section(Section.PRINTER)
    till.window.take_scan(write_join_code(JoinCode(TESTED.shop_id, "7", b"j" * 32, "A", "B")))
    assert "code de jonction" in till.window.notice.text
    assert "CJ1" not in till.window.notice.text
