"""Towns that must hold: fixed seeds of what was found before, and a share of fresh ones, whose seeds are printed."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.__main__ import told, varied
from tests.simulation.world import TownToPlay, a_folder, play

SHARE_S = float(os.environ.get("SIMULATE_SHARE_S", "5"))
"""Seconds of fresh seeds; `.ci/run` asks for more."""

pytestmark = pytest.mark.allowed_logs(".*")

REGRESSIONS = (
    TownToPlay(1, 4),
    TownToPlay(2, 4, tills=3),
    TownToPlay(5, 3, tills=1),
    TownToPlay(36, 5, scenario="set back"),
    TownToPlay(16, 3, scenario="set back"),  # an edit that was forgotten: the line that left is not known there
    TownToPlay(72, 3, scenario="wild clocks"),
    TownToPlay(17, 3),  # a log-in page was taken for the answer to a release: nobody could have the lease any more
    TownToPlay(700, 3, tills=3, scenario="older copies"),
    TownToPlay(600, 2, scenario="short leases"),
    TownToPlay(601, 2, tills=3, scenario="to and fro"),
    TownToPlay(1_300_003_039, 7),  # a stick brings what its till lost, hours after the till compared: named once then
    TownToPlay(1_400_004_007, 1, scenario="hands"),  # the server dies while what hands have bent is being mended
)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder / "template.sqlite3"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("town", REGRESSIONS, ids=lambda town: f"{town.seed}-{town.scenario}")
def test_a_town_holds(town: TownToPlay, template: Path) -> None:
    played = play(town, template=template)
    assert played.broken is None, told(town, played)


@pytest.mark.timeout(600)
def test_a_seed_has_one_trace(template: Path) -> None:
    town = TownToPlay(4, 2)
    first, second = play(town, template=template), play(town, template=template)
    assert (first.digest, first.events) == (second.digest, second.events)
    assert first.digest != play(TownToPlay(5, 2), template=template).digest


@pytest.mark.timeout(600)
def test_a_seed_has_one_trace_in_every_process() -> None:
    """Whatever order Python gives to sets."""
    assert _trace_of_a_process("1") == _trace_of_a_process("2")


def _trace_of_a_process(hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "4", "--days", "2", "--trace"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=500)
    return done.stdout.rsplit(";", 1)[0]  # then the speed


@pytest.mark.timeout(SHARE_S + 900)
def test_fresh_towns_hold(template: Path) -> None:
    until = time.monotonic() + SHARE_S
    seed = secrets.randbelow(10**9)
    shop_days, towns = 0.0, 0
    while towns == 0 or time.monotonic() < until:
        town = TownToPlay(seed, 7 if SHARE_S > 60 else 3, tills=2 + seed % 2)
        town = varied(town) if towns % 3 == 2 else town
        print(f"simulated town: {town.command()}")
        played = play(town, template=template)
        assert played.broken is None, told(town, played)
        shop_days, towns, seed = shop_days + played.shop_days, towns + 1, seed + 1
    print(f"{shop_days:g} shop days of {towns} towns held")
