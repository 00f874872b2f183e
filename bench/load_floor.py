"""Owns the floor of the load measures: a bare ASGI application that does by hand, in plain SQL on the bare driver, the
least that a poll and the push of one sale must do. Same server (uvicorn, h11), same database, no framework, no checks.

`python -m bench.load_floor URL`: prints its port, serves until it is killed.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
import socket
import sqlite3
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from app.marketplace.server import BACKLOG, allow_many_connections

THREADS = 40
_MOVED = (
    "SELECT movement_id, product_id, location, quantity, reason, happened_at, source_id, till_id FROM stock_movement "
    "WHERE shop_id = ? AND movement_id IN ("
)
_Row = tuple[Any, ...]


class Bare:
    """A connection of its own for each thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()
        self._turn = threading.Lock()
        self.sqlite = url.startswith("sqlite")

    @contextlib.contextmanager
    def transaction(self, *, writing: bool) -> Iterator[Callable[..., list[_Row]]]:
        connection = self._connection()
        with self._turn if self.sqlite and writing else contextlib.nullcontext():
            connection.execute("BEGIN IMMEDIATE" if self.sqlite and writing else "BEGIN")

            def run(sql: str, *values: object) -> list[_Row]:
                cursor = connection.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
                return cursor.fetchall() if cursor.description else []

            try:
                yield run
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connection(self) -> Any:
        if not hasattr(self._local, "connection"):
            if self.sqlite:
                connection: Any = sqlite3.connect(self._url.removeprefix("sqlite:///"), timeout=10)
                connection.isolation_level = None
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                    connection.execute(f"PRAGMA {pragma}")
            else:
                import psycopg

                connection = psycopg.connect(self._url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
            self._local.connection = connection
        return self._local.connection


class Floor:
    """The ASGI application."""

    def __init__(self, database: Bare) -> None:
        self._database = database
        self._pool = ThreadPoolExecutor(THREADS)
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        token = dict(scope["headers"])[b"authorization"].split(b" ", 1)[1]
        if scope["path"] == "/v1/changes":
            query = dict(parse_qsl(scope["query_string"].decode()))
            answer = await self._changes(token, query.get("cursor", ""), float(query.get("wait_s", "0")))
        else:
            body = b""
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
            loop = asyncio.get_running_loop()
            shop_id, answer = await loop.run_in_executor(self._pool, self._push, token, json.loads(body))
            for event in self._waiting[shop_id]:
                event.set()
        text = json.dumps(answer).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    async def _changes(self, token: bytes, cursor: str, wait_s: float) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        event = asyncio.Event()
        shop_id, page = await loop.run_in_executor(self._pool, self._page, token, cursor)
        if page["changes"] or not wait_s:
            return page
        self._waiting[shop_id].add(event)
        try:
            async with asyncio.timeout(wait_s):
                await event.wait()
        except TimeoutError:
            return page
        finally:
            self._waiting[shop_id].discard(event)
        return (await loop.run_in_executor(self._pool, self._page, token, cursor))[1]

    def _page(self, token: bytes, cursor: str) -> tuple[str, dict[str, Any]]:
        since, mark = 0, None
        if cursor:
            _, number, mark = base64.urlsafe_b64decode(cursor + "==").decode().split(".")
            since = int(number)
        with self._database.transaction(writing=False) as run:
            shop_id = _till(run, token)[1]
            rows = run(
                "SELECT seq, kind, entity_id FROM change WHERE shop_id = ? AND seq > ? ORDER BY seq LIMIT 101",
                shop_id, since,
            )  # fmt: skip
            if mark is not None and _mark(run, shop_id, since) != mark:
                raise ValueError("another history")
            moved = [entity_id for _, kind, entity_id in rows if kind == "stock_movement"]
            shown: dict[str, _Row] = {}
            if moved:
                places = ", ".join("?" * len(moved))
                found = run(
                    _MOVED + places + ")",
                    shop_id, *moved,
                )  # fmt: skip
                shown = {row[0]: row for row in found}
            if rows:
                seq = rows[-1][0]
                cursor = base64.urlsafe_b64encode(f"2.{seq}.{_mark(run, shop_id, seq)}".encode()).decode().rstrip("=")
        changes = [{"seq": seq, "kind": kind, "id": id_, "data": shown.get(id_)} for seq, kind, id_ in rows]
        return shop_id, {"changes": changes, "cursor": cursor, "more": False}

    def _push(self, token: bytes, told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        with self._database.transaction(writing=True) as run:
            till_id, shop_id = _till(run, token)
            lock = "" if self._database.sqlite else " FOR UPDATE"
            head = run(f"SELECT head_seq FROM shop WHERE shop_id = ?{lock}", shop_id)[0][0]  # noqa: S608  # our own
            before = head
            for fact in told["facts"]:
                head = _take(run, shop_id, till_id, fact, head)
            run("UPDATE shop SET head_seq = ? WHERE shop_id = ?", head, shop_id)
            run(
                "INSERT INTO feed_mark (shop_id, seq, mark, made_at) VALUES (?, ?, ?, ?)",
                shop_id, head, f"{secrets.randbits(60):015x}", "2026-11-21T09:00:00.000000+00:00",
            )  # fmt: skip
        return shop_id, {"results": [{"fact_id": fact["fact_id"], "outcome": "applied"} for fact in told["facts"]],
                         "from": before}  # fmt: skip


def _till(run: Callable[..., list[_Row]], token: bytes) -> _Row:
    return run("SELECT till_id, shop_id FROM till WHERE token_hash = ?", hashlib.sha256(token).hexdigest())[0]


def _mark(run: Callable[..., list[_Row]], shop_id: str, seq: int) -> str:
    wanted = "SELECT mark FROM feed_mark WHERE shop_id = ? AND seq >= ? ORDER BY seq LIMIT 1"
    return str(run(wanted, shop_id, seq)[0][0])


def _take(run: Callable[..., list[_Row]], shop_id: str, till_id: str, fact: dict[str, Any], head: int) -> int:
    if run("SELECT outcome FROM fact WHERE shop_id = ? AND fact_id = ?", shop_id, fact["fact_id"]):
        return head
    run("SELECT fact_id FROM fact WHERE till_id = ? AND till_seq = ?", till_id, fact["till_seq"])
    sale = fact["payload"]
    run(
        "INSERT INTO fact (shop_id, fact_id, till_id, till_seq, kind, subject, happened_at, payload, outcome, reason, "
        "received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'applied', '', ?)",
        shop_id, fact["fact_id"], till_id, fact["till_seq"], fact["kind"], fact["subject"], fact["happened_at"],
        json.dumps(sale, sort_keys=True), fact["happened_at"],
    )  # fmt: skip
    run(
        "INSERT INTO sale (shop_id, sale_id, till_id, fact_id, number, kind, happened_at, total_minor, order_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        shop_id, sale["sale_id"], till_id, fact["fact_id"], sale["number"], "sale", fact["happened_at"],
        sale["total_minor"],
    )  # fmt: skip
    for moved in sale["movements"]:
        head += 1
        run(
            "INSERT INTO stock_movement (shop_id, movement_id, product_id, location, quantity, reason, happened_at, "
            "source_id, till_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            shop_id, moved["movement_id"], moved["product_id"], "shop", moved["quantity"], "sale",
            moved["happened_at"], moved["source_id"], till_id,
        )  # fmt: skip
        run(
            "UPDATE stock_level SET physical = physical + ? WHERE shop_id = ? AND product_id = ?",
            moved["quantity"], shop_id, moved["product_id"],
        )  # fmt: skip
        run(
            "INSERT INTO change (shop_id, kind, entity_id, seq) VALUES (?, 'stock_movement', ?, ?)",
            shop_id, moved["movement_id"], head,
        )  # fmt: skip
    return head


def main() -> None:
    allow_many_connections()
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(BACKLOG)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(
        Floor(Bare(sys.argv[1])), http="h11", ws="none", lifespan="on", log_config=None, access_log=False,
        proxy_headers=False, server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
