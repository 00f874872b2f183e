"""Owns putting the server together: routes, layers, error handlers, and the description published as OpenAPI."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from app.marketplace import admin, api, leases_api, reconciliation_api, records_api, relay_api, tokens_api
from app.marketplace.api import Core, WrongCodes
from app.marketplace.changes import Bell
from app.marketplace.edge import BodyLimit, DiscreetLog
from app.marketplace.faults import Connections, Faults, FaultSwitch
from app.marketplace.lookout import Lookout
from app.marketplace.problems import ProblemRaised, on_busy, on_problem
from app.marketplace.schemas import Problem
from app.marketplace.shopfront import code_page, pages, pairing_page
from app.marketplace.store import DatabaseBusy, Store, UnknownShop

API_VERSION = "1.0.0"
_SMALLEST_GZIPPED = 500
_GZIP_LEVEL = 5  # half the time of 9 for 3 % more bytes on pages of orders


def build_application(
    store: Store,
    bell: Bell,
    *,
    chance: Callable[[], float],
    connections: Connections | None = None,
    admin_token: str | None = None,
) -> FastAPI:
    """The server as an ASGI application.

    Args:
        chance: for the fault switch, a number from 0 to below 1.
        connections: the open connections, for faults that close them.
        admin_token: opens `/admin`; None: there is neither administration nor fault switch.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        bell.open(asyncio.get_running_loop())
        store.on_commit(bell.ring)
        looking = asyncio.create_task(Lookout(store, bell).keep_looking())
        yield
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking

    app = FastAPI(title="Comptoir marketplace", version=API_VERSION, lifespan=lifespan, redoc_url=None)
    app.state.core = Core(store, bell, WrongCodes())
    app.include_router(api.router)
    app.include_router(leases_api.router)
    app.include_router(records_api.router)
    app.include_router(relay_api.router)
    app.include_router(reconciliation_api.router)
    app.include_router(tokens_api.router)
    # innermost first: what a fault does is zipped and logged like any other answer
    app.add_middleware(BodyLimit)
    if admin_token is not None:
        app.state.admin_token = admin_token
        app.state.fault_switch = FaultSwitch(chance)
        app.include_router(admin.router)
        app.add_middleware(Faults, switch=app.state.fault_switch, connections=connections or Connections())
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_GZIPPED, compresslevel=_GZIP_LEVEL)
    app.add_middleware(DiscreetLog)
    pages.add_to(app)
    code_page.add_to(app)
    pairing_page.add_to(app)
    for kind in (ProblemRaised, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _on_error)
    app.add_exception_handler(UnknownShop, _on_error)
    app.add_exception_handler(DatabaseBusy, _on_error)
    _describe_problems(app)
    return app


async def _on_error(request: Request, error: Exception) -> Response:
    if isinstance(error, UnknownShop):
        error = ProblemRaised(404, "not_found")
    if pages.is_for_people(request):
        return pages.error_page(request, error)
    return await on_busy(request, error) if isinstance(error, DatabaseBusy) else await on_problem(request, error)


def _describe_problems(app: FastAPI) -> None:
    """Have the description name the shape of problems, which no route returns as its own answer."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        problem = Problem.model_json_schema()
        schema.setdefault("components", {}).setdefault("schemas", {}).setdefault("Problem", problem)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend its description
