"""Each safeguard of the product, taken away: a town must notice. A share of them each time, all of them with
`SIMULATE_SHARE_S` of 60 and more."""

from __future__ import annotations

import os

import pytest

from tests.simulation.mutations import MUTATIONS, caught_by

SHARE_S = float(os.environ.get("SIMULATE_SHARE_S", "5"))
QUICK = ("no_idempotency_check",)
"""Those that are tried on every run."""

pytestmark = [pytest.mark.allowed_logs(".*"), pytest.mark.timeout(1800)]


@pytest.mark.parametrize("name", sorted(MUTATIONS) if SHARE_S >= 60 else QUICK)
def test_a_town_notices(name: str) -> None:
    caught = caught_by(name, first_seed=11)
    assert caught is not None, f"no town of 200 shop days notices that {MUTATIONS[name].what}"
    town, played = caught
    print(f"{name}: {played.broken} after {town.command()}")
