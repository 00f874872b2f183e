"""The stock, outbox and settings screens with real keys and touches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.domain.catalogue import LineNature, MovementReason
from app.domain.fiscal import EventCode, Series
from app.domain.receipt import PrintKind, SelfTest, ShopIdentity
from app.i18n import set_language
from app.ui.outbox.state import Tab
from app.ui.screen import PlaceName
from app.ui.settings.display_sheet import DisplaySheet
from app.ui.settings.presenter import Section
from app.usecases.find_order import HowFound
from app.usecases.hand_over_order import HandoverDone, HandoverRequest, hand_over_order
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceRefused, PrintJob, PrintState
from tests.fakes.samples import COFFEE, WINE, an_order, pickup_code_of
from tests.fakes.surroundings import NOON
from tests.ui import checks
from tests.ui.till import Till, open_till

SIZES = [(1024, 600), (1366, 768), (1920, 1080)]


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as opened:
        yield opened


def add_print(till: Till, state: PrintState, error: str = "") -> None:
    document = SelfTest(ShopIdentity("Chez Léa"), NOON, "P1")
    with till.store.unit_of_work() as uow:
        uow.print_queue.add(
            PrintJob(f"job-{state}", NOON, PrintKind.SELF_TEST, document, state, 1, error, "Ticket A-000042", False)
        )
        uow.commit()


def refuse_oldest_fact(till: Till) -> None:
    with till.store.unit_of_work() as uow:
        fact = uow.outbox.claim(1, NOON, 30)[0]
        uow.outbox.settle([FactAnswer(fact.fact_id, FactOutcome.REFUSED, "Article inconnu ici.")], NOON)
        uow.commit()


# --- stock


def test_goods_in_count_and_loss_by_keys_alone(till):
    till.press("cafe")
    till.enter()
    assert till.text("physical") == "12"
    assert till.text("promised") == "2"
    till.press("24")
    assert till.window.box.preview == "24 reçus"
    till.enter()
    till.press("-2")
    till.enter()
    till.press("=30")
    till.enter()
    assert till.text("physical") == "30"
    movements = till.stock.presenter.state.card.movements
    assert {movement.reason for movement in movements} == {
        MovementReason.OPENING,
        MovementReason.GOODS_IN,
        MovementReason.LOSS,
        MovementReason.CORRECTION,
    }


def test_place_note_and_buttons_by_touch(till):
    till.scan(COFFEE.codes[0])
    till.stock.presenter.set_location("store_room")
    till.window.findChild(object, "stock-note").setFocus()
    till.press("BL 77")
    till.enter()
    till.press("6")
    till.click("goods-in")
    received = [m for m in till.stock.presenter.state.card.movements if m.reason is MovementReason.GOODS_IN]
    assert [(m.quantity, m.location, m.note) for m in received] == [(6, "store_room", "BL 77")]
    till.click("lost")
    assert "Combien" in till.stock.notice.text


def test_the_list_is_walked_with_arrows(till):
    till.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    chosen = till.stock.presenter.finder.current()
    till.enter()
    assert till.stock.presenter.state.card.product == chosen.product


def test_a_pickup_code_is_not_for_the_stock(till):
    assert not till.stock.take_input(pickup_code_of(an_order()), "scan")


# --- outbox


def test_a_refusal_is_shown_with_its_reason_and_sent_again(till):
    till.scan(COFFEE.codes[0])
    till.press("24")
    till.enter()
    refuse_oldest_fact(till)
    till.window.go_to(PlaceName.OUTBOX)
    assert "Article inconnu ici." in till.text("outbox-explanation")
    till.enter()
    assert till.rounds == 1
    assert till.outbox.presenter.state.picture.refused == []


def test_the_print_queue_is_settled_by_letters(till):
    add_print(till, PrintState.UNKNOWN)
    till.window.go_to(PlaceName.OUTBOX)
    assert till.outbox.presenter.state.tab is Tab.PRINTS
    till.press("o")
    assert [job.state for job in till.store.queries.print_jobs()] == [PrintState.DONE]


def test_lists_and_exchange_by_keys(till):
    till.window.go_to(PlaceName.OUTBOX)
    till.press("3")
    assert till.outbox.presenter.state.tab is Tab.DISAGREEMENTS
    till.press("s")
    assert till.rounds == 1
    assert "Hors ligne" in till.text("link-title")


def disagree(till: Till) -> None:
    """Camille's order was handed over here and, says the marketplace, at another till before."""
    done = hand_over_order(till.counter, HandoverRequest("order-1", HowFound.SCAN, "Léa", override_reason="en ligne"))
    assert isinstance(done, HandoverDone)
    with till.store.unit_of_work() as uow:
        [fact] = uow.outbox.claim(1, NOON, 30)
        answer = FactAnswer(fact.fact_id, FactOutcome.CONFLICT, "Déjà remise par Caisse B.", {"cancelled_at": None})
        uow.outbox.settle([answer], NOON)
        uow.commit()


