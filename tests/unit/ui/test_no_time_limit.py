"""Nobody has to be quick: each clock of the window is listed here with what it does and how that comes back."""

from __future__ import annotations

import re
from pathlib import Path

APP = Path(__file__).resolve().parents[3] / "app"

TAKES_AWAY = {
    "ui/customer_screen.py": "the thanks of the last sale; the till itself goes on showing them, and shows them again",
    "ui/settings/site_sheet.py": "a secret that was asked for; the same button shows it again",
    "ui/lock.py": "an unattended till is locked if the shop wants that; the PIN opens it where it was, nothing is lost",
    "ui/camera/presenter.py": "the tick over a code that was read; the card it opened stays",
}
"""Clocks that hide or close something, with what brings it back."""

TAKES_NOTHING_AWAY = {
    "ui/paced_news.py": "refreshes are spread out",
    "ui/lull.py": "waits for a pause in somebody's typing before anything is looked up",
    "ui/components/states.py": "grey rows appear late, so that nothing flickers",
    "ui/components/long_work.py": "reads how far a work is",
    "ui/foot.py": "turns the clock",
    "ui/leisure.py": "waits for a quiet moment to do what nobody waits for",
    "ui/first_run/practice_process.py": "looks whether the practice shop is still there",
    "ui/settings/printer_steps.py": "reads how far the search for printers is",
    "ui/settings/printer_sheet.py": "scrolls once the sheet is laid out",
    "ui/settings/devices_sheet.py": "looks at the devices again",
    "ui/checkout/tiles.py": "a long touch lifts a tile; Ctrl+T does it without haste",
    "ui/closing/reminder.py": "reminds of a day that was not closed",
    "ui/camera/qt_camera.py": "tries a camera again",
    "ui/camera/films.py": "plays a film as a camera would",
    "ui/link_notices.py": "tells of the link, paced",
    "bootstrap/window.py": "loads the rest after the first paint",
    "bootstrap/upkeep.py": "copies and prunes",
}
"""Clocks that only read, refresh or remind."""

TWO_CLOCKS = {
    "ui/settings/site_sheet.py": "hides the secret; scrolls to what opened",
    "ui/settings/devices_sheet.py": "looks again; scrolls to the card that opened",
    "bootstrap/window.py": "waits for a first scan, then builds one part after the other",
    "bootstrap/upkeep.py": "one for the copies, one for the witness",
}
"""Where the sentence above stands for two; every other file has one."""

_CLOCK = re.compile(r"\bQTimer\(|\bsingleShot\(|\bstartTimer\(|\bQBasicTimer\(")


def test_every_clock_is_known_and_says_how_what_it_takes_comes_back() -> None:
    files = [path for part in ("ui", "bootstrap") for path in (APP / part).rglob("*.py")]
    found = {path.relative_to(APP).as_posix(): _CLOCK.findall(path.read_text(encoding="utf-8")) for path in files}
    have = {name: len(clocks) for name, clocks in found.items() if clocks}
    known = {name: 2 if name in TWO_CLOCKS else 1 for name in TAKES_AWAY.keys() | TAKES_NOTHING_AWAY.keys()}
    assert have == known, "a new clock: say here what it does, and how what it takes away comes back"


def test_no_notice_and_no_verdict_has_a_clock() -> None:
    for name in ("notice", "banner", "chips", "pin_sheet", "approval", "cover"):
        assert not _CLOCK.search((APP / "ui" / "components" / f"{name}.py").read_text(encoding="utf-8")), name
