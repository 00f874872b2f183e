"""What a lane lives with: questions that a WooCommerce declines, or answers senselessly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
from requests.adapters import BaseAdapter

from app.sync.connectors.offer import Opening, Surroundings
from app.sync.connectors.woocommerce.connect import open_connection
from app.sync.lane_steps import Connection
from app.usecases.ports import MarketplaceUnreachable
from tests.connectors.kit.wire import answer_made_up
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.surroundings import MemorySecrets


class Declining(BaseAdapter):
    """Declines whatever is asked, as a plug-in of the site's may."""

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        told = {"code": "rest_invalid_param", "message": "Invalid parameter(s): orderby", "data": {"status": 400}}
        return answer_made_up(request, 400, [("Content-Type", "application/json")], json.dumps(told).encode())

    def close(self) -> None:
        pass


def _linked() -> Connection:
    store = MemoryStore(replace(A_TILL, shop_id="woocommerce:boutique.example"))
    return open_connection(
        Opening(
            address="https://boutique.example",
            credentials=lambda: {"consumer_key": "ck", "consumer_secret": "cs"},
            options={"pickup_methods": "local_pickup"},
            only_till=lambda: True,
            till=store.tables.identity,
            books=store.connector_books,
            pickup_keys=MemorySecrets(),
            surroundings=Surroundings(adapter=Declining()),
        )
    )


@pytest.mark.parametrize(
    "question",
    [
        lambda site: site.changes("", 100, 0.0),
        lambda site: site.status(),
        lambda site: site.fetch("order", "woo:1"),
    ],
)
def test_a_question_that_is_declined_is_asked_again_later(question: Callable[[Connection], object]) -> None:
    """A lane that it went through would never be seen again."""
    with pytest.raises(MarketplaceUnreachable) as failure:
        question(_linked())
    assert failure.value.reason == "server_error"
