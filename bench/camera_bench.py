"""Measures K1-K3: from a code held still before the camera to its verdict on the screen, through Qt's capture graph.

Frames of 1280x720 (NV12) are fed 30 times a second into the graph a camera feeds; the real window on a real database
reads them with the real reader. A code's time begins with the first frame it is on, at once still, and ends once its
order, or its article's line, is there and everything that made the window paint is painted. Between two codes the table
is empty. Pickup codes (QR) must bring their order, articles' bars (EAN-13, read twice) their line.

    K1  pickup code to painted card, in ms and in frames
    K2  the same of an article's bars to its line
    K3  the longest time the main thread did not come back to its event loop meanwhile; K3-own counts its own processor
        time alone, for machines on which other programs run
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import barcode
from PIL import Image, ImageDraw, ImageFilter
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame

from app.bootstrap.window import Assembly, Places, new_application
from app.printing.qr import qr_modules
from app.settings import CameraSettings, Settings
from app.ui.camera.films import FeederSource, frame_of
from app.ui.camera.frame_source import PICTURE_SIZE, TakeFrame
from app.ui.screen import PlaceName
from bench.frame import Row, limit_row
from bench.till import bring_orders, code_of, open_till
from tests.ui.stalls import Stalls

ARTICLES = 1_000
ORDERS, BARS = 50, 40
FRAME_MS = 33
EMPTY_FRAMES = 12
GIVE_UP_S = 20.0
SEED = 6
STALL_MS = 50


def measure() -> list[Row]:
    """The rows K1, K1-frames, K2, K2-frames, K3, K3-own."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder) / "till"
        with open_till(at, ARTICLES) as core:
            orders = bring_orders(core, ORDERS, products=ARTICLES)
        with _window(at) as counter:
            seen_orders, seen_bars = counter.scenes(orders), counter.scenes([code_of(number) for number in range(BARS)])
            stalls = counter.stalls
            stalls.start()
            orders_ms, orders_frames = _shown(counter, seen_orders, counter.order_is_shown)
            counter.assembly.window.go_to(PlaceName.SALE)
            bars_ms, bars_frames = _shown(counter, seen_bars, counter.article_is_shown)
            stalls.stop()
    if stalls.longest_ms > STALL_MS:
        print(f"the longest stall, as seen in its middle:\n{stalls.stack}", file=sys.stderr)
    return [
        limit_row("K1", "camera: pickup code still to painted card, p95", _p95(orders_ms), "ms", 600),
        limit_row("K1-frames", "the same in frames, 30 a second", _p95(orders_frames), "frames", 6),
        limit_row("K2", "camera: an article's bars still to painted line, p95", _p95(bars_ms), "ms", 600),
        limit_row("K2-frames", "the same in frames, 30 a second", _p95(bars_frames), "frames", 12),
        limit_row("K3", "longest stall of the window meanwhile", stalls.longest_ms, "ms", STALL_MS),
        limit_row("K3-own", "the most processor time it took at a stretch", stalls.busiest_ms, "ms", STALL_MS),
    ]


class _Counter:
    """The window, and what is held before its camera."""

    def __init__(self, assembly: Assembly, sources: list[FeederSource]) -> None:
        self.assembly = assembly
        self.stalls = Stalls()
        self._sources = sources
        self._chance = random.Random(SEED)
        self._empty = [frame_of(_scene(None, self._chance)) for _ in range(3)]
        self._held: Sequence[QVideoFrame] = self._empty
        self.fed = 0
        self._clock = QTimer()
        self._clock.timeout.connect(self._feed)
        self._clock.start(FRAME_MS)

    def hold(self, frames: Sequence[QVideoFrame]) -> None:
        self._held, self.fed = frames, 0

    def take_away(self) -> None:
        self.hold(self._empty)

    def scenes(self, codes: Sequence[str]) -> Mapping[str, Sequence[QVideoFrame]]:
        """Two frames of each still code: only their noise differs, as a camera's do. Drawn before anything counts."""
        return {code: [frame_of(each) for each in _still_scenes(code, self._chance)] for code in codes}

    def order_is_shown(self, code: str) -> bool:
        screen: Any = self.assembly.window.screen(PlaceName.PICKUP)
        card = screen.presenter.state.card
        order = card.verdict.order if card is not None else None
        return order is not None and order.order.reference == code[3:10]

    def article_is_shown(self, code: str) -> bool:
        screen: Any = self.assembly.window.screen(PlaceName.SALE)
        product_id = f"product-{int(code[3:12]):07d}"
        return any(line.product_id == product_id for line in screen.presenter.state.basket.lines)

    def stop(self) -> None:
        self._clock.stop()

    def _feed(self) -> None:
        if self._sources:
            self._sources[0].feed(self._held[self.fed % len(self._held)])
            self.fed += 1


