"""Every way a call can end, over a real socket: the right failure with the right reason, and no secret anywhere."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.sync.client import HttpMarketplace
from app.sync.connectors.registry import connect_paired
from app.sync.transport import checked_address, pause_s
from app.usecases.marketplace_port import FactOutcome, OrderChange
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, TokenUnknown, Unavailable
from tests.fakes.fake_marketplace import A_PAIRING_CODE, A_TOKEN, TLS_CERTIFICATE, FakeMarketplace, Fault, html, problem
from tests.fakes.memory_store import MemoryStore
from tests.fakes.surroundings import MemorySecrets
from tests.fakes.wire_samples import a_fact, wire_order


def failure_of(client: HttpMarketplace, wait_s: float = 0.0) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        client.changes("", 100, wait_s)
    return caught.value


def test_a_page_comes_zipped_with_the_token_and_on_one_connection(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    for number in range(30):
        marketplace.change("order", f"order-{number}", wire_order(f"order-{number}"))
    first = client.changes("", 20, 0.0)
    second = client.changes(first.cursor, 20, 0.0)
    assert [len(first.changes), first.more, len(second.changes), second.more] == [20, True, 10, False]
    assert all(isinstance(change, OrderChange) for change in first.changes)
    assert marketplace.requests[0].headers["authorization"] == f"Bearer {A_TOKEN}"
    assert marketplace.requests[0].headers["accept-encoding"] == "gzip"
    assert marketplace.requests[1].query["cursor"] == first.cursor
    assert marketplace.connections_made == 1


def test_a_page_that_a_cache_serves_for_another_cursor_is_not_taken(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    for number in range(3):
        marketplace.change("order", f"order-{number}", wire_order(f"order-{number}"))
    first = client.changes("", 1, 0.0)
    cached = b'{"after": "2", "changes": [], "cursor": "3", "more": false}'
    marketplace.fail_next(Fault(status=200, body=cached))
    with pytest.raises(MarketplaceUnreachable, match="not_understood"):
        client.changes(first.cursor, 1, 0.0)
    assert len(client.changes(first.cursor, 5, 0.0).changes) == 2
    assert marketplace.requests[-1].headers["cache-control"] == "no-cache"


def test_a_cursor_is_opaque_and_travels_whole(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.fail_next(Fault(status=200, body=b'{"changes":[],"cursor":"","more":false}'))
    client.changes("a b&c=é/+%2F", 1, 0.0)
    assert marketplace.requests[0].query["cursor"] == "a b&c=é/+%2F"


def test_one_record_is_asked_for_by_its_kind_and_id(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.change("order", "order:1/é", wire_order("order-1"))
    read = client.fetch("order", "order:1/é")
    assert isinstance(read, OrderChange)
    assert read.order.order_id == "order-1"
    assert marketplace.requests[0].path == "/v1/orders/order%3A1%2F%C3%A9"
    assert client.fetch("order", "no-such") is None
    assert client.fetch("parcel", "p-1") is None, "an address that this version does not know is not guessed"
    assert len(marketplace.requests) == 2
    marketplace.fail_next(problem(403))
    with pytest.raises(MarketplaceRefused):
        client.fetch("order", "order:1/é")


def test_a_long_poll_answers_as_soon_as_something_happens(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    pages = []
    thread = threading.Thread(target=lambda: pages.append(client.changes("", 100, 25.0)))
    thread.start()
    marketplace.wait_for_requests(1)
    assert not pages
    marketplace.change("order", "order-1", wire_order())
    thread.join(10)
    assert len(pages[0].changes) == 1


def test_pairing_gives_the_till_its_identity_and_secrets(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    pairing = client.pair(A_PAIRING_CODE, "Caisse A")
    assert (pairing.till_id, pairing.till_letter, pairing.shop_id) == ("till-a", "A", "shop-1")
    assert pairing.shop.name == "Épicerie Lefèvre"
    assert pairing.device_token == A_TOKEN
    assert pairing.pickup_keys == {"7": bytes(range(32))}
    assert "authorization" not in marketplace.requests[0].headers


def test_a_wrong_pairing_code_is_said_so(client: HttpMarketplace) -> None:
    with pytest.raises(MarketplaceRefused) as caught:
        client.pair("ZZZZZZZZ", "Caisse A")
    assert caught.value.reason == "wrong_code"


def test_pairing_with_some_other_web_site_is_not_a_wrong_code(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    marketplace.fail_next(html(404))
    with pytest.raises(MarketplaceUnreachable) as caught:
        client.pair(A_PAIRING_CODE, "Caisse A")
    assert caught.value.reason == "not_understood"


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        (problem(400), MarketplaceRefused, "refused"),
        (problem(401), TokenUnknown, "revoked"),
        (problem(403), MarketplaceRefused, "revoked"),
        (problem(404), MarketplaceRefused, "gone"),
        (problem(405), MarketplaceRefused, "gone"),
        (problem(410), MarketplaceRefused, "cursor_gone"),
        (problem(409), MarketplaceRefused, "conflict"),
        (problem(413), MarketplaceRefused, "refused"),
        (problem(422), MarketplaceRefused, "refused"),
        (html(413), MarketplaceRefused, "refused"),
        (problem(408), MarketplaceUnreachable, "timeout"),
        (problem(407), MarketplaceUnreachable, "no_network"),
        (problem(429), MarketplaceUnreachable, "rate_limited"),
        (problem(500), MarketplaceUnreachable, "server_error"),
        (problem(503), MarketplaceUnreachable, "server_error"),
        (html(502), MarketplaceUnreachable, "server_error"),
        (html(511), MarketplaceUnreachable, "no_network"),
        (html(200), MarketplaceUnreachable, "not_understood"),
        (html(401), MarketplaceUnreachable, "not_understood"),
        (html(403), MarketplaceUnreachable, "not_understood"),
        (html(404), MarketplaceUnreachable, "not_understood"),
        (Fault(status=302, headers={"Location": "http://127.0.0.1:1/login"}), MarketplaceUnreachable, "not_understood"),
        (Fault(status=204), MarketplaceUnreachable, "not_understood"),
        (Fault(status=200, body=b'{"changes":['), MarketplaceUnreachable, "not_understood"),
        (Fault(status=200, body=b"\x00" * 300_000), MarketplaceUnreachable, "not_understood"),
        (Fault(status=600, body=b"?"), MarketplaceUnreachable, "server_error"),
        (Fault(cut_after=10), MarketplaceUnreachable, "not_understood"),
        (Fault(lose_answer=True), MarketplaceUnreachable, "no_network"),
    ],
)
def test_each_fault_has_its_outcome(
    marketplace: FakeMarketplace, bounded_client: HttpMarketplace, fault: Fault, kind: type[Unavailable], reason: str
) -> None:
    marketplace.change("order", "order-1", wire_order())
    marketplace.fail_next(fault)
    error = failure_of(bounded_client)
    assert type(error) is kind
    assert error.reason == reason
    assert len(bounded_client.changes("", 100, 0.0).changes) == 1


def test_an_answer_that_never_comes_is_a_timeout(marketplace: FakeMarketplace, hasty_client: HttpMarketplace) -> None:
    marketplace.fail_next(Fault(hang=True))
    error = failure_of(hasty_client)
    assert type(error) is MarketplaceUnreachable
    assert error.reason == "timeout"


def test_the_servers_sentence_and_its_pause_are_passed_on(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    marketplace.fail_next(problem(429, "Too many requests", Retry_After="7"))
    error = failure_of(client)
    assert isinstance(error, MarketplaceUnreachable)
    assert error.retry_after_s == 7.0
    assert error.detail == "HTTP 429: Too many requests"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("-5", 0.0),
        ("1.5", 1.5),
        ("999999", 3600.0),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    assert pause_s(header, datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


def test_nobody_listens(free_port: int) -> None:
    with HttpMarketplace(f"http://127.0.0.1:{free_port}", lambda: A_TOKEN) as client:
        assert failure_of(client).reason == "no_network"


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    marketplace: FakeMarketplace, bounded_client: HttpMarketplace
) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    marketplace.fail_next(Fault(status=200, body=bomb, headers={"Content-Encoding": "gzip"}, zipped=False))
    error = failure_of(bounded_client)
    assert error.reason == "not_understood"
    assert "over" in error.detail


def test_rubbish_instead_of_http(free_port: int) -> None:
    def chatter(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\x00\xff garbage\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=chatter, args=(listener,))
        thread.start()
        with HttpMarketplace(f"http://127.0.0.1:{listener.getsockname()[1]}", lambda: A_TOKEN) as client:
            assert failure_of(client).reason == "no_network"
        thread.join()


def test_closing_ends_a_long_poll_at_once(marketplace: FakeMarketplace) -> None:
    client = HttpMarketplace(marketplace.url, lambda: A_TOKEN)
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(failure_of(client, 25.0).reason))
    thread.start()
    marketplace.wait_for_requests(1)
    client.close()
    thread.join(10)
    assert ended == ["no_network"]
    assert failure_of(client).reason == "no_network"
    assert len(marketplace.requests) == 1


@pytest.mark.parametrize("token", [None, "", "a\r\nX-Evil: 1", "clé"])
def test_without_a_usable_token_nothing_is_asked(marketplace: FakeMarketplace, token: str | None) -> None:
    with HttpMarketplace(marketplace.url, lambda: token) as client:
        error = failure_of(client)
    assert isinstance(error, MarketplaceRefused)
    assert error.reason == "not_paired"
    assert not marketplace.requests


def test_secrets_reach_no_log_and_no_failure(
    marketplace: FakeMarketplace, client: HttpMarketplace, caplog: pytest.LogCaptureFixture
) -> None:
    texts = []
    with caplog.at_level(logging.DEBUG):
        client.pair(A_PAIRING_CODE, "Caisse A")
        marketplace.fail_next(
            problem(403, f"the token {A_TOKEN} was revoked"), problem(500, f"{A_TOKEN}"), html(), Fault(cut_after=3)
        )
        for _ in range(4):
            error = failure_of(client)
            texts.append(f"{error!r} {error} {error.detail} {error.__cause__!r}")
        client.push([a_fact(1)])
    texts += [record.getMessage() for record in caplog.records]
    assert texts
    for text in texts:
        assert A_TOKEN not in text
        assert A_PAIRING_CODE not in text


def test_the_environment_neither_replaces_the_token_nor_sends_loopback_through_a_proxy(
    marketplace: FakeMarketplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nowhere.pem"))
    with HttpMarketplace(marketplace.url, lambda: A_TOKEN) as client:
        client.changes("", 100, 0.0)
    assert marketplace.requests[0].headers["authorization"] == f"Bearer {A_TOKEN}"


def test_no_cookies_are_kept(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.fail_next(
        Fault(status=200, body=b'{"changes":[],"cursor":"","more":false}', headers={"Set-Cookie": "a=b"})
    )
    client.changes("", 100, 0.0)
    client.changes("", 100, 0.0)
    assert "cookie" not in marketplace.requests[1].headers


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://marketplace.example", "insecure_address"),
        ("http://10.0.0.1:8000", "insecure_address"),
        ("http://localhost.example", "insecure_address"),
        ("ftp://127.0.0.1", "bad_address"),
        ("https://", "bad_address"),
        ("https://user:pw@host.example", "bad_address"),
        ("https://host.example/?a=1", "bad_address"),
        ("https://host.example:99999", "bad_address"),
        ("https://[::1", "bad_address"),
        ("marketplace.example", "bad_address"),
        ("", "bad_address"),
        ("https://a b", "bad_address"),
    ],
)
def test_addresses_that_may_not_be_used(address: str, reason: str) -> None:
    with pytest.raises(MarketplaceRefused) as caught:
        checked_address(address)
    assert caught.value.reason == reason


def test_addresses_that_may_be_used() -> None:
    assert checked_address(" https://m.example/shop/ ") == "https://m.example/shop"
    assert checked_address("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert checked_address("http://[::1]:8000") == "http://[::1]:8000"
    assert checked_address("http://localhost:8000") == "http://localhost:8000"


def test_a_push_sends_json_and_reads_the_answers(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    facts = [a_fact(1), a_fact(2)]
    marketplace.answers["fact-0002"] = {"outcome": "conflict", "message": "Déjà remise", "view": {"order_id": "o"}}
    answers = client.push(facts)
    assert [(a.fact_id, a.outcome, a.message) for a in answers] == [
        ("fact-0001", FactOutcome.APPLIED, ""),
        ("fact-0002", FactOutcome.CONFLICT, "Déjà remise"),
    ]
    assert marketplace.requests[0].headers["content-type"] == "application/json"


def test_a_till_that_is_not_paired_has_no_connection() -> None:
    store, secrets = MemoryStore(), MemorySecrets()
    with pytest.raises(MarketplaceRefused) as caught:
        connect_paired(store.queries, secrets, store.connector_books)
    assert caught.value.reason == "not_paired"
    secrets.set_device_token(A_TOKEN)
    connect_paired(store.queries, secrets, store.connector_books).close()


@pytest.fixture
def secure_marketplace() -> Iterator[FakeMarketplace]:
    with FakeMarketplace(tls=True) as fake:
        yield fake


def test_a_certificate_nobody_vouches_for(secure_marketplace: FakeMarketplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(TLS_CERTIFICATE))  # not asked: only `ca_file` is
    with HttpMarketplace(secure_marketplace.url, lambda: A_TOKEN) as client:
        assert failure_of(client).reason == "not_trusted"
    assert not secure_marketplace.requests


def test_a_certificate_we_were_told_to_trust(secure_marketplace: FakeMarketplace) -> None:
    with HttpMarketplace(secure_marketplace.url, lambda: A_TOKEN, ca_file=str(TLS_CERTIFICATE)) as client:
        assert client.changes("", 100, 0.0).changes == ()


def test_closing_ends_a_long_poll_over_tls_too(secure_marketplace: FakeMarketplace) -> None:
    client = HttpMarketplace(secure_marketplace.url, lambda: A_TOKEN, ca_file=str(TLS_CERTIFICATE))
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(failure_of(client, 25.0).reason))
    thread.start()
    secure_marketplace.wait_for_requests(1)
    client.close()
    thread.join(10)
    assert ended == ["no_network"]


def test_a_server_without_tls_is_a_broken_line_not_a_distrusted_certificate(marketplace: FakeMarketplace) -> None:
    with HttpMarketplace(marketplace.url.replace("http://", "https://"), lambda: A_TOKEN) as client:
        assert failure_of(client).reason == "no_network"


def test_a_token_renewed_by_another_thread_meanwhile_is_used_at_once(marketplace: FakeMarketplace) -> None:
    """A lane that read the old token just before the other lane renewed it must not think itself revoked."""
    tokens = ["the-old-one", marketplace.token]

    with HttpMarketplace(marketplace.url, lambda: tokens.pop(0) if len(tokens) > 1 else tokens[0]) as client:
        assert client.status().till_id == "till-a"
    assert [request.headers["authorization"] for request in marketplace.requests] == [
        "Bearer the-old-one",
        f"Bearer {marketplace.token}",
    ]


def test_a_renewed_token_is_read_and_never_quoted(marketplace: FakeMarketplace) -> None:
    with HttpMarketplace(marketplace.url, lambda: marketplace.token) as client:
        assert client.renew_token() == marketplace.next_token
        marketplace.fail_next(
            Fault("/token", status=201, body=b'{"device_token": ["secret"]}', content_type="application/json")
        )
        with pytest.raises(MarketplaceUnreachable, match="not_understood") as failure:
            client.renew_token()
    assert "secret" not in str(failure.value)
