"""Owns the way through the set-up: three doors, the link, the trade, what is to finish. No widget, no wording.

Every step can be left out; what was left out is to finish, here or from the settings, until it was seen to work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from app.domain.operators import Operator
from app.domain.pairing_text import read_pairing_text
from app.domain.trades import Trade, preset_of
from app.settings import FirstRunSettings, Settings, SettingsError, SetUpStep
from app.ui.camera.presenter import CameraPresenter
from app.ui.settings.pairing import WrongEntry, read_entry
from app.ui.task_runner import Lane, Runner
from app.usecases.note_settings import note_settings
from app.usecases.ports import Counter, MarketplaceRefused, TillIdentity, Touched
from app.usecases.queries import Queries


class Page(StrEnum):
    """What the set-up shows."""

    DOORS = "doors"
    LINK = "link"
    TRADE = "trade"
    STEPS = "steps"


class Step(StrEnum):
    """What a till needs before its first day, in the order of the keys 1 to 7. `LINK` is done once it is paired, the
    others are kept in the settings under the same names."""

    LINK = "link"
    TRADE = "trade"
    PRINTER = "printer"
    SCANNER = "scanner"
    CAMERA = "camera"
    TEAM = "team"
    PRACTICE = "practice"


class Said(StrEnum):
    """What the set-up has to say beside failures; worded in `words.py`."""

    ADDRESS_SHAPE = "address_shape"
    CODE_SHAPE = "code_shape"
    SCANNED = "scanned"
    NOT_SAVED = "not_saved"
    PRACTISING = "practising"
    PRACTICE_LEFT = "practice_left"
    NO_PRACTICE = "no_practice"


@dataclass(frozen=True, slots=True)
class FirstRunState:
    """All that the set-up shows.

    Attributes:
        address, code, till_name: to be put into the fields when `draft_no` changes.
        wrong: the field that cannot be right.
        busy: the marketplace is being asked.
        articles: how many have arrived; growing: more came since they were counted last.
        done: the steps that were seen to work.
        said: a sentence to say: `Said`, or a failure of the world.
    """

    page: Page = Page.DOORS
    address: str = ""
    code: str = ""
    till_name: str = ""
    draft_no: int = 0
    wrong: WrongEntry | None = None
    busy: bool = False
    identity: TillIdentity | None = None
    articles: int = 0
    growing: bool = False
    trade: Trade | None = None
    done: frozenset[Step] = frozenset()
    said: Said | Exception | None = None
    read: str = ""

    @property
    def is_linked(self) -> bool:
        return self.identity is not None and bool(self.identity.shop_id)


class FirstRunView(Protocol):
    """What the presenter shows itself with."""

    def show_state(self, state: FirstRunState) -> None: ...


@dataclass(frozen=True, slots=True)
class FirstRunSurroundings:
    """What the set-up is given.

    Attributes:
        save: keep settings and act on them; raises SettingsError.
        pair: as the settings' (address, code, till name, whether the cash of an open drawer passes); in the net lane.
        example_shop: leave this till for the example shop.
        restore: leave this till for a moment and come back with the data of this file.
        open_step: lead to where a step is done, with a way back.
        leave: the set-up is over for now: the till is shown.
        practice: open the practice shop beside this till.
        camera: the counter's, for the code of the link; None: there is none to be offered.
    """

    counter: Counter
    queries: Queries
    runner: Runner
    operator: Callable[[], str]
    settings: Callable[[], Settings]
    save: Callable[[Settings], None]
    pair: Callable[[str, str, str, bool], TillIdentity]
    example_shop: Callable[[], None]
    restore: Callable[[Path], None]
    open_step: Callable[[Step], None]
    leave: Callable[[], None]
    practice: Callable[[], None] = lambda: None  # a default
    camera: Callable[[], CameraPresenter] | None = None


class FirstRunPresenter:
    """One for the window, as long as the set-up is shown."""

    def __init__(self, around: FirstRunSurroundings, view: FirstRunView) -> None:
        self._around = around
        self._view = view
        self._has_team = False
        settings = around.settings()
        self.state = FirstRunState(
            address=settings.marketplace_url,
            till_name=settings.till_name,
            trade=Trade(settings.trade) if settings.trade else None,
        )

    def begin(self, page: Page) -> None:
        """Show a page, with what is known of the till."""
        self._change(page=page)
        self.read()

    def read(self) -> None:
        """Look again what is done: a step may have been finished in the settings meanwhile."""
        queries = self._around.queries

        def look() -> tuple[TillIdentity, bool, int]:
            return queries.identity(), _has_team(queries.operators()), queries.product_count()

        self._around.runner.run(Lane.LISTS, look, self._looked, self._failed)

    def touched(self, touched: Touched) -> None:
        """Something was committed meanwhile: the catalogue comes down, for instance."""
        if touched.catalogue or touched.operators or touched.orders:
            self.read()

    def tell(self, failure: Exception) -> None:
        """Say what went wrong before this was shown."""
        self._change(said=failure)

    # --- the doors ---

    def example_shop(self) -> None:
        self._around.example_shop()

    def practice(self) -> None:
        self._around.practice()

    def practice_said(self, said: Said | None) -> None:
        """What became of the practice shop beside this till."""
        self._change(said=said)

    def link(self) -> None:
        """To the page where the shop's marketplace is named."""
        self._change(page=Page.LINK, draft_no=self.state.draft_no + 1, said=None, wrong=None)

    def restore(self, path: Path) -> None:
        self._around.restore(path)

    def open_till(self) -> None:
        """The till as it is; what is left is to finish from the settings."""
        if self._keep_first_run(state="finished"):
            self._around.leave()

    def back(self) -> None:
        """One step back; from the first one to the till itself."""
        match self.state.page:
            case Page.DOORS | Page.STEPS:
                self.open_till()
            case Page.LINK:
                self._change(page=self._before(), said=None, wrong=None)
            case Page.TRADE:
                self._change(page=Page.STEPS, said=None)

    # --- the link ---

    def scanned(self, text: str) -> bool:
        """A scan while the set-up is shown: a pairing text fills the fields, any other shows that the scanner reads."""
        told = read_pairing_text(text)
        if told is not None:
            self._change(
                page=Page.LINK,
                address=told.url,
                code=told.code,
                draft_no=self.state.draft_no + 1,
                said=None,
                wrong=None,
            )
            return True
        if self.state.page is not Page.STEPS:
            return False
        self._change(said=Said.SCANNED, read=text[:32])
        self.note_done(Step.SCANNER)
        return True

    def pair(self, address: str, code: str, till_name: str) -> None:
        """Link this till to its shop, in the background."""
        if self.state.busy:
            return
        entry = read_entry(address, code, till_name)
        if isinstance(entry, WrongEntry):
            said = Said.ADDRESS_SHAPE if entry is WrongEntry.ADDRESS else Said.CODE_SHAPE
            self._change(wrong=entry, said=said)
            return
        told = self.state.said
        cash_passes = isinstance(told, MarketplaceRefused) and told.reason == "drawer_open"
        self._change(busy=True, said=None, wrong=None)
        self._around.runner.run(
            Lane.NET,
            lambda: self._around.pair(entry.url, entry.code, entry.till_name, cash_passes),
            lambda identity: self._paired(identity, entry.url),
            self._not_paired,
        )

    def _paired(self, identity: TillIdentity, url: str) -> None:
        first_run = replace(self._around.settings().first_run, state="begun")
        self._save(
            marketplace_url=url,
            till_name=identity.till_name,
            first_run=first_run,
            noted=("marketplace_url", "till_name"),
        )
        self._change(busy=False, identity=identity, page=Page.STEPS if self.state.trade is not None else Page.TRADE)
        self.read()

    def _not_paired(self, failure: Exception) -> None:
        self._change(busy=False, said=failure)

    # --- the trade ---

    def choose_trade(self, trade: Trade) -> None:
        """Set the till to what this trade usually wants; each of it can be changed in the settings."""
        preset, settings = preset_of(trade), self._around.settings()
        theme = "sunlight" if preset.in_the_open and settings.theme == "system" else settings.theme
        kept = self._save(
            trade=trade.value,
            keep_customer_days=preset.keep_customer_days,
            warn_on_negative_stock=preset.warn_on_negative_stock,
            theme=theme,
            noted=("trade", "keep_customer_days", "warn_on_negative_stock"),
        )
        if kept:
            self.note_done(Step.TRADE)
            self._change(trade=trade, page=Page.STEPS, said=None)

    # --- the steps ---

    def open_step(self, step: Step) -> None:
        """To where this is done; the way back leads here."""
        match step:
            case Step.LINK:
                self.link()
            case Step.TRADE:
                self._change(page=Page.TRADE, said=None)
            case _:
                if self._keep_first_run(state="begun"):
                    self._around.open_step(step)

    def note_done(self, step: Step) -> None:
        """A step was seen to work."""
        done = self._around.settings().first_run.done
        if step is not Step.LINK and step.value not in done:
            kept: tuple[SetUpStep, ...] = (*done, step.value)
            self._keep_first_run(done=kept)
        self._change(done=self._done_now())

    # --- inside ---

    def _before(self) -> Page:
        return Page.DOORS if self._around.settings().first_run.state == "new" else Page.STEPS

    def _looked(self, seen: tuple[TillIdentity, bool, int]) -> None:
        identity, has_team, articles = seen
        growing = articles > self.state.articles and self.state.identity is not None
        self._has_team = has_team
        self._change(identity=identity, articles=articles, growing=growing)
        self._change(done=self._done_now())

    def _done_now(self) -> frozenset[Step]:
        return steps_done(self._around.settings(), self.state.is_linked, self._has_team)

    def _failed(self, failure: Exception) -> None:
        self._change(said=failure)

    def _keep_first_run(self, **values: Any) -> bool:
        return self._save(first_run=replace(self._around.settings().first_run, **values))

    def _save(self, *, noted: tuple[str, ...] = (), **values: Any) -> bool:
        try:
            self._around.save(replace(self._around.settings(), **values))
        except SettingsError as error:
            self._change(said=Said.NOT_SAVED, read=str(error.path))
            return False
        if noted:
            counter, operator = self._around.counter, self._around.operator()
            self._around.runner.run(
                Lane.STORE, lambda: note_settings(counter, noted, operator), lambda _noted: None, self._failed
            )
        return True

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_state(self.state)


