"""A marketplace on a real loopback socket, from the standard library alone, with faults by script.

It honours the contract (oldest first, long poll, one answer for each fact, replays are duplicates) until it is told to
fail: `fail_next(Fault(...))` queues faults, each for one request (of one path, if named). Nothing here sleeps: what
hangs, hangs until the server stops.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes import fake_reconciliation

A_TOKEN = "device-token-of-till-a"
A_PAIRING_CODE = "K7F3K9XR"
TLS_CERTIFICATE = Path(__file__).parent.parent / "data" / "tls" / "certificate.pem"
JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    Attributes:
        path: only for requests whose path ends so; "" for any.
        status, body, content_type, headers: answered instead, if `status`.
        cut_after: of the right answer only so many body bytes leave, then the connection is reset.
        hang: no answer at all until the server stops.
        lose_answer: the request takes effect, the connection is closed without an answer.
        hold: the answer waits until this event is set.
        zipped: whether the body may be zipped on its way.
        change_page: the right page of changes goes through it.
    """

    path: str = ""
    status: int = 0
    body: bytes = b""
    content_type: str = PROBLEM
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    hang: bool = False
    lose_answer: bool = False
    zipped: bool = True
    hold: threading.Event | None = None
    change_page: Callable[[dict[str, Any]], dict[str, Any]] | None = None


