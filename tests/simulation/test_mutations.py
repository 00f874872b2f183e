"""Each safeguard of the product, taken away: a town must notice, first of all the one that is known to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.mutations import all_mutations, caught_by
from tests.simulation.world import a_folder

pytestmark = [pytest.mark.allowed_logs(".*"), pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder / "template.sqlite3"


@pytest.mark.parametrize("name", all_mutations())
def test_a_town_notices(name: str, template: Path) -> None:
    caught = caught_by(name, template=template)
    assert caught is not None, f"no town of 200 shop days notices that {all_mutations()[name].what}"
    print(f"{name}: {caught.played.broken} after {caught.shop_days:g} shop days, {caught.town.command()}")