def _has_team(operators: Any) -> bool:
    return any(isinstance(operator, Operator) and operator.active for operator in operators)


def steps_done(settings: Settings, linked: bool, has_team: bool) -> frozenset[Step]:
    """What was seen to work, or stands in the settings as only the step itself leaves it."""
    seen = {
        Step.LINK: linked,
        Step.TRADE: bool(settings.trade),
        Step.PRINTER: settings.printer.transport not in ("screen", "none"),
        Step.SCANNER: bool(settings.scanner.serial_port) or settings.scanner.reading != "text",
        Step.CAMERA: settings.camera.on,
        Step.TEAM: has_team,
    }
    return frozenset(step for step in Step if seen.get(step) or step.value in settings.first_run.done)


def steps_left(settings: Settings, linked: bool, has_team: bool) -> tuple[Step, ...]:
    """What is still to finish, in the order of the keys."""
    done = steps_done(settings, linked, has_team)
    return tuple(step for step in Step if step not in done)


def is_new(settings: Settings, identity: TillIdentity, operators: Any) -> bool:
    """Whether this till was never set up, or its set-up was left half-way: then it begins with it."""
    if settings.first_run == FirstRunSettings():
        return not identity.shop_id and not _has_team(operators)
    return settings.first_run.state == "begun" and not _has_team(operators)