def test_a_disagreement_is_settled_by_keys_alone(till):
    disagree(till)
    till.window.go_to(PlaceName.OUTBOX)
    assert till.outbox.presenter.state.tab is Tab.DISAGREEMENTS
    assert till.text("outbox-explanation").startswith("Déjà remise par Caisse B.")
    assert ("E", "Compter ces articles") in [(hint.key, hint.does) for hint in till.outbox.hints()]
    till.press("e")
    note = till.window.findChild(object, "settled-note")
    assert till.window.focusWidget() is note
    till.press("vu", Qt.Key.Key_Escape)  # not yet after all
    assert len(till.store.queries.exceptions()) == 1
    assert till.window.focusWidget() is till.window.box
    till.press("e", "rien ne manque", Qt.Key.Key_Return)
    assert till.store.queries.exceptions() == []
    [row] = till.store.queries.exceptions(open_only=False)
    assert (row.settled_by, row.settled_note) == ("Léa", "rien ne manque")
    assert till.outbox.notice.text == "Noté : c’est réglé. Rien n’est effacé."
    assert till.window.focusWidget() is till.window.box


def test_a_disagreement_is_settled_by_touch(till):
    disagree(till)
    till.window.go_to(PlaceName.OUTBOX)
    till.click("act-settle")
    till.click("confirm-settled")
    assert till.store.queries.exceptions() == []


def test_a_note_begun_is_forgotten_with_its_row(till):
    disagree(till)
    till.window.go_to(PlaceName.OUTBOX)
    till.press("e")
    till.press("demi")
    till.outbox.presenter.choose_tab(Tab.TO_SEND)
    till.outbox.presenter.settle("demi")
    assert len(till.store.queries.exceptions()) == 1
    till.window.go_to(PlaceName.OUTBOX)
    assert till.outbox.presenter.state.asking is None


def test_what_french_rules_ask_of_an_article_is_shown(till):
    till.window.go_to(PlaceName.STOCK)
    till.scan(WINE.codes[0])
    assert "TVA 20 %  ·  à partir de 18 ans" in till.text("article-detail")
    toy = replace(COFFEE, product_id="p-toy", codes=("96385074",), legal_guarantee=True, meal_voucher=True)
    jar = replace(toy, product_id="p-jar", codes=("4006381333931",), nature=LineNature.CONTAINER, vat_rate_bp=0)
    with till.store.unit_of_work() as uow:
        uow.catalogue.save_all([toy, replace(jar, legal_guarantee=False, meal_voucher=False)])
        uow.commit()
    till.scan("96385074")
    assert "TVA 5,5 %  ·  titres-restaurant  ·  garantie légale sur le ticket" in till.text("article-detail")
    till.scan("4006381333931")
    assert "  ·  consigne  ·  " in till.text("article-detail")
    assert "TVA" not in till.text("article-detail")


# --- settings


