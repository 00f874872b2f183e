"""The small shop of the storm, out of the demo catalogue, and the customers who order from it on line."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from tests.journeys.processes import ROOT, MarketplaceProcess

BY_PIECE, BY_WEIGHT, SERVICES = 40, 8, 1
STOCK = "5000"
ANSWER_WITHIN_S = 10
PAUSE_S = 0.35
PATIENCE = 80
"""Who was not served when so many more have ordered cancels, so that a long storm leaves no heap of open orders."""


def write_shop(folder: Path) -> Path:
    """The catalogue file, and beside it the bar codes that the clerks scan."""
    head, *lines = (ROOT / "resources" / "demo" / "catalogue.csv").read_text(encoding="utf-8").splitlines()
    by_weight = [line for line in lines if ";kg;" in line][:BY_WEIGHT]
    chosen = [*lines[:BY_PIECE], *by_weight, *[line for line in lines if ";heure;" in line][:SERVICES]]
    path = folder / "catalogue.csv"
    path.write_text("\n".join([head, *map(_stocked, chosen)]) + "\n", encoding="utf-8")
    (folder / "codes.txt").write_text("\n".join(line.split(";")[4] for line in chosen), encoding="utf-8")
    return path


def _stocked(line: str) -> str:
    """Enough of everything; services stay without stock."""
    cells = line.split(";")
    return ";".join([*cells[:6], STOCK if cells[6] else "", *cells[7:]])


class Customers:
    """They order, now and then change their order or cancel it, and come for what they heard was placed. A thread; the
    marketplace may die or freeze under any of their requests: then they have heard of nothing, and nobody comes.

    Attributes:
        done: how much of each happened.
    """

    def __init__(self, market: MarketplaceProcess, goods: list[tuple[str, str]], coming: Path, seed: str) -> None:
        """Args: goods: product id and unit of what is sold on line; coming: gets the codes of those who come."""
        self._market = market
        self._goods = goods
        self._coming = coming
        self._chance = random.Random(seed)
        self._placed: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)
        self.done: Counter[str] = Counter()

    def start(self) -> None:
        self._coming.touch()
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with requests.Session() as session:
            while not self._over.wait(self._chance.expovariate(1 / PAUSE_S)):
                try:
                    self._act(session)
                except requests.RequestException:
                    self.done["no answer"] += 1

    def _act(self, session: requests.Session) -> None:
        turn = self._chance.random()
        if turn < 0.8 or not self._placed:
            self._order(session)
        elif turn < 0.93:
            order_id = self._chance.choice(self._placed[-6:])
            edited = self._ask(session, f"/admin/orders/{order_id}/edit", {"items": self._items()})
            if edited is not None:
                self.done["edited"] += 1
        elif turn < 0.98:
            self._cancel(session, self._chance.choice(self._placed[-20:]))
        else:
            rotated = self._ask(session, f"/admin/shops/{self._market.shop['shop_id']}/keys/rotate", {})
            if rotated is not None:
                self.done["keys rotated"] += 1

    def _order(self, session: requests.Session) -> None:
        order = {
            "items": self._items(),
            "customer_name": self._chance.choice(("Léa Delattre", "Aïcha Diallo", "Noé Lambert")),
            "prepaid": self._chance.random() < 0.5,
        }
        placed = self._ask(session, f"/admin/shops/{self._market.shop['shop_id']}/orders", order)
        if placed is None:
            return
        self.done["ordered"] += 1
        self._placed.append(placed["order_id"])
        if len(self._placed) > PATIENCE:
            self._cancel(session, self._placed[-PATIENCE])
        with self._coming.open("a", encoding="utf-8") as coming:
            coming.write(self._chance.choice((placed["pickup_code"], placed["spoken_code"])) + "\n")

    def _cancel(self, session: requests.Session, order_id: str) -> None:
        cancelled = self._ask(session, f"/admin/orders/{order_id}/cancel", {})
        if cancelled is not None:
            self.done["cancelled"] += 1

    def _items(self) -> list[dict[str, Any]]:
        chosen = self._chance.sample(self._goods, self._chance.randint(1, 4))
        return [{"product_id": id_, "quantity": 1 if unit == "piece" else 500} for id_, unit in chosen]

    def _ask(self, session: requests.Session, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """None if the marketplace said no: sold out, or settled already."""
        headers = {"Authorization": f"Bearer {self._market.admin_token}"}
        answer = session.post(self._market.url + path, json=body, headers=headers, timeout=ANSWER_WITHIN_S)
        if answer.status_code in (401, 404, 409):  # 401: it has just started again, with a new token
            return None
        answer.raise_for_status()
        return dict(json.loads(answer.content)) if answer.content else {}
