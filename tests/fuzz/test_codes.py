"""A share of `make fuzz`: other texts each day would be another test, so the seeds are fixed."""

from __future__ import annotations

import pytest

from tests.fuzz.codes import fuzz


@pytest.mark.parametrize("seed", [1, 2026])
def test_no_broken_code_is_taken_for_something(seed: int) -> None:
    done = fuzz(10_000, seed)
    assert done.wrong == []
    assert done.ends["order"] > 100
    assert done.ends["article"] > 500
    assert done.one_changed > 1000
