"""What the client does for weak lines: zipped bodies where they are taken, and time enough for what is sent."""

from __future__ import annotations

import contextlib
import json
import socket
import threading

import pytest

from app.sync import transport as transport_module
from app.sync.client import HttpMarketplace
from app.sync.transport import Limits
from app.usecases.marketplace_port import FactOutcome
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable
from tests.fakes.fake_marketplace import A_TOKEN, FakeMarketplace, html, problem
from tests.fakes.wire_samples import a_fact

FACTS = [a_fact(seq, note="chez Camille " * 5) for seq in range(1, 41)]


def encodings(marketplace: FakeMarketplace) -> list[str | None]:
    return [request.headers.get("content-encoding") for request in marketplace.requests if request.method == "POST"]


def test_bodies_are_zipped_once_the_status_says_so_and_only_then(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    client.push(FACTS[:10])
    marketplace.status_says = {"accepts_gzip": True}
    client.status()
    answers = client.push(FACTS[10:])
    client.push([a_fact(41)])
    assert encodings(marketplace) == [None, "gzip", None], "a short body is not worth it"
    assert {answer.outcome for answer in answers} == {FactOutcome.APPLIED}
    assert len(marketplace.facts) == len(FACTS) + 1
    marketplace.status_says = {"accepts_gzip": False}
    client.status()
    client.push([a_fact(seq, note="again" * 20) for seq in range(50, 60)])
    assert encodings(marketplace)[-1] is None


@pytest.mark.parametrize("status", [400, 415, 422])
def test_what_a_server_cannot_unzip_is_sent_as_it_is_and_no_fact_is_blamed(
    marketplace: FakeMarketplace, client: HttpMarketplace, status: int
) -> None:
    marketplace.status_says = {"accepts_gzip": True}
    client.status()
    marketplace.fail_next(problem(status, "what is this?", path="/facts"))
    answers = client.push(FACTS)
    assert encodings(marketplace) == ["gzip", None]
    assert [answer.outcome for answer in answers] == [FactOutcome.APPLIED] * len(FACTS)


def test_what_is_really_refused_is_refused(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.status_says = {"accepts_gzip": True}
    client.status()
    marketplace.refuses_batch = lambda facts: 422
    with pytest.raises(MarketplaceRefused, match="refused"):
        client.push(FACTS)
    marketplace.refuses_batch = lambda facts: 409
    with pytest.raises(MarketplaceRefused, match="conflict"):
        client.push(FACTS)
    assert encodings(marketplace) == ["gzip", None, "gzip"]


def test_another_web_site_is_not_asked_twice(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.status_says = {"accepts_gzip": True}
    client.status()
    marketplace.fail_next(html(503))
    with pytest.raises(MarketplaceUnreachable):
        client.push(FACTS)
    assert encodings(marketplace) == ["gzip"]


def test_a_large_body_has_the_time_a_weak_line_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes nothing for longer than connecting may last, then everything."""
    monkeypatch.setattr(transport_module, "_SLOWEST_BYTES_PER_S", 100_000.0)
    limits = Limits(connect_s=0.3, read_s=0.3)
    facts = [a_fact(1, text="x" * 6_000_000)]
    overtime = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)

        def serve() -> None:
            near, _ = listener.accept()
            with near:
                overtime.wait(1.5)  # five times as long as connecting may take
                taken = b""
                while len(taken) < 6_000_000:
                    taken += near.recv(1_000_000)
                answer = json.dumps({"results": [{"fact_id": "fact-0001", "outcome": "applied"}]}).encode()
                near.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with HttpMarketplace(
                f"http://127.0.0.1:{listener.getsockname()[1]}", lambda: A_TOKEN, limits=limits
            ) as marketplace:
                answers = marketplace.push(facts)
        finally:
            overtime.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()
    assert [answer.outcome for answer in answers] == [FactOutcome.APPLIED]
