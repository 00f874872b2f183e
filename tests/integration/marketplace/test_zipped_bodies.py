"""What a till may send zipped, and that a small body cannot become a large one in the server."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
import requests

from tests.integration.marketplace.world import TIMEOUT_S, Till, a_movement


def send(till: Till, body: bytes, encoding: str) -> requests.Response:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return till.session.post(f"{till.url}/v1/facts", data=body, headers=headers, timeout=TIMEOUT_S)


def some_facts(till: Till, count: int) -> bytes:
    facts = [till.fact("stock_moved", "stock:bread", {"movements": [a_movement("bread", 1)]}) for _ in range(count)]
    return json.dumps({"facts": facts}).encode()


def reason_of(answer: requests.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def test_the_status_says_so_and_a_zipped_batch_counts_like_any(till: Till) -> None:
    assert till.get("/v1/status").json()["accepts_gzip"] is True
    body = some_facts(till, 100)
    zipped = gzip.compress(body)
    assert len(zipped) < len(body) / 3
    answer = send(till, zipped, "gzip")
    assert [one["outcome"] for one in answer.json()["results"]] == ["applied"] * 100
    again = send(till, body, "identity")
    assert [one["outcome"] for one in again.json()["results"]] == ["duplicate"] * 100


@pytest.mark.parametrize(
    ("made", "status", "reason"),
    [
        (lambda body: gzip.compress(b" " * 200_000_000), 413, "too_large"),
        (lambda body: gzip.compress(gzip.compress(b" " * 20_000_000)), 400, "bad_request"),  # unzipped once, no more
        (lambda body: gzip.compress(body)[:-9], 400, "bad_encoding"),
        (lambda body: gzip.compress(body)[:-5] + b"12345", 400, "bad_encoding"),
        (lambda body: gzip.compress(body) + b"x", 400, "bad_encoding"),
        (lambda body: gzip.compress(body) + gzip.compress(body), 400, "bad_encoding"),
        (zlib.compress, 400, "bad_encoding"),
        (lambda body: body, 400, "bad_encoding"),
        (lambda body: b"", 400, "bad_encoding"),
    ],
)
def test_a_bomb_or_rubbish_is_refused_and_leaves_nothing(till: Till, made: Any, status: int, reason: str) -> None:
    body = some_facts(till, 2)
    answer = send(till, made(body), "gzip")
    assert (answer.status_code, reason_of(answer)) == (status, reason)
    assert [one["outcome"] for one in send(till, gzip.compress(body), "gzip").json()["results"]] == ["applied"] * 2


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd", "gzip;q=1", "x" * 200])
def test_other_encodings_are_named_as_unknown(till: Till, encoding: str) -> None:
    answer = send(till, gzip.compress(some_facts(till, 1)), encoding)
    assert (answer.status_code, reason_of(answer)) == (415, "unknown_encoding")