def _shown(
    counter: _Counter, scenes: Mapping[str, Sequence[QVideoFrame]], is_shown: Callable[[str], bool]
) -> tuple[list[float], list[float]]:
    took_ms, took_frames = [], []
    for code, frames in scenes.items():
        counter.take_away()
        _until(lambda: counter.fed >= EMPTY_FRAMES, code)
        counter.hold(frames)
        _until(lambda: counter.fed > 0, code)
        began = time.perf_counter()
        _until(partial(is_shown, code), code)
        took_ms.append((time.perf_counter() - began) * 1000)
        took_frames.append(float(counter.fed))
    return took_ms, took_frames


@contextmanager
def _window(folder: Path) -> Iterator[_Counter]:
    application, look = new_application(Settings())
    places = Places(folder / "till.sqlite3", folder / "keys" / "secrets.json", folder / "settings.json")
    sources: list[FeederSource] = []

    def source(take: TakeFrame) -> FeederSource:
        sources.append(FeederSource(take))
        return sources[-1]

    assembly = Assembly(places, look, camera_source=source)
    assembly.window.resize(1366, 768)
    assembly.show()
    counter = _Counter(assembly, sources)
    try:
        _until(lambda: assembly.upkeep is not None, "start")
        assert assembly.worker is not None
        assembly.worker.stop()  # there is no marketplace
        assembly.use_settings(replace(assembly.settings, camera=CameraSettings(on=True)))
        _until(lambda: counter.fed > EMPTY_FRAMES, "the first frames")
        yield counter
    finally:
        counter.stop()
        assembly.window.close()
        assembly.close()
        application.processEvents()


def _until(is_so: Callable[[], bool], what: str) -> None:
    """Let the window work until it is so, and until what that made it paint is painted."""
    give_up_at = time.monotonic() + GIVE_UP_S
    while not is_so():
        assert time.monotonic() < give_up_at, f"the window does not get there: {what}"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    QCoreApplication.processEvents()


# --- what the camera sees ---


def _still_scenes(code: str, chance: random.Random) -> Sequence[QImage]:
    seed = chance.randrange(1_000_000)
    card = _bars(code) if code.isdigit() else _qr(code)
    return [_scene(card, random.Random(seed), noise=number) for number in range(2)]


def _scene(card: Image.Image | None, chance: random.Random, noise: int = 0) -> QImage:
    """A table, and on it the card: turned, some size, a little out of focus, grainy."""
    light = chance.randint(90, 190)
    ground = Image.linear_gradient("L").resize(PICTURE_SIZE).point(lambda level: light + level // 6)
    if card is not None:
        size = chance.uniform(0.5, 0.9)
        small = card.resize((round(card.width * size), round(card.height * size)), Image.Resampling.LANCZOS)
        lit = small.point(lambda level: 30 + level * light // 260)
        turned = lit.convert("LA").rotate(chance.uniform(-20, 20), Image.Resampling.BICUBIC, expand=True)
        left = chance.randint(0, PICTURE_SIZE[0] - turned.width)
        ground.paste(turned.convert("L"), (left, chance.randint(0, PICTURE_SIZE[1] - turned.height)), turned.split()[1])
    seen = ground.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.0)))
    grain = Image.effect_noise(PICTURE_SIZE, 12 + noise)
    seen = Image.blend(seen, grain, 0.08)
    data = seen.tobytes()
    return QImage(data, *PICTURE_SIZE, PICTURE_SIZE[0], QImage.Format.Format_Grayscale8).copy()


def _qr(text: str) -> Image.Image:
    modules = qr_modules(text)
    side = len(modules) + 8
    flat = Image.new("L", (side, side), 255)
    for down, cells in enumerate(modules):
        for across, dark in enumerate(cells):
            if dark:
                flat.putpixel((across + 4, down + 4), 0)
    return flat.resize((side * 10, side * 10), Image.Resampling.NEAREST)


def _bars(code: str) -> Image.Image:
    modules = barcode.get("ean13", code[:12]).build()[0]
    wide = len(modules) + 22
    flat = Image.new("L", (wide * 6, wide * 3), 255)
    draw = ImageDraw.Draw(flat)
    for place, module in enumerate(modules):
        if module == "1":
            left = (place + 11) * 6
            draw.rectangle((left, 18, left + 5, flat.height - 18), fill=0)
    return flat


def _p95(samples: Sequence[float]) -> float:
    ordered = sorted(samples)
    return ordered[math.ceil(len(ordered) * 0.95) - 1]
