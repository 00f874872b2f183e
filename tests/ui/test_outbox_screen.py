"""Refused facts, disagreements, comparisons and rescue files with real keys and touches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from app.domain.catalogue import DEFAULT_LOCATION
from app.domain.facts import LABEL_LENGTH, FactKind
from app.domain.reconciliation import Gap, GapKind, KindFigures, Mend, ReconciliationRun
from app.domain.rescue import RescueRefusal
from app.i18n import set_language
from app.ui.outbox.state import Tab
from app.ui.screen import PlaceName
from app.usecases.adjust_stock import receive_goods
from app.usecases.ask_again import AskedAgain
from app.usecases.marketplace_port import BrokenChange, Disagreement, FactAnswer, FactOutcome
from app.usecases.ports import MarketplaceUnreachable
from app.usecases.record_fact import record_fact
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten
from tests.fakes.samples import COFFEE, WINE
from tests.fakes.surroundings import NOON
from tests.ui import checks
from tests.ui.till import Till, open_till

SIZES = [(1024, 600), (1366, 768)]
TOO_LONG = "Vin de pays " * 20


@pytest.fixture
def till(qtbot, look):
    with open_till(qtbot, look, PlaceName.STOCK) as opened:
        yield opened


def refuse(till: Till, kind: FactKind, payload: dict, message: str, reason: str = "bad_payload") -> str:
    with till.store.unit_of_work() as uow:
        fact = record_fact(uow, till.counter, kind, f"product:{kind}", NOON, payload)
        uow.outbox.claim(9, NOON, 30)
        uow.outbox.settle([FactAnswer(fact.fact_id, FactOutcome.REFUSED, message, reason=reason)], NOON)
        uow.commit()
    return fact.fact_id


def refuse_a_name(till: Till) -> str:
    payload = {"product_id": WINE.product_id, "name": TOO_LONG, "category": "Cave", "shelf": "B2"}
    return refuse(till, FactKind.PRODUCT_CHANGED, payload, "Le nom est trop long.")


def disagree(till: Till, exception_id: str, kind: str, **told) -> None:
    with till.store.unit_of_work() as uow:
        uow.exceptions.open(Disagreement(exception_id, kind, NOON, **told))
        uow.commit()


def oversell(till: Till) -> None:
    view = {"unit": WINE.unit.value, "physical": 1, "promised": 3, "missing": 2, "label": "Vin"}
    disagree(till, "oversold:1", "oversold", product_id=WINE.product_id, view=view)


def said(till: Till) -> str:
    return till.outbox.notice.text.replace("\u00a0", " ")


# --- refused ---


def test_a_refused_text_is_corrected_by_keys_alone(till):
    refused = refuse_a_name(till)
    till.window.go_to(PlaceName.OUTBOX)
    assert till.outbox.presenter.state.tab is Tab.REFUSED
    till.enter()
    form = till.outbox.detail.wording
    name = till.window.findChild(object, "wording-name")
    assert till.window.focusWidget() is name
    assert not form.button.isEnabled()
    till.enter()  # too long as it is: nothing happens
    assert till.store.queries.outbox_row(refused) is not None
    name.selectAll()
    till.press("Vin de pays")
    assert form.button.isEnabled()
    till.enter()
    (aside,) = till.store.queries.set_aside()
    successor = till.store.tables.facts[aside.replaced_by]
    assert (aside.fact_id, successor.payload["name"], successor.payload["shelf"]) == (refused, "Vin de pays", "B2")
    assert till.rounds == 1
    assert "Corrigé" in said(till) or "partira" in said(till) or "contact" in said(till)
    assert till.window.focusWidget() is till.window.box


def test_the_limits_are_said_at_each_key(till):
    refuse_a_name(till)
    till.window.go_to(PlaceName.OUTBOX)
    till.press("c")
    name = till.window.findChild(object, "wording-name")
    over = len(" ".join(TOO_LONG.split())) - LABEL_LENGTH
    assert name.accessibleDescription() == f"{over} caractères de trop."
    till.press(Qt.Key.Key_Home, *[Qt.Key.Key_Delete] * (over - 1))
    assert name.accessibleDescription() == "1 caractère de trop."
    till.press(Qt.Key.Key_Delete)
    assert name.accessibleDescription() == f"{LABEL_LENGTH} caractères au plus."
    name.clear()
    till.press("a", Qt.Key.Key_Backspace)
    assert name.accessibleDescription() == "Ce champ ne peut pas rester vide."


def test_news_do_not_disturb_whoever_corrects(till):
    refuse_a_name(till)
    till.window.go_to(PlaceName.OUTBOX)
    till.press("c")
    name = till.window.findChild(object, "wording-name")
    name.selectAll()
    till.press("Vin d")
    receive_goods(till.counter, [(COFFEE.product_id, 1)], DEFAULT_LOCATION, "Tom")
    assert till.window.focusWidget() is name
    assert name.text() == "Vin d"


def test_what_no_wording_cures_is_set_aside_with_a_reason(till):
    refuse(till, FactKind.STOCK_MOVED, {"movements": []}, "Article inconnu ici.", reason="unknown_product")
    till.window.go_to(PlaceName.OUTBOX)
    till.press("a")
    assert till.window.focusWidget() is till.window.findChild(object, "aside-reason")
    till.enter()
    assert "Dites pourquoi" in said(till)
    assert till.store.queries.set_aside() == []
    till.press("article inconnu")
    till.enter()
    (aside,) = till.store.queries.set_aside()
    assert (aside.operator, aside.note) == ("Léa", "article inconnu")
    till.press("t")
    (row,) = till.outbox.presenter.state.picture.refused
    assert row.fact_id == aside.fact_id
    assert "Léa" in till.text("outbox-explanation")
    till.press("t")
    assert till.outbox.presenter.state.picture.refused == []


# --- disagreements ---


def test_another_answer_than_the_proposed_one(till):
    oversell(till)
    till.window.go_to(PlaceName.OUTBOX)
    assert till.outbox.presenter.first_deed().answer == "call_customer"
    till.click("act-settle-goods_are_coming")
    till.press("camion demain")
    till.click("confirm-settled")
    (row,) = till.store.queries.exceptions(open_only=False)
    assert (row.answer, row.settled_note, row.settled_by) == ("goods_are_coming", "camion demain", "Léa")
    assert till.outbox.presenter.state.picture.disagreements == []
    till.click("show-settled")
    assert "camion demain" in till.text("outbox-explanation")
    assert till.outbox.presenter.first_deed() is None


def test_what_another_till_settled_meanwhile_is_said(till):
    oversell(till)
    till.window.go_to(PlaceName.OUTBOX)
    till.press("e")
    with till.store.unit_of_work() as uow:
        uow.exceptions.settle("oversold:1", NOON, "Tom", "count_stock", "")
        uow.commit()
    till.enter()
    assert "déjà" in said(till)
    (row,) = till.store.queries.exceptions(open_only=False)
    assert row.settled_by == "Tom"


def test_both_prices_are_shown(till):
    view = {"ours": {"price_minor": 590, "name": "Café"}, "theirs": {"price_minor": 650, "name": "Café"}}
    disagree(till, "fact-9", "price_changed", product_id=COFFEE.product_id, view=view)
    till.window.go_to(PlaceName.OUTBOX)
    sides = till.window.findChild(object, "sides").accessibleName().replace("\u00a0", " ").replace("\u202f", " ")
    assert sides == "Prix : ici 5,90 €, place de marché 6,50 €"


def test_an_unreadable_record_is_asked_for_again(till):
    with till.store.unit_of_work() as uow:
        uow.pulled.quarantine(BrokenChange("order", "order-9", "{}", "sans total"), NOON)
        uow.commit()
    asked = []

    def ask(kind: str, record_id: str) -> AskedAgain:
        asked.append((kind, record_id))
        return AskedAgain.NOT_THERE

    till.ask_again = ask
    till.window.go_to(PlaceName.OUTBOX)
    till.runner.hold = True
    till.press("r", "r")  # once is enough
    till.runner.hold = False
    till.runner.release()
    assert asked == [("order", "order-9")]
    assert said(till)

    def cannot(_kind: str, _id: str) -> AskedAgain:
        raise MarketplaceUnreachable("no_network")

    till.ask_again = cannot
    till.press("r")
    assert "réseau" in said(till)
    till.ask_again = lambda _kind, _id: AskedAgain.UNDERSTOOD
    till.press("r")
    assert not till.outbox.presenter.state.busy


# --- what waits ---


def test_the_age_of_the_oldest_is_always_said_and_orders_go_first(till):
    receive_goods(till.counter, [(COFFEE.product_id, 1)], DEFAULT_LOCATION, "Léa")
    with till.store.unit_of_work() as uow:
        record_fact(uow, till.counter, FactKind.ORDER_READY, "order:order-1", NOON, {"order_id": "order-1"})
        uow.commit()
    till.clock.go_on(hours=3)
    till.window.go_to(PlaceName.OUTBOX)
    assert "2 à envoyer, la plus ancienne depuis 3 h." in till.text("link-sentence")
    assert [row.urgency for row in till.outbox.presenter.state.picture.to_send] == [0, 1]
    till.press("4")
    assert "la plus ancienne depuis 3 h." in till.text("link-sentence")


# --- comparison ---

RUN = ReconciliationRun(
    "run-1", NOON, NOON, True, 400, {"sale_recorded": (KindFigures(310, 812345), KindFigures(309, 811095))}, (), 212, 14
)
LOST = Gap(GapKind.FACT_MISSING_THERE, "f", "A-000042", NOON, 1250, fact_kind="sale_recorded", mend=Mend.TELL_AGAIN)
DIFFERS = Gap(GapKind.MOVEMENT_DIFFERS, "m", "Café", NOON, -2, -3, "piece", "A-000040")
WAITS = Gap(GapKind.FACT_WAITING, "g", "A-000043", NOON, fact_kind="sale_recorded")


def test_a_comparison_is_made_watched_and_shown(till):
    till.window.go_to(PlaceName.OUTBOX)
    till.press("5")
    page = till.outbox.comparison
    assert page.banner.word == "Pas encore comparé"

    def compare(work):
        work.note(3, 12)
        page.work.look_now()
        told.append(till.text("comparison-progress"))
        return replace(RUN, gaps=(LOST, DIFFERS, WAITS), mended=1)

    told: list[str] = []
    till.compare = compare
    till.runner.hold = True
    till.press("c", "c")
    assert page.work.stop.isVisible()
    assert not page.begin.isVisible()
    till.runner.hold = False
    till.runner.release()
    assert told == ["Question 3 sur 12 environ."]
    assert page.banner.word == "2 écarts"
    assert page.gaps.count() == 3
    assert "L’envoi est refait." in page.gaps.item(0).text()
    assert till.rounds == 2  # before, and for what was mended
    till.compare = lambda _work: RUN
    till.click("compare-now")
    assert page.banner.word == "Tout concorde"
    assert page.gaps.count() == 0


def test_a_comparison_is_stopped_by_escape(till):
    till.window.go_to(PlaceName.OUTBOX)
    till.press("5")
    stops = []

    def compare(work):
        stops.append(work.stopped)
        return RUN

    till.compare = compare
    till.runner.hold = True
    till.press("c", Qt.Key.Key_Escape)
    till.runner.hold = False
    till.runner.release()
    assert stops == [True]


def test_a_comparison_that_fails_keeps_the_last_one(till):
    with till.store.unit_of_work() as uow:
        uow.reconciliations.add_run(RUN, 400)
        uow.commit()
    till.window.go_to(PlaceName.OUTBOX)
    till.press("5")
    page = till.outbox.comparison
    assert page.banner.word == "Tout concorde"

    def cannot(_work):
        raise MarketplaceUnreachable("no_network")

    till.compare = cannot
    till.press("c")
    assert page.banner.word == "Tout concorde"
    assert "réseau" in page.notice.text
    assert page.begin.isVisible()


# --- rescue ---


def test_what_waits_is_saved_onto_a_stick(till, tmp_path, monkeypatch):
    receive_goods(till.counter, [(COFFEE.product_id, 1)], DEFAULT_LOCATION, "Léa")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    asked = []

    def write(folder):
        asked.append(folder)
        return RescueWritten(str(tmp_path / "comptoir-rescue-A.json.gz"), 1, NOON, NOON)

    till.write_rescue = write
    till.window.go_to(PlaceName.OUTBOX)
    till.press("6")
    assert till.text("rescue-sentence").startswith("1 action n’existe que sur cet ordinateur.")
    till.press("k")
    assert asked == [tmp_path]
    assert "comptoir-rescue-A.json.gz" in till.outbox.rescue.notice.text
    till.write_rescue = lambda _folder: NothingWritten.NOTHING_WAITS
    till.click("write-rescue")
    assert "rien à sauver" in till.outbox.rescue.notice.text


def test_a_rescue_file_is_read(till, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "f.json.gz"), ""))
    till.import_rescue = lambda _file, operator: RescueImported("B", NOON, 3, 3, operator != "Léa")
    till.window.go_to(PlaceName.OUTBOX)
    till.press("6", "l")
    assert "caisse B" in till.outbox.rescue.notice.text
    assert till.rounds == 1
    till.import_rescue = lambda _file, _operator: RescueRefusal.OTHER_SHOP
    till.press("l")
    assert "autre" in till.outbox.rescue.notice.text

    def cannot(_file, _operator):
        raise FileNotFoundError("f.json.gz")

    till.import_rescue = cannot
    till.press("l")
    assert till.outbox.rescue.notice.text


def test_a_dialog_left_without_a_choice_does_nothing(till, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    till.window.go_to(PlaceName.OUTBOX)
    till.press("6", "k", "l")
    assert till.outbox.rescue.presenter.state.outcome is None


# --- looks ---


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_is_cut_or_too_small(qtbot, look, size, language):
    set_language(language)
    faults: list[str] = []
    with open_till(qtbot, look, PlaceName.STOCK, size) as till:

        def look_at(page: str) -> None:
            for _ in range(5):  # a form just opened is laid out with the turns that follow
                QApplication.processEvents()
            found = [*checks.texts_cut(till.window), *checks.targets_too_small(till.window)]
            found += [*checks.texts_too_small(till.window), *checks.nameless(till.window)]
            faults.extend(f"{page}: {fault}" for fault in found)

        refuse_a_name(till)
        refuse(till, FactKind.STOCK_MOVED, {"movements": []}, "Article inconnu ici.", reason="unknown_product")
        oversell(till)
        order_view = {
            "handed_over_at": "2026-11-21T10:42:00+00:00",
            "handed_over_by": "Caisse B",
            "lines": [{"label": "Café", "quantity": 2, "unit": "piece"}],
        }
        disagree(till, "twice", "handed_over_twice", order_id="order-1", view=order_view)
        disagree(till, "older_copy:1", "older_copy", view={"till": "A", "known": 214, "drawn": 180})
        till.window.go_to(PlaceName.OUTBOX)
        look_at("refused")
        till.press("c")
        look_at("correcting")
        till.press(Qt.Key.Key_Escape, "a")
        look_at("setting aside")
        till.press(Qt.Key.Key_Escape, "3")
        for _ in range(3):
            look_at("disagreement")
            till.press(Qt.Key.Key_Down)
        till.press("e")
        look_at("settling")
        till.press(Qt.Key.Key_Escape, "5")
        look_at("not compared")
        till.compare = lambda _work: replace(RUN, gaps=(LOST, DIFFERS, WAITS))
        till.press("c")
        look_at("gaps")
        till.press("6")
        look_at("rescue")
    assert not faults
