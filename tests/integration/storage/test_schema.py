"""The migrations lead to the tables of the code, and an open costs no alembic."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.domain.catalogue import LineNature, Product, Unit
from app.domain.merchant import Merchant
from app.domain.money import Money
from app.storage.engine import APPLICATION_ID, writer_engine
from app.storage.migrate import REVISIONS, SCRIPTS, bring_up_to_date
from app.storage.migrations.versions import r0001_first
from app.storage.store import Store, open_store
from app.usecases.ports import StoreUnavailable
from tests.fakes.samples import COFFEE
from tests.fakes.surroundings import NOON, HandSetClock

A_NEXT_STEP = """
from alembic import op
revision = "next"
down_revision = "{newest}"
def upgrade():
    op.execute("ALTER TABLE product ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
    {then}
"""


def schema_of(path: Path) -> dict[str, object]:
    """Everything the database is made of: tables with columns and keys, indexes, full-text tables."""
    connection = sqlite3.connect(path)
    try:
        made = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        columns = {
            name: (
                connection.execute(f"PRAGMA table_xinfo('{name}')").fetchall(),
                sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list('{name}')")),
            )
            for kind, name, _ in made
            if kind == "table"
        }
        return {"made": [(kind, name, " ".join((sql or "").split())) for kind, name, sql in made], "columns": columns}
    finally:
        connection.close()


def an_empty_database_at(path: Path) -> None:
    """As before the first revision: ours, with nothing in it."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.commit()
    connection.close()


def test_migrated_equals_the_tables_of_the_code(store: Store, database: Path, tmp_path: Path) -> None:
    from alembic import command

    migrated = tmp_path / "migrated.sqlite3"
    an_empty_database_at(migrated)
    engine = writer_engine(migrated)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    expected, got = schema_of(database), schema_of(migrated)
    normal = [(kind, name, sql.replace("( ", "(").replace(" )", ")")) for kind, name, sql in expected["made"]]  # type: ignore[attr-defined]  # a list of rows
    assert [(kind, name, sql.replace("( ", "(").replace(" )", ")")) for kind, name, sql in got["made"]] == normal  # type: ignore[attr-defined]  # a list of rows
    assert got["columns"] == expected["columns"]


def test_the_code_knows_every_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS


def test_opening_an_up_to_date_database_does_not_import_alembic(store: Store, database: Path) -> None:
    store.close()
    code = (
        "import sys; from pathlib import Path; from app.storage.store import open_store;"
        "from app.surroundings import SystemClock;"
        "store = open_store(Path(sys.argv[1]), clock=SystemClock()); store.queries.identity(); store.close();"
        "store = open_store(Path(sys.argv[1] + '-new'), clock=SystemClock()); store.close();"
        "print('alembic' in sys.modules, 'sqlalchemy.orm' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(database)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_a_newer_database_is_refused_and_left_alone(store: Store, database: Path, clock: HandSetClock) -> None:
    store.close()
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = schema_of(database)
    for read_only in (False, True):
        with pytest.raises(StoreUnavailable) as refused:
            open_store(database, clock=clock, read_only=read_only)
        assert refused.value.reason == "newer_version"
    assert schema_of(database) == before


def test_another_programs_database_is_refused(tmp_path: Path, clock: HandSetClock) -> None:
    path = tmp_path / "holidays.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE photo (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreUnavailable) as refused:
        open_store(path, clock=clock)
    assert refused.value.reason == "damaged"


def test_articles_of_the_first_release_keep_codes_and_search_and_get_a_nature(tmp_path: Path) -> None:
    """From revision 0002, with goods, a code and a service in it, to today's."""
    from alembic import command

    path = tmp_path / "older.sqlite3"
    an_empty_database_at(path)
    engine = writer_engine(path)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for row_id, name, unit in ((1, "cafe", "piece"), (2, "ourlet", "hour")):
            connection.exec_driver_sql(
                "INSERT INTO product VALUES (?, ?, ?, 499, 550, ?, '[]', '', 1, '', 0, 1, 0, 1, 0, ?, 3)",
                (row_id, f"p-{name}", name, unit, name),
            )
            connection.exec_driver_sql("INSERT INTO product_words (rowid, folded) VALUES (?, ?)", (row_id, name))
        connection.exec_driver_sql("INSERT INTO product_code VALUES ('3017620422003', 1, 0)")
    engine.dispose()
    store = open_store(path, clock=HandSetClock())
    try:
        with store.unit_of_work() as uow:
            coffee, hemming = uow.catalogue.by_code("3017620422003"), uow.catalogue.get("p-ourlet")
        assert coffee == Product("p-cafe", "cafe", Money(499), 550)
        assert hemming == Product("p-ourlet", "ourlet", Money(499), 550, Unit.HOUR, nature=LineNature.SERVICE)
        assert [row.product for row in store.queries.search_products("caf")] == [coffee]
        assert store.queries.merchant() == Merchant()
    finally:
        store.close()


def scripts_with_a_next_step(folder: Path, then: str = "") -> Path:
    import shutil

    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "r_next.py").write_text(
        A_NEXT_STEP.format(newest=REVISIONS[-1], then=then), encoding="utf-8"
    )
    return scripts


@pytest.fixture
def older(store: Store, database: Path) -> Path:
    """A database of this release, with goods, a fact to tell and a cursor: older than the release of the test."""
    with store.unit_of_work() as uow:
        uow.catalogue.save_all([COFFEE])
        uow.pulled.set_cursor("17")
        uow.outbox.next_seq()
        uow.commit()
    store.close()
    return database


def test_an_older_database_is_copied_and_then_migrated(older: Path, tmp_path: Path) -> None:
    scripts = scripts_with_a_next_step(tmp_path)
    copy = bring_up_to_date(writer_engine(older), older, NOON, revisions=(*REVISIONS, "next"), scripts=scripts)
    assert copy is not None
    connection, before = sqlite3.connect(older), sqlite3.connect(copy)
    try:
        assert connection.execute("SELECT name, colour FROM product").fetchall() == [(COFFEE.name, "")]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("next",)
        assert connection.execute("SELECT count(*) FROM pulled_state").fetchone() == (0,)  # pull everything anew
        assert connection.execute("SELECT value FROM counter WHERE name = 'fact'").fetchone() == (1,)
        assert before.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[-1],)
        assert before.execute("SELECT name FROM product").fetchall() == [(COFFEE.name,)]
    finally:
        connection.close()
        before.close()


