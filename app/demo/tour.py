"""Owns the guided tour: the whole story in the real window, off screen, and whether each part of it held.

The window is worked through keys and clicks; what is checked is what the screen shows, what a customer's page shows,
and at the end both databases, read with nothing but sqlite3. A step that raises is a check that failed; nothing waits
for ever.
"""

from __future__ import annotations

import faulthandler
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.bootstrap.window import Assembly, new_application
from app.demo import audit
from app.demo.demo_shop import DemoHome, DemoMarketplace, link_till
from app.demo.hands import Hands
from app.demo.phone import held_phone
from app.demo.summary import Proof
from app.demo.tour_agreement import Agreement
from app.demo.tour_evening import Evening
from app.demo.tour_story import Story
from app.printing.render import save_png
from app.settings import load

WHOLE_TOUR_LIMIT_S = 600
WINDOW_SIZE = (1366, 768)


def run_tour(output: Path) -> int:
    """Give the tour. Returns 0 only if every check of the story held."""
    faulthandler.dump_traceback_later(WHOLE_TOUR_LIMIT_S, exit=True)
    proof = Proof(output)
    proof.clear()
    tour = _Tour(proof)
    try:
        tour.go()
    except Exception as error:  # noqa: BLE001  # whatever stops the tour is a check that failed, never a crash
        proof.check("the tour ran to its end", ok=False, detail=f"{type(error).__name__}: {error}")
        traceback.print_exc()
    finally:
        tour.end()
        faulthandler.cancel_dump_traceback_later()
    ok = proof.write()
    print(f"{'ok' if ok else 'FAILED'}: {len(proof.checks)} checks, {proof.folder / 'summary.json'}", flush=True)
    return 0 if ok else 1


class _Tour:
    def __init__(self, proof: Proof) -> None:
        self._proof = proof
        self._home = DemoHome(proof.folder / "home")
        self._marketplace: DemoMarketplace | None = None
        self._assembly: Assembly | None = None
        self._application: QApplication | None = None

    def go(self) -> None:
        self._marketplace = DemoMarketplace(self._home)
        link_till(self._home, self._marketplace)
        self._application, _look = new_application(load(self._home.places.settings))
        story = self._open(self._marketplace)
        for step in story.steps():
            self._take(step)
        for step in self._agreement(self._marketplace).steps():
            self._take(step)
        for step in self._evening().steps():
            self._take(step)
        self._close_window()
        self._marketplace.switch_off()
        self._audit()
        self._open_again(self._marketplace)

    def end(self) -> None:
        """Stop everything that runs, whatever happened, and take the working folder away."""
        self._close_window()
        if self._marketplace is not None:
            self._marketplace.switch_off()
        shutil.rmtree(self._home.folder, ignore_errors=True)

    def _open(self, marketplace: DemoMarketplace) -> Story:
        assembly = self._new_assembly()
        return Story(self._proof, assembly, Hands(assembly.window), marketplace, self._home)

    def _agreement(self, marketplace: DemoMarketplace) -> Agreement:
        assert self._assembly is not None  # noqa: S101  # the story has just been told in it
        return Agreement(self._proof, self._assembly, Hands(self._assembly.window), marketplace)

    def _evening(self) -> Evening:
        assert self._assembly is not None  # noqa: S101  # the story has just been told in it
        return Evening(self._proof, self._assembly, Hands(self._assembly.window), self._home)

    def _new_assembly(self) -> Assembly:
        _application, look = new_application(load(self._home.places.settings))
        camera = held_phone(self._home)
        self._assembly = Assembly(self._home.places, look, on_paper=self._keep_receipt, camera_source=camera)
        self._assembly.window.resize(*WINDOW_SIZE)
        self._assembly.show()
        return self._assembly

    def _keep_receipt(self, lines: list[object], columns: int) -> None:
        save_png(lines, columns, self._proof.next_receipt())  # type: ignore[arg-type]  # the printing side's own lines

    def _take(self, step: Callable[[], None]) -> None:
        """One step; if it raises, that is a failed check and the story goes on as far as it can."""
        try:
            step()
        except Exception as error:  # noqa: BLE001  # see above
            name = (step.__doc__ or step.__name__).strip().splitlines()[0]
            self._proof.check(name, ok=False, detail=f"{type(error).__name__}: {error}")
            if self._assembly is not None:
                Hands(self._assembly.window).picture(self._proof.next_screenshot("failed"))

    def _close_window(self) -> None:
        if self._assembly is not None:
            self._assembly.window.close()
            self._assembly.close()
            self._assembly = None

    def _audit(self) -> None:
        till = self._proof.keep_database("database", self._home.places.database)
        market = self._proof.keep_database("marketplace_database", self._home.marketplace_database)
        books = audit.open_books(till, market)
        try:
            for name, faults in audit.named_checks(books):
                self._proof.check(name, not faults, "; ".join(faults[:3]))
        finally:
            books.close()

    def _open_again(self, marketplace: DemoMarketplace) -> None:
        """The till's window on the same database, without a marketplace: everything is still there."""
        before = audit.contents(self._proof.folder / self._proof.databases["database"])
        story = self._open(marketplace)
        self._take(story.opened_again)
        self._close_window()
        after = audit.contents(self._home.places.database)
        changed = [table for table in before if before[table] != after.get(table)]
        self._proof.check("after a restart the till holds the same", not changed, ", ".join(changed))
