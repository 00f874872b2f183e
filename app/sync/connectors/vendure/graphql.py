"""Owns the transport of Vendure's Admin API: one POST, the session or API key, and what its errors mean. Never knows
an order, never retries a write, never logs.

An answer of HTTP 200 may be an error: `errors` beside `data`, or, for the caller to look at, a union member of `data`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from app.domain.clock_skew import ClockReading
from app.sync.connectors.declined import Declined
from app.sync.transport import Answer, Transport
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, TokenUnknown, Unavailable

_SESSION_HEADER = "vendure-auth-token"
_BEGINS_JSON = b"{"
_PASSING = {407: "no_network", 408: "timeout", 425: "server_error", 429: "rate_limited", 511: "no_network"}
_NO_SESSION = frozenset({"FORBIDDEN", "UNAUTHORIZED"})
_SHUT_OUT = frozenset({"CHANNEL_NOT_FOUND"})
_OTHER_API = frozenset({"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"})
_LOGIN = """mutation ComptoirLogin($username:String!,$password:String!){
 login(username:$username,password:$password,rememberMe:true){__typename
  ... on CurrentUser{channels{code token permissions}} ... on ErrorResult{errorCode message}}}"""

_Data = TypeVar("_Data")


class _Extensions(msgspec.Struct):
    code: str = ""


class _Error(msgspec.Struct):
    message: str = ""
    extensions: _Extensions = msgspec.field(default_factory=_Extensions)


class _Envelope(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[_Error] = []


class OwnChannel(msgspec.Struct, frozen=True):
    """A channel that this user may do something in."""

    code: str
    token: str = ""
    permissions: tuple[str, ...] = ()


class _Login(msgspec.Struct):
    typename: str = msgspec.field(name="__typename")
    channels: tuple[OwnChannel, ...] = ()
    error_code: str = msgspec.field(name="errorCode", default="")


class _LoginAnswer(msgspec.Struct):
    login: _Login


class AdminApi:
    """Asks one channel of one Vendure. Safe from several threads."""

    def __init__(
        self,
        transport: Transport,
        address: str,
        channel_token: str,
        credentials: Callable[[], Mapping[str, str]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Args: address: the server's, without `/admin-api`; channel_token: "" to log in only; credentials: `user` and
        `password`, or `api_key`, which makes each request a quarter of a second slower there."""
        self._transport = transport
        self._address = address + "/admin-api"
        self._channel_token = channel_token
        self._credentials = credentials
        self._now = now
        self._session_lock = threading.Lock()
        self._session = ""
        self._channels: tuple[OwnChannel, ...] = ()
        self.clock_reading: ClockReading | None = None

    def ask(self, operation: str, variables: Mapping[str, Any], kind: type[_Data]) -> _Data:
        """The data of one answer.

        Args:
            operation: a GraphQL document whose one operation has a name.

        Raises:
            Declined: Vendure's own refusal of what was asked.
            MarketplaceUnreachable: there was no answer: what was asked may have been done.
            MarketplaceRefused: the door is shut: `revoked`, `not_paired`; `gone`: it speaks another API.
        """
        try:
            envelope = self._ask_as_ourselves(operation, variables)
        except _NoSession as refusal:
            raise MarketplaceRefused("revoked", str(refusal)) from None
        return _decoded(envelope.data, kind)

    def own_channels(self) -> tuple[OwnChannel, ...]:
        """Begin a session; what its user may do. Nothing is told of an API key.

        Raises:
            TokenUnknown: there is no such user, or not with that password.
        """
        credentials = self._credentials()
        if not credentials.get("api_key"):
            try:
                self._log_in(self._session, credentials)
            except _NoSession as refusal:
                raise MarketplaceRefused("revoked", str(refusal)) from None
        return self._channels

    def close(self) -> None:
        self._transport.close()

    def _ask_as_ourselves(self, operation: str, variables: Mapping[str, Any]) -> _Envelope:
        credentials = self._credentials()
        if credentials.get("api_key"):
            return self._post(operation, variables, {"vendure-api-key": credentials["api_key"]})
        session = self._session or self._log_in("", credentials)
        try:
            return self._post(operation, variables, _bearer(session))
        except _NoSession:  # it ran out, or was ended: nothing was done
            return self._post(operation, variables, _bearer(self._log_in(session, credentials)))

    def _log_in(self, worn_out: str, credentials: Mapping[str, str]) -> str:
        """A session that is not the worn out one: another thread may have begun it meanwhile."""
        with self._session_lock:
            if self._session != worn_out:
                return self._session
            variables = {"username": credentials.get("user", ""), "password": credentials.get("password", "")}
            answer = self._exchange(_LOGIN, variables, {})
            login = _decoded(_envelope(answer).data, _LoginAnswer).login
            token = answer.headers.get(_SESSION_HEADER, "")
            if login.typename != "CurrentUser" or not token.isascii():
                raise TokenUnknown("revoked", login.error_code)
            if not token:
                raise MarketplaceRefused("gone", "no bearer sessions")
            self._session, self._channels = token, login.channels
            return token

    def _post(self, operation: str, variables: Mapping[str, Any], headers: Mapping[str, str]) -> _Envelope:
        return _envelope(self._exchange(operation, variables, headers))

    def _exchange(self, operation: str, variables: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        body = {"operationName": _name_of(operation), "query": operation, "variables": variables}
        sent_at = self._now()
        answer = self._transport.ask(
            "POST",
            self._address,
            msgspec.json.encode(body),
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "Content-Type": "application/json",
                **({"vendure-token": self._channel_token} if self._channel_token else {}),
                **headers,
            },
        )
        self._read_clock(sent_at, answer)
        return answer

    def _read_clock(self, sent_at: datetime, answer: Answer) -> None:
        with contextlib.suppress(ValueError, TypeError):  # none, or not one
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
            self.clock_reading = ClockReading(told.astimezone(UTC), sent_at, self._now())