def test_pairing_says_what_is_wrong_and_what_became_of_it(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.sheets[0].address.set_text("https://marche.example")
    till.set_up.sheets[0].code.set_text("abc")
    till.click("pair")
    assert not till.paired
    till.set_up.sheets[0].code.set_text("abcd-2345")
    till.pairing_fails = MarketplaceRefused("wrong_code")
    till.click("pair")
    assert till.paired == [("https://marche.example", "ABCD2345", "Caisse A")]
    assert "code" in till.set_up.notice.text
    till.pairing_fails = None
    till.click("pair")
    assert till.settings.marketplace_url == "https://marche.example"
    assert "Reliée" in till.set_up.notice.text


def test_linking_again_with_an_open_drawer_is_done_on_the_second_word(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.sheets[0].address.set_text("https://marche.example")
    till.set_up.sheets[0].code.set_text("abcd-2345")
    till.pairing_fails = MarketplaceRefused("drawer_open")
    till.click("pair")
    assert "tiroir" in till.set_up.notice.text
    till.pairing_fails = MarketplaceRefused("wrong_code")
    till.click("pair")
    till.click("pair")
    assert till.cash_passes == [False, True, False]


def test_a_printer_without_an_address_is_refused_at_its_field(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.PRINTER)
    till.set_up.printer.by_hand.transport.choose("network", tell=True)
    till.click("save-printer")
    assert till.settings.printer.transport == "screen"
    till.set_up.printer.by_hand.host.set_text("192.168.1.50")
    till.click("save-printer")
    assert (till.settings.printer.transport, till.settings.printer.host) == ("network", "192.168.1.50")
    till.click("test-printer")
    assert len(till.store.queries.print_jobs()) == 1


def test_r19_the_notice_for_customers_is_printed_from_the_settings(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.PRINTER)
    till.click("print-notice")
    (row,) = till.store.queries.print_jobs()
    job = till.store.queries.print_job(row.job_id)
    assert job is not None
    assert job.kind is PrintKind.COUNTER_NOTICE
    assert "là où l’on paie" in till.set_up.notice.text


def test_choices_are_saved_at_once(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.DISPLAY)
    [display] = [sheet for sheet in till.set_up.sheets if isinstance(sheet, DisplaySheet)]
    display.theme.choose("dark", tell=True)
    display.receipt.choose("never", tell=True)
    display.language.choose("en", tell=True)
    assert (till.settings.theme, till.settings.print_receipt, till.settings.language) == ("dark", "never", "en")
    display.theme.choose("light", tell=True)


def test_a_setting_just_changed_is_taken_back_by_its_key(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.DISPLAY)
    [display] = [sheet for sheet in till.set_up.sheets if isinstance(sheet, DisplaySheet)]
    display.theme.choose("dark", tell=True)
    display.receipt.choose("never", tell=True)
    assert till.settings.print_receipt == "never"
    till.set_up.sections.setFocus()
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (till.settings.theme, till.settings.print_receipt) == ("dark", "ask")
    assert till.set_up.notice.text == "Annulé : c’est de nouveau comme avant."
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert till.set_up.notice.text == "Rien à annuler sur cette page."
    display.theme.choose("light", tell=True)
    QTest.mouseClick(till.set_up.notice._action, Qt.MouseButton.LeftButton)
    assert till.settings.theme == "dark"
    display.theme.choose("light", tell=True)


def test_the_import_reports_each_refused_row(till, tmp_path):
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva\nPain;1,10;5,5\nX;-2;20\n;3;20\n", encoding="utf-8")
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.CATALOGUE)
    till.set_up.presenter.import_file(file)
    assert till.set_up.presenter.state.report.rows_new == 1
    refused = till.window.findChild(object, "refused-rows")
    assert refused.count() == 2
    till.set_up.presenter.import_file(Path(tmp_path / "no such file.csv"))
    assert till.set_up.notice.text


def test_a_setting_changed_before_an_import_is_not_taken_back_as_if_it_were_the_import(till, tmp_path):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.set_values(theme="dark")
    till.set_up.presenter.import_file(tmp_path / "no such file.csv")
    till.set_up.presenter.undo()
    assert till.settings.theme == "dark"
    till.set_up.presenter.set_values(theme="light")


def test_copy_now_and_the_weaker_way(till, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.DATA)
    assert "faible" in till.text("secrets-note")
    till.click("backup-now")
    assert len(till.copied) == 1
    assert journal_of(till) == ["backed_up"]


def test_an_import_under_way_is_stopped_from_its_sheet_and_takes_nothing(till, tmp_path):
    file = tmp_path / "articles.csv"
    file.write_text("nom;prix;tva\nPain;1,10;5,5\n", encoding="utf-8")
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.CATALOGUE)
    till.runner.hold = True
    till.set_up.presenter.import_file(file)
    assert till.text("import-progress") == "Ouverture du fichier…"
    till.click("stop-import")
    till.runner.hold = False
    till.runner.release()
    assert "Rien du fichier" in till.set_up.notice.text
    stopped = till.set_up.presenter.state.report
    assert stopped is None
    assert not till.store.queries.search_products("Pain")
    assert not till.window.findChild(QWidget, "stop-import").isVisible()
    till.set_up.presenter.import_file(file)
    assert till.set_up.presenter.state.report.rows_new == 1


