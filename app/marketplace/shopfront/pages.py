"""Owns the pages customers see. Never decides about stock, prices or codes."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, Response


def add_to(app: FastAPI) -> None:
    """Mount the pages."""


def is_for_people(_request: Request) -> bool:
    """Whether an error must be told on a page."""
    return False


def error_page(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("")
