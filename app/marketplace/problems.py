"""Owns how an error is told: problem details (RFC 9457) to programs, and which ones a route may answer.

What was sent is never echoed: it may hold a customer's name or a secret (I10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from app.marketplace.words import language_of, sentence

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 20
_REASONS = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    422: "wrong_shape",
    500: "broken",
    503: "busy",
}


class ProblemRaised(Exception):
    """An expected refusal of a whole request. `reason` is a key of `words` and the end of the problem's type."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})


def problem_response(
    status: int,
    reason: str,
    language: str,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": f"/problems/{reason}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence(reason, language),
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def language_asked(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))


async def on_problem(request: Request, error: Exception) -> JSONResponse:
    """Any exception that reached the edge of the API, as a problem."""
    language = language_asked(request)
    if isinstance(error, ProblemRaised):
        return problem_response(error.status, error.reason, language, error.headers)
    if isinstance(error, RequestValidationError):
        return problem_response(422, "wrong_shape", language, errors=_errors(error))
    if isinstance(error, HTTPException):
        status = error.status_code
        return problem_response(status, _REASONS.get(status, "bad_request"), language, error.headers)
    return problem_response(500, "broken", language)


async def on_busy(request: Request, _error: Exception) -> JSONResponse:
    return problem_response(503, "busy", language_asked(request), {"Retry-After": "1"})


def _errors(error: RequestValidationError) -> list[dict[str, str]]:
    return [
        {"where": ".".join(str(part)[:40] for part in one["loc"])[:200], "what": str(one["msg"])[:200]}
        for one in error.errors()[:_MOST_ERRORS]
    ]


def may_answer(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these problems, for its OpenAPI description."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }
