"""A bomb is found out without being unzipped: no more memory than the limit, whatever it would grow to."""

from __future__ import annotations

import gzip
import tracemalloc

from app.marketplace.edge import unzipped

LIMIT = 200_000


def test_no_more_is_unzipped_than_the_limit() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    try:
        assert unzipped(bomb, LIMIT) is None
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 5 * LIMIT


def test_exactly_the_limit_is_taken() -> None:
    assert unzipped(gzip.compress(b"x" * LIMIT), LIMIT) == b"x" * LIMIT
    assert unzipped(gzip.compress(b"x" * (LIMIT + 1)), LIMIT) is None
