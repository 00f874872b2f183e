"""Owns the published description of the API: `python -m app.marketplace.description > docs/openapi.json`."""

from __future__ import annotations

import json

from app.marketplace.application import build_application
from app.marketplace.changes import Bell
from app.marketplace.store import open_store


def published() -> str:
    """The OpenAPI description, the administration included, as it stands in docs/openapi.json."""
    store = open_store("sqlite://")
    try:
        app = build_application(store, Bell(), chance=lambda: 0.0, admin_token="")
        return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"
    finally:
        store.close()


if __name__ == "__main__":
    print(published(), end="")