def test_a_step_that_fails_changes_nothing(older: Path, tmp_path: Path, clock: HandSetClock) -> None:
    scripts = scripts_with_a_next_step(tmp_path, then="raise RuntimeError('half way')")
    before = schema_of(older)
    with pytest.raises(RuntimeError, match="half way"):
        bring_up_to_date(writer_engine(older), older, NOON, revisions=(*REVISIONS, "next"), scripts=scripts)
    assert schema_of(older) == before
    again = open_store(older, clock=clock)
    assert again.queries.product("p-coffee") is not None
    again.close()


def test_a_database_of_the_first_release_keeps_its_disagreements(tmp_path: Path, clock: HandSetClock) -> None:
    path = tmp_path / "first.sqlite3"
    an_empty_database_at(path)
    connection = sqlite3.connect(path)
    for statement in r0001_first.STATEMENTS:
        connection.execute(statement)
    connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    row = ("fact-1", "conflict", "2026-11-21T12:00:00.000000Z", "o-1", "déjà remise", "{}", "look_at_it", None)
    connection.execute("INSERT INTO exception VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
    store = open_store(path, clock=clock)
    [kept] = store.queries.exceptions()
    assert (kept.exception_id, kept.message, kept.settled_at, kept.settled_by) == ("fact-1", "déjà remise", None, "")
    store.close()