class _NoSession(Exception):
    """Who asks is not known, or may not."""


def _bearer(session: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {session}"}


def _name_of(operation: str) -> str:
    return operation.split("(", 1)[0].split("{", 1)[0].split()[1]


def _envelope(answer: Answer) -> _Envelope:
    """The answer, if it is Vendure's and no error."""
    if answer.status in _PASSING or answer.status >= 500:
        reason = _PASSING.get(answer.status, "server_error")
        raise MarketplaceUnreachable(reason, f"HTTP {answer.status}", answer.pause_s)
    if not answer.body.lstrip().startswith(_BEGINS_JSON):  # a hotel's log-in page, a firewall
        raise MarketplaceUnreachable("not_understood", f"HTTP {answer.status}, not from a Vendure")
    try:
        envelope = msgspec.json.decode(answer.body, type=_Envelope)
    except msgspec.MsgspecError:
        raise MarketplaceUnreachable("not_understood", f"HTTP {answer.status}") from None
    if envelope.errors:
        raise _meant(envelope.errors[0])
    if not 200 <= answer.status < 300:
        raise MarketplaceUnreachable("not_understood", f"HTTP {answer.status}")
    return envelope


def _meant(error: _Error) -> _NoSession | Declined | Unavailable:
    code = error.extensions.code
    if code in _NO_SESSION:
        return _NoSession(code)
    if code in _SHUT_OUT:
        return MarketplaceRefused("revoked", code)
    if code in _OTHER_API:
        return MarketplaceRefused("gone", code)
    if not code or code == "INTERNAL_SERVER_ERROR":
        return MarketplaceUnreachable("server_error", code)
    return Declined(code, error.message)


def _decoded(raw: msgspec.Raw, kind: type[_Data]) -> _Data:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise MarketplaceUnreachable("not_understood", str(error)[:200]) from None
