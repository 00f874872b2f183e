"""Answers made to harm: another address, endless headers, nesting without end, a zip in a zip; none is more than a
typed failure, and none takes the token elsewhere."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import sys
import threading

import pytest

from app.sync.client import HttpMarketplace
from app.usecases.lease_ports import GivenUp
from app.usecases.ports import MarketplaceUnreachable
from tests.fakes.fake_marketplace import A_TOKEN, JSON, TLS_CERTIFICATE, FakeMarketplace, Fault


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_so_the_token_goes_nowhere_else(
    marketplace: FakeMarketplace, client: HttpMarketplace, status: int
) -> None:
    with FakeMarketplace() as elsewhere:
        marketplace.fail_next(Fault(status=status, headers={"Location": f"{elsewhere.url}/v1/changes"}))
        with pytest.raises(MarketplaceUnreachable, match="not_understood"):
            client.changes("", 10, 0.0)
        assert elsewhere.requests == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the loopback network is one address")
def test_a_certificate_of_another_name_is_not_trusted() -> None:
    """It is valid for 127.0.0.1; this server answers at 127.0.0.2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS_CERTIFICATE, TLS_CERTIFICATE.with_name("key.pem"))
    with socket.create_server(("127.0.0.2", 0)) as listener:

        def shake_hands() -> None:
            near, _ = listener.accept()
            with near, contextlib.suppress(OSError):
                context.wrap_socket(near, server_side=True).close()

        thread = threading.Thread(target=shake_hands)
        thread.start()
        url = f"https://127.0.0.2:{listener.getsockname()[1]}"
        with (
            HttpMarketplace(url, lambda: A_TOKEN, ca_file=str(TLS_CERTIFICATE)) as client,
            pytest.raises(MarketplaceUnreachable) as caught,
        ):
            client.changes("", 10, 0.0)
        thread.join()
    assert caught.value.reason == "not_trusted"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"changes":' + b"[" * 100_000 + b"]" * 100_000 + b',"cursor":"c","more":false}',
        b'{"changes":[],"cursor":"c","more":false,"x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
        b'{"changes":[],"cursor":' + b"9" * 100_000 + b',"more":false}',
    ],
)
def test_nesting_without_end_is_not_understood(
    marketplace: FakeMarketplace, client: HttpMarketplace, body: bytes
) -> None:
    marketplace.fail_next(Fault(status=200, body=body, content_type=JSON))
    with pytest.raises(MarketplaceUnreachable, match="not_understood"):
        client.changes("", 10, 0.0)


@pytest.mark.parametrize(
    "headers", [{f"X-{n}": "x" for n in range(300)}, {"X-Long": "x" * 100_000}], ids=["many", "long"]
)
def test_endless_headers_are_a_broken_line(
    marketplace: FakeMarketplace, client: HttpMarketplace, headers: dict[str, str]
) -> None:
    marketplace.fail_next(Fault(status=200, body=b"{}", content_type=JSON, headers=headers))
    with pytest.raises(MarketplaceUnreachable):
        client.changes("", 10, 0.0)


def test_encodings_on_top_of_each_other_are_not_unpacked_for_ever(
    marketplace: FakeMarketplace, client: HttpMarketplace
) -> None:
    body = b"{}"
    for _ in range(40):
        body = gzip.compress(body)
    headers = {"Content-Encoding": ", ".join(["gzip"] * 40)}
    marketplace.fail_next(Fault(status=200, body=body, content_type=JSON, headers=headers, zipped=False))
    with pytest.raises(MarketplaceUnreachable):
        client.changes("", 10, 0.0)


@pytest.mark.parametrize("body", [b"<!doctype html><h1>Bienvenue</h1>", b"", b"{}"])
def test_a_log_in_page_has_heard_nothing_of_a_lease(
    marketplace: FakeMarketplace, client: HttpMarketplace, body: bytes
) -> None:
    """What was given up would count as told, and no till could have that order any more."""
    given_up = [GivenUp("order-1", 1)]
    for call in (lambda: client.release_leases(given_up), lambda: client.claim_leases(["order-1"], wanted=True)):
        marketplace.fail_next(Fault(status=200, body=body, content_type="text/html"))
        with pytest.raises(MarketplaceUnreachable, match="not_understood"):
            call()


def test_a_log_in_page_is_no_answer_to_what_needs_none(marketplace: FakeMarketplace, client: HttpMarketplace) -> None:
    marketplace.fail_next(Fault(status=200, body=b" <html></html>", content_type="text/html"))
    with pytest.raises(MarketplaceUnreachable, match="not_understood"):
        client.tell_ledger_key("a key")