def problem(status: int, detail: str = "", path: str = "", **headers: str) -> Fault:
    body = json.dumps({"type": "about:blank", "title": f"Error {status}", "status": status, "detail": detail})
    return Fault(path, status, body.encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


def html(status: int = 200, path: str = "") -> Fault:
    return Fault(path, status, b"<!doctype html><title>Welcome</title><h1>Hotel Wi-Fi</h1>", HTML)


@dataclass(frozen=True)
class Request:
    """One request as it came; `body` unzipped, if it came zipped."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class FakeMarketplace:
    """`with FakeMarketplace() as marketplace:`; tests look at and change everything between requests.

    Attributes:
        requests: every request, in order of arrival.
        facts: by id, the facts that took effect; `applied` how often each did (I3: once).
        answers: what to answer for a fact id instead of `applied`.
        refuses_batch: a status to refuse a whole batch with, or None, from its facts.
        leases: order ids asked for.
        compares: whether it answers reconciliations; a marketplace of before does not.
        heads_known: what it says of the till's ledger; heads_told: what came with each push;
            status_says: fields of the status instead of what follows from the facts.
        ledger_key: the first key that was told.
    """

    def __init__(self, token: str = A_TOKEN, tls: bool = False) -> None:
        """Args: tls: speak HTTPS with the certificate of tests/data/tls, which no system trusts."""
        self.token = token
        self.next_token = ""
        self.requests: list[Request] = []
        self.facts: dict[str, dict[str, Any]] = {}
        self.applied: dict[str, int] = {}
        self.answers: dict[str, dict[str, Any]] = {}
        self.refuses_batch: Callable[[list[dict[str, Any]]], int | None] = lambda facts: None
        self.leases: list[str] = []
        self.compares = False
        self.heads_known: list[dict[str, Any]] = []
        self.heads_told: list[list[dict[str, Any]]] = []
        self.status_says: dict[str, Any] = {}
        self.ledger_key: str | None = None
        self.bytes_sent = 0
        self.connections_made = 0
        self._changes: list[dict[str, Any]] = []
        self._faults: deque[Fault] = deque()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-marketplace")
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS_CERTIFICATE, TLS_CERTIFICATE.with_name("key.pem"))
            self._server.socket = context.wrap_socket(self._server.socket, True, do_handshake_on_connect=False)
        self.url = f"http{'s' * tls}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._server.shutdown()
        for connection in list(self._connections):
            _reset(connection)
        self._server.server_close()
        self._thread.join()

    def fail_next(self, *faults: Fault) -> None:
        self._faults.extend(faults)

    def faults_left(self) -> int:
        return len(self._faults)

    def change(self, kind: str, record_id: str, data: object, **other: Any) -> None:
        """A record changed: the newest of the feed, once."""
        with self._changed:
            last = self._changes[-1]["seq"] if self._changes else 0
            self._changes = [c for c in self._changes if (c["kind"], c["id"]) != (kind, record_id)]
            self._changes.append({"seq": last + 1, "kind": kind, "id": record_id, "data": data, **other})
            self._changed.notify_all()

    def wait_for_requests(self, count: int, path: str = "", timeout_s: float = 20.0) -> list[Request]:
        def seen() -> list[Request]:
            return [request for request in self.requests if request.path.endswith(path)]

        with self._changed:
            assert self._changed.wait_for(lambda: len(seen()) >= count, timeout_s), f"{len(seen())} of {count} requests"
        return seen()

    # --- answering ---

    def take_request(self, request: Request) -> Fault | None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            for fault in self._faults:
                if request.path.endswith(fault.path):
                    self._faults.remove(fault)
                    return fault
        return None

    def answer(self, request: Request, fault: Fault | None) -> tuple[int, str, bytes]:
        if self.next_token and request.headers.get("authorization") == f"Bearer {self.next_token}":
            self.token, self.next_token = self.next_token, ""
        if request.path != "/v1/pair" and request.headers.get("authorization") != f"Bearer {self.token}":
            return 401, PROBLEM, problem(401, "unknown token").body
        routes = {
            ("GET", "/v1/changes"): self._page,
            ("POST", "/v1/facts"): self._take_facts,
            ("POST", "/v1/leases"): self._take_leases,
            ("GET", "/v1/status"): self._status,
            ("PUT", "/v1/ledger-key"): self._take_key,
            ("POST", "/v1/relay"): self._take_relayed,
            ("POST", "/v1/pair"): self._pair,
            ("POST", "/v1/token"): self._renew_token,
        }
        if self.compares:
            routes |= self._comparing()
        route = routes.get((request.method, request.path)) or self._one_record(request)
        if route is None:
            return 404, PROBLEM, problem(404, "no such thing").body
        status, answer = route(request)
        if fault is not None and fault.change_page is not None:
            answer = fault.change_page(answer)
        return status, JSON if status < 400 else PROBLEM, json.dumps(answer, ensure_ascii=False).encode()

    def _page(self, request: Request) -> tuple[int, dict[str, Any]]:
        after = int(request.query.get("cursor") or 0)
        limit = int(request.query["limit"])

        def news() -> list[dict[str, Any]]:
            return [change for change in self._changes if change["seq"] > after]

        with self._changed:
            self._changed.wait_for(lambda: news() or self._stopping.is_set(), float(request.query["wait_s"]))
            waiting = news()
        page = waiting[:limit]
        cursor = str(page[-1]["seq"] if page else after)
        return 200, {
            "after": request.query.get("cursor") or "",
            "changes": page,
            "cursor": cursor,
            "more": len(waiting) > len(page),
        }

    def _one_record(self, request: Request) -> Callable[[Request], tuple[int, dict[str, Any]]] | None:
        """The newest state of one record, by its address; None for an address of nothing."""
        kinds = {"orders": "order", "products": "product", "stock-movements": "stock_movement"}
        kinds["disagreements"] = "disagreement"
        parts = request.path.split("/")
        if request.method != "GET" or len(parts) != 4 or parts[2] not in kinds:
            return None
        wanted = (kinds[parts[2]], unquote(parts[3]))
        found = [change["data"] for change in self._changes if (change["kind"], change["id"]) == wanted]
        return (lambda request: (200, found[0])) if found else None

    def _take_facts(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = json.loads(request.body)
        facts = body["facts"]
        status = self.refuses_batch(facts)
        if status is not None:
            return status, json.loads(problem(status, "fact not possible").body)
        self.heads_told.append(body.get("heads", []))
        return 200, {"results": [self._take_fact(fact) for fact in facts], "heads": self.heads_known}

    def _take_key(self, request: Request) -> tuple[int, dict[str, Any]]:
        told = json.loads(request.body)["public_key"]
        if self.ledger_key not in (None, told):
            return 409, json.loads(problem(409, "another key").body)
        self.ledger_key = told
        return 200, {}

    def _take_relayed(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = json.loads(request.body)
        status = self.refuses_batch(body["facts"])
        if status is not None:
            return status, json.loads(problem(status, "file not possible").body)
        return 200, {"results": [self._take_fact(fact) for fact in body["facts"]]}

    def _status(self, request: Request) -> tuple[int, dict[str, Any]]:
        known = {"last_seq": 0, "last_fact_id": "", "accepts_gzip": False}
        if self.facts:
            last = max(self.facts.values(), key=lambda fact: int(fact["till_seq"]))
            known |= {"last_seq": last["till_seq"], "last_fact_id": last["fact_id"]}
        known |= {"server_time": "2026-03-16T09:00:00Z", **self.status_says}
        return 200, {"till_id": "till-a", "shop_id": "shop-1", "heads": self.heads_known, **known}

    def _take_fact(self, fact: dict[str, Any]) -> dict[str, Any]:
        fact_id = fact["fact_id"]
        if fact_id in self.answers:
            return {"fact_id": fact_id, "message": "", "view": None, **self.answers[fact_id]}
        if fact_id in self.facts:
            outcome = "duplicate" if self.facts[fact_id] == fact else "refused"
            return {"fact_id": fact_id, "outcome": outcome, "message": "", "view": None}
        self.facts[fact_id] = fact
        self.applied[fact_id] = self.applied.get(fact_id, 0) + 1
        return {"fact_id": fact_id, "outcome": "applied", "message": "", "view": None}

    def _comparing(self) -> dict[tuple[str, str], Callable[[Request], tuple[int, dict[str, Any]]]]:
        """What a marketplace answers that can compare."""
        facts = self.facts.values()

        def moved() -> list[dict[str, Any]]:
            return fake_reconciliation.movements_of(facts, self._changes)

        base = "/v1/reconciliation"
        return {
            ("GET", base): lambda asked: (200, fake_reconciliation.ranges(facts, self.heads_known, asked)),
            ("GET", f"{base}/facts"): lambda asked: (200, fake_reconciliation.listed(facts, asked)),
            ("POST", f"{base}/known"): lambda _: (200, {"known": []}),
            ("GET", f"{base}/stock"): lambda _: (200, fake_reconciliation.stock(moved())),
            ("GET", f"{base}/movements"): lambda asked: (200, fake_reconciliation.movements(moved(), asked)),
            ("GET", f"{base}/orders"): lambda _: (200, fake_reconciliation.open_orders(self._changes)),
        }

    def _take_leases(self, request: Request) -> tuple[int, dict[str, Any]]:
        asked = json.loads(request.body)["order_ids"]
        self.leases += asked
        return 200, {"leases": [{"order_id": order_id, "granted": True, "till_id": "till-a"} for order_id in asked]}

    def _renew_token(self, request: Request) -> tuple[int, dict[str, Any]]:
        self.next_token = f"{self.token}-renewed"
        return 201, {"device_token": self.next_token}

    def _pair(self, request: Request) -> tuple[int, dict[str, Any]]:
        if json.loads(request.body)["code"] != A_PAIRING_CODE:
            return 404, json.loads(problem(404, "unknown code").body)
        return 201, {
            "till_id": "till-a",
            "till_letter": "A",
            "till_name": "Caisse A",
            "device_token": self.token,
            "shop": {"shop_id": "shop-1", "name": "Épicerie Lefèvre", "address_lines": ["3 rue du Marché"]},
            "pickup_keys": [{"key_id": "7", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}],
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests."""


def _reset(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was faster


def _plain(body: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else body


def _handler(marketplace: FakeMarketplace) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            marketplace._connections.add(self.connection)
            marketplace.connections_made += 1
            if marketplace._stopping.is_set():
                _reset(self.connection)

        def finish(self) -> None:
            marketplace._connections.discard(self.connection)
            super().finish()

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_PUT(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is http.server's
            """Quiet."""

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            request = Request(
                self.command,
                parts.path,
                {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                {name.lower(): value for name, value in self.headers.items()},
                _plain(self.rfile.read(int(self.headers.get("Content-Length", 0))), self.headers["Content-Encoding"]),
            )
            fault = marketplace.take_request(request)
            if fault is not None and fault.hang:
                marketplace._stopping.wait()
                self.close_connection = True
                return
            if fault is not None and fault.hold is not None:
                fault.hold.wait()
            if fault is not None and fault.status:
                self._send(fault.status, fault.content_type, fault.body, fault.headers, may_zip=fault.zipped)
                return
            status, content_type, body = marketplace.answer(request, fault)
            if fault is not None and fault.lose_answer:
                self.close_connection = True
                _reset(self.connection)
                return
            self._send(status, content_type, body, cut_after=fault.cut_after if fault else None)

        def _send(
            self,
            status: int,
            content_type: str,
            body: bytes,
            headers: Mapping[str, str] = {},
            cut_after: int | None = None,
            may_zip: bool = True,
        ) -> None:
            zipped = may_zip and "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 200
            sent = gzip.compress(body, 6) if zipped else body
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(sent)))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent[:cut_after])
            marketplace.bytes_sent += len(sent)
            if cut_after is not None:
                self.wfile.flush()
                self.close_connection = True

    return Handler
