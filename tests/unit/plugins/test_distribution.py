"""Which tests share a worker."""

from __future__ import annotations

from tests.plugins.distribution import worker_of


def test_a_file_stays_together() -> None:
    assert worker_of("tests/unit/a.py::test_one") == worker_of("tests/unit/a.py::Tests::test_two[x::y]")
    assert worker_of("tests/unit/a.py::test_one") != worker_of("tests/unit/b.py::test_one")


def test_the_real_servers_start_on_one_worker() -> None:
    assert worker_of("tests/real_servers/test_a.py::test_one") == worker_of("tests/real_servers/x/test_b.py::test_two")
