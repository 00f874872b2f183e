"""The published description is true: it is current, and the running server keeps to it whatever is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from app.marketplace.description import published
from tests.integration.marketplace.world import TIMEOUT_S, AShop, Till

DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.json"
EXAMPLES = 20

load_all_checks()
# what a valid request may still meet is the shop's business: an unknown order, a used code, a fact that is refused
_NOT_APPLICABLE = {"positive_data_acceptance", "ensure_resource_availability", "use_after_free"}


def _not_asked_of(case: schemathesis.Case) -> set[str]:
    """A query parameter nobody knows is ignored, as everywhere in HTTP: the request may be right all the same."""
    known = {parameter.name for parameter in case.operation.query}
    return {"negative_data_rejection"} if set(case.query or {}) - known else set()


def _operations_of(schema: Any) -> list[Any]:
    return [found.ok() for found in schema.get_all_operations()]


_schema = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
_operations = {f"{o.method.upper()} {o.path}": o for o in _operations_of(_schema)}


def test_the_description_is_current() -> None:
    assert DESCRIPTION.read_text(encoding="utf-8") == published(), (
        "run: python -m app.marketplace.description > docs/openapi.json"
    )


def test_every_route_is_described() -> None:
    paths = json.loads(published())["paths"]
    assert set(_operations) == {f"{method.upper()} {path}" for path in paths for method in paths[path]}


@pytest.mark.parametrize("operation", sorted(_operations))
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_the_server_keeps_to_it(operation: str, mode: GenerationMode, shop: AShop, till: Till) -> None:
    token = shop.running.admin_token if "/admin" in operation else till.token
    checks: list[Any] = [check for check in CHECKS.get_all() if check.__name__ not in _NOT_APPLICABLE]
    phases = (Phase.explicit, Phase.generate)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=_operations[operation].as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(
            base_url=shop.running.url,
            headers={"Authorization": f"Bearer {token}"},
            checks=[check for check in checks if check.__name__ not in _not_asked_of(case)],
            timeout=TIMEOUT_S,
        )

    send()
