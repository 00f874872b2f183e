"""Owns the joining of the set-up to the window: when it is shown, where its steps lead, the way back. Holds no rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.practice_door import LEFT_EARLY, PracticeLesson
from app.domain.fiscal import Series
from app.i18n import tr
from app.ui.first_run.guide import Guide
from app.ui.first_run.presenter import FirstRunSurroundings, Page, Said, Step, is_new, steps_left
from app.ui.first_run.view import FirstRun
from app.ui.first_run.words import to_finish_words
from app.ui.messages import describe_failure
from app.ui.screen import PlaceName
from app.ui.style.tokens import Role
from app.ui.task_runner import Lane

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.leaving import WayOut
    from app.bootstrap.window import Assembly
    from app.domain.operators import Operator
    from app.usecases.ports import TillIdentity, Touched

_log = logging.getLogger(__name__)


class SetUp:
    """The set-up of one window's till: shown over it, left for a step, shown again.

    Attributes:
        guide: the band that leads back.
    """

    def __init__(self, assembly: Assembly, core: Core, way_out: WayOut) -> None:
        self._assembly = assembly
        self._core = core
        self._way_out = way_out
        self._sheet: FirstRun | None = None
        self._linked = self._has_team = False
        self.guide = Guide(assembly.look, assembly.runner)
        self.guide.left.connect(self._come_back)
        assembly.window.add_band(self.guide)
        assembly.touch_listeners.append(self._touched)

    @property
    def reads_link(self) -> bool:
        """Whether the camera is on for the code of the link: then it reads nothing else. Safe from any thread."""
        sheet = self._sheet
        return sheet is not None and sheet.reads_codes()

    @property
    def sheet(self) -> FirstRun | None:
        """What is shown now, if it is."""
        return self._sheet

    def to_finish(self) -> str:
        """What is left, in words; asked when the settings are shown."""
        return to_finish_words(steps_left(self._assembly.settings, self._linked, self._has_team))

    def show(self, page: Page = Page.STEPS) -> None:
        """Lay the set-up over the window."""
        if self._sheet is not None:
            return
        self.guide.end()
        self._sheet = sheet = FirstRun(self._assembly.look, self._surroundings())
        self._assembly.window.cover(sheet)
        sheet.presenter.begin(page)

    # --- inside ---

    def _surroundings(self) -> FirstRunSurroundings:
        assembly, core = self._assembly, self._core
        return FirstRunSurroundings(
            core.counter,
            core.store.queries,
            assembly.runner,
            assembly.operator,
            lambda: assembly.settings,
            assembly.use_settings,
            assembly.pair,
            self._to_example_shop,
            self._restore,
            self._open_step,
            self._leave,
            lambda: self._practise("whole"),
            assembly.join_camera,
        )

    def _leave(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            self._assembly.window.uncover()
            sheet.deleteLater()

    def _to_example_shop(self) -> None:
        self._way_out.example_shop = True
        self._assembly.window.close()

    def _restore(self, backup: Path) -> None:
        self._way_out.backup = backup
        self._assembly.window.close()

    def _come_back(self) -> None:
        self.show()

    def _open_step(self, step: Step) -> None:
        if step is Step.PRACTICE:
            self._practise("short")
            return
        self._leave()
        from app.ui.settings.presenter import Section
        from app.ui.settings.view import SettingsScreen

        window = self._assembly.window
        window.go_to(PlaceName.SETTINGS)
        screen = window.screen(PlaceName.SETTINGS)
        if isinstance(screen, SettingsScreen):
            screen.presenter.choose_section(Section(step.value))
        self.guide.say(tr("When this works, go back to the set-up; or leave it for later."))

    def _practise(self, lesson: PracticeLesson) -> None:
        """In the practice shop: in this till an order is always real, and training hands none over."""
        if self._assembly.practice_door.open(lesson, self._practised):
            self._say_of_practice(Said.PRACTISING)

    def _practised(self, code: int) -> None:
        if code != 0:
            self._say_of_practice(Said.PRACTICE_LEFT if code == LEFT_EARLY else Said.NO_PRACTICE)
        elif self._sheet is not None:
            self._say_of_practice(None)
            self._sheet.presenter.note_done(Step.PRACTICE)
        else:
            settings = self._assembly.settings
            done = dict.fromkeys((*settings.first_run.done, "practice"))
            self._assembly.use_settings(replace(settings, first_run=replace(settings.first_run, done=tuple(done))))

    def _say_of_practice(self, said: Said | None) -> None:
        if self._sheet is not None:
            self._sheet.presenter.practice_said(said)

    def _touched(self, touched: Touched) -> None:
        if self._sheet is not None:
            self._sheet.presenter.touched(touched)
        if touched.operators or (touched.orders and touched.catalogue):
            self.read(lambda _identity, _operators: None)

    def read(
        self,
        came: Callable[[TillIdentity, Sequence[Operator]], None],
        then: Callable[[], None] = lambda: None,  # a default
    ) -> None:
        """Read who this till is and whether it has a team; `then` is called whether it could be read or not."""
        queries = self._core.store.queries

        def known(seen: tuple[TillIdentity, Sequence[Operator]]) -> None:
            identity, operators = seen
            self._linked, self._has_team = bool(identity.shop_id), any(each.active for each in operators)
            came(identity, operators)
            then()

        def failed(failure: Exception) -> None:
            _log.warning("whether this till was set up cannot be read: %s", type(failure).__name__)
            then()

        self._assembly.runner.run(Lane.LISTS, lambda: (queries.identity(), queries.operators()), known, failed)


def last_number(core: Core, series: Series) -> int:
    """Of this till's documents in a series, 0 before the first."""
    ends = [end.last for end in core.store.queries.ledger_books().ends() if end.series == series and end.last]
    return max((int(row.number) for row in ends), default=0)


def join_set_up(assembly: Assembly, way_out: WayOut) -> None:
    """From now on the set-up can be shown; it is at once if this till was never set up."""
    core = assembly.core
    if core is None:
        return
    assembly.set_up = set_up = SetUp(assembly, core, way_out)

    def came(identity: TillIdentity, operators: Sequence[Operator]) -> None:
        if is_new(assembly.settings, identity, operators) and not assembly.window.covered:
            set_up.show(Page.DOORS if assembly.settings.first_run.state == "new" else Page.STEPS)
            if way_out.failure is not None and set_up.sheet is not None:
                set_up.sheet.presenter.tell(way_out.failure)
        elif way_out.failure is not None:
            assembly.window.show_notice(describe_failure(way_out.failure), Role.DANGER)

    if way_out.restored is not None:
        words = tr("Restored from {path}. What was there before is kept in the folder of backups.")
        assembly.window.show_notice(words.format(path=way_out.restored.name), Role.SUCCESS)
    set_up.read(came, assembly.window.release)
