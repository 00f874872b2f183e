"""Owns how alembic runs here: on the connection and in the transaction of `storage.migrate`, and in no other way."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
