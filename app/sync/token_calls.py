"""Owns the calls by which a till becomes and stays known, and their JSON. Never stores nor logs a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Protocol

import msgspec

from app.sync.wire import write_json
from app.usecases.ports import MarketplaceUnreachable


class _NewToken(msgspec.Struct, kw_only=True, gc=False):
    device_token: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[!-~]+\Z")]


_NEW_TOKEN = msgspec.json.Decoder(_NewToken)
_UNREADABLE = (msgspec.MsgspecError, RecursionError, OverflowError, ValueError)


class _Client(Protocol):
    """What these calls need of the client."""

    def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes: ...


class TokenCalls:
    """The part of `client.HttpMarketplace` that renews the token."""

    def renew_token(self: _Client) -> str:
        """Raises MarketplaceUnreachable (`not_understood`), which quotes no secret, beside the client's failures."""
        return read_new_token(self.ask("POST", "/token", body=b"{}"))


def read_new_token(body: bytes) -> str:
    try:
        return _NEW_TOKEN.decode(body).device_token
    except _UNREADABLE:
        raise MarketplaceUnreachable("not_understood", "no token") from None


def write_pairing(code: str, till_name: str, previous_token: str) -> bytes:
    asked = {"code": code, "till_name": till_name}
    return write_json({**asked, "previous_token": previous_token} if previous_token else asked)
