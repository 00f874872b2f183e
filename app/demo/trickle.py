"""Owns the orders that come by and by in the demo: a few at once, then one every 20 to 60 seconds until stopped."""

from __future__ import annotations

import random
import threading

from app.marketplace.seed import DemoCustomers

AT_ONCE = 5
PAUSE_S = (20.0, 60.0)


class Trickle:
    """One thread that places orders. `stop` joins it."""

    def __init__(self, customers: DemoCustomers, chance: random.Random, at_once: int = AT_ONCE) -> None:
        self._customers = customers
        self._chance = chance
        self._at_once = at_once
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-customers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        for _ in range(self._at_once):
            self._customers.place()
        while not self._over.wait(self._chance.uniform(*PAUSE_S)):
            self._customers.place()
