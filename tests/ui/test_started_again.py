"""The window started again for another size: a real process, replaced by a real one, and nothing lost in between."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import cast

from PySide6.QtCore import Qt

from app.bootstrap.leaving import WayOut
from app.bootstrap.starting_again import start_again
from app.bootstrap.window import Assembly
from app.ui.checkout.state import Step
from app.ui.screen import PlaceName
from tests.ui.test_zoom import ROOT, screen_of
from tests.ui.till import Till, open_till


def test_the_process_that_follows_is_larger_and_has_the_basket(tmp_path):
    settings = tmp_path / "home" / "data" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"schema_version": 2, "first_run": {"state": "finished"}}), encoding="utf-8")
    ran = subprocess.run(  # this interpreter, our own module
        [sys.executable, "-m", "tests.ui.till_started_again"],
        env={**screen_of(tmp_path, 3840, 2160), "COMPTOIR_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said = [line.split() for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, ran.stderr
    assert [line[0] for line in said] == ["first", "second"], ran.stderr
    assert said[0][2:] == ["100", "150"]
    assert said[1][2:] == ["150", "1.5"]
    if sys.platform != "win32":
        assert said[0][1] == said[1][1], "the process is replaced: whoever watches it sees the same one"


def leaving(till: Till) -> Assembly:
    """Of an assembly, what starting again needs."""
    return cast(Assembly, SimpleNamespace(window=till.window, runner=till.runner))


def test_a_basket_is_put_aside_first(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.press("2,50")
        till.enter(2)
        way_out = WayOut()
        start_again(leaving(till), way_out)
        assert way_out.again
        assert till.window.isHidden()
        assert len(till.store.queries.parked_baskets()) == 1


def test_money_received_keeps_the_window_and_is_said(qtbot, look):
    with open_till(qtbot, look, PlaceName.SALE) as till:
        till.press("2,50")
        till.enter(2)
        till.press(Qt.Key.Key_F12)
        assert till.sale.presenter.state.step is Step.PAY
        till.press("1,00")
        till.enter()
        assert till.sale.presenter.state.payments
        way_out = WayOut()
        till.window.go_to(PlaceName.SETTINGS)
        start_again(leaving(till), way_out)
        assert not way_out.again
        assert till.window.isVisible()
        assert till.window.here is PlaceName.SALE
        assert "Terminez" in till.window.notice.text
