"""Owns asking Vendure's two APIs from the tests: as the site's administrator, a seller's clerk or a web customer.

The standard library alone, none of the program's own code: what it sees, it sees for itself.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

_TIMEOUT_S = 60.0


class GraphqlRefused(Exception):
    """Vendure answered with `errors`, under whatever HTTP status."""

    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        self.status = status
        self.code = str(errors[0].get("extensions", {}).get("code", ""))
        super().__init__(f"HTTP {status} {self.code}: {errors[0].get('message')}")


class ErrorResult(Exception):
    """Vendure answered with a refusal that its schema names."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.kind = str(result.get("__typename"))
        self.code = str(result.get("errorCode", ""))
        super().__init__(f"{self.kind} {self.code}: {result.get('message') or result.get('transitionError')}")


class Graphql:
    """One API, one channel, one identity.

    Args:
        base_url: asked anew each time: after a restart the server is elsewhere.
        api: `admin-api` or `shop-api`.
    """

    def __init__(
        self, base_url: Callable[[], str], api: str, *, channel: str = "", token: str = "", api_key: str = ""
    ) -> None:
        self._base_url = base_url
        self._api = api
        self._channel = channel
        self._api_key = api_key
        self.token = token

    def __call__(self, query: str, /, **variables: Any) -> Any:
        """The answer's `data`. Raises GraphqlRefused, OSError."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self._base_url()}/{self._api}", body, self._headers())  # noqa: S310  # loopback
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # loopback
                status, headers, raw = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, headers, raw = error.code, error.headers, error.read()
        self.token = headers.get("vendure-auth-token") or self.token
        said = json.loads(raw)
        if said.get("errors"):
            raise GraphqlRefused(status, said["errors"])
        return said["data"]

    def act(self, query: str, /, **variables: Any) -> Any:
        """The one result of a mutation. Raises ErrorResult too."""
        (result,) = self(query, **variables).values()
        if isinstance(result, dict) and ("errorCode" in result or "transitionError" in result):
            raise ErrorResult(result)
        return result

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._channel:
            headers["vendure-token"] = self._channel
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self._api_key:
            headers["vendure-api-key"] = self._api_key
        return headers


LOGIN = (
    "mutation($user:String!,$password:String!){login(username:$user,password:$password){"
    "__typename ... on CurrentUser{id} ... on ErrorResult{errorCode message}}}"
)


def log_in(base_url: Callable[[], str], user: str, password: str, channel: str = "") -> Graphql:
    """An administrator's session on the Admin API. Raises ErrorResult on a wrong password."""
    session = Graphql(base_url, "admin-api", channel=channel)
    session.act(LOGIN, user=user, password=password)
    return session


def superadmin(base_url: Callable[[], str], channel: str = "") -> Graphql:
    return log_in(base_url, "superadmin", "superadmin", channel)