def test_a_copy_under_way_is_stopped_and_noted_nowhere(till, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.DATA)
    till.backup = lambda _target, work: work.check()
    till.runner.hold = True
    till.click("backup-now")
    till.click("stop-backup")
    till.runner.hold = False
    till.runner.release()
    assert till.set_up.notice.text == "Arrêté. Aucune copie n’est restée."
    assert journal_of(till) == []


def test_the_file_for_support_is_written_where_somebody_says(till, tmp_path, monkeypatch):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.DATA)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    till.click("write-bundle")
    assert till.bundled == []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    till.click("write-bundle")
    (file,) = till.bundled
    assert file.parent == tmp_path
    assert file.name in till.set_up.notice.text


def test_r13_what_is_changed_here_is_noted_but_for_looks(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.set_values(theme="dark")
    assert journal_of(till) == []
    till.set_up.presenter.set_values(keep_customer_days=12)
    till.set_up.presenter.save_printer(width_columns=32)
    till.set_up.presenter.save_printer(width_columns=32)
    assert journal_of(till) == ["setting_changed", "printer_changed"]


def journal_of(till: Till) -> list[str]:
    return [
        row.kind
        for row in till.store.tables.ledger.values()
        if row.series is Series.EVENTS and row.kind != EventCode.KEY_CREATED
    ]


def test_a_scan_on_the_scanner_sheet_is_only_shown(till):
    till.window.go_to(PlaceName.SETTINGS)
    till.set_up.presenter.choose_section(Section.SCANNER)
    till.scan(COFFEE.codes[0])
    assert till.text("scanned").endswith(COFFEE.codes[0])
    assert till.window.here is PlaceName.SETTINGS


def _walk_through(till: Till, look_at) -> None:
    look_at("stock empty")
    till.press("to")
    look_at("stock results")
    till.press(*[Qt.Key.Key_Backspace] * 2)
    till.scan(COFFEE.codes[0])
    till.press("24")
    till.enter()
    look_at("stock card")
    refuse_oldest_fact(till)
    for state in (PrintState.FAILED, PrintState.UNKNOWN, PrintState.QUEUED):
        add_print(till, state, "paper_out")
    till.window.go_to(PlaceName.OUTBOX)
    for tab in Tab:
        till.outbox.presenter.choose_tab(tab)
        look_at(f"outbox {tab}")
        till.press(Qt.Key.Key_Down)
    till.window.go_to(PlaceName.SETTINGS)
    for section in Section:
        till.set_up.presenter.choose_section(section)
        look_at(f"settings {section}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_cut_or_too_small(qtbot, look, size, language):
    set_language(language)
    faults: list[str] = []
    with open_till(qtbot, look, PlaceName.STOCK, size) as till:

        def look_at(page: str) -> None:
            QApplication.processEvents()
            found = [*checks.texts_cut(till.window), *checks.targets_too_small(till.window)]
            found += [*checks.texts_too_small(till.window), *checks.nameless(till.window)]
            faults.extend(f"{page}: {fault}" for fault in found)

        _walk_through(till, look_at)
    assert not faults


def test_no_piece_of_a_screen_is_ever_a_window_of_its_own(till, qapp):
    """It would flash, and take the keyboard away from the till."""

    class Windows(QObject):
        seen: ClassVar[list[QWidget]] = []

        def eventFilter(self, watched, event):  # noqa: N802  # Qt's name
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.seen.append(watched)
            return False

    windows = Windows()
    qapp.installEventFilter(windows)
    try:
        for place in (PlaceName.SALE, PlaceName.OUTBOX, PlaceName.SETTINGS):
            till.window.go_to(place)
    finally:
        qapp.removeEventFilter(windows)
    assert windows.seen == []
