"""Owns the picture of the practice shop for the guide: its real window, off screen, while the network is cut.

Started as `python -m app.practice.picture FOLDER`, by `make screenshots`. Leaves nothing but the picture.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from app.practice.exercises import LESSONS, Exercise, Lesson
from app.practice.home import PRACTICE_MERCHANT, PRACTICE_SHOP, practice_home
from app.practice.progress import Progress

NAME = "99-practice.png"
WINDOW_SIZE = (1366, 768)
LIMIT_S = 90.0


def take_picture(folder: Path) -> Path:
    """Raises `NeverHappened` if the exercise does not begin in time."""
    with tempfile.TemporaryDirectory() as home:
        return _of_shop_in(Path(home), folder / NAME)


def _of_shop_in(folder: Path, picture: Path) -> Path:
    from app.bootstrap.window import Assembly, new_application
    from app.demo.demo_shop import DemoMarketplace, link_till
    from app.demo.hands import Hands
    from app.practice.opening import prepare
    from app.practice.shop_window import PracticeShop
    from app.settings import load

    home = practice_home({"COMPTOIR_HOME": str(folder)})
    prepare(home, Lesson.WHOLE, anew=False, dress=lambda settings: settings)
    home.progress.keep(Progress(Lesson.WHOLE, LESSONS[Lesson.WHOLE].index(Exercise.OFF_LINE_SALE)))
    marketplace = DemoMarketplace(home, PRACTICE_SHOP)
    try:
        link_till(home, marketplace, PRACTICE_MERCHANT)
        _application, look = new_application(load(home.places.settings))
        shop = PracticeShop(home, marketplace)
        assembly = Assembly(home.places, look, attached=shop.join, practice=shop)
        assembly.window.resize(*WINDOW_SIZE)
        assembly.show()
        try:
            hands = Hands(assembly.window)
            begun = "the exercise without a network"
            hands.wait_until(lambda: shop.lead is not None and shop.lead.guide.ready, begun, LIMIT_S)
            picture.parent.mkdir(parents=True, exist_ok=True)
            hands.picture(picture)
        finally:
            assembly.window.close()
            assembly.close()
    finally:
        marketplace.switch_off()
    return picture


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    take_picture(Path(sys.argv[1]))
