"""Owns the running of statements on one connection. Never decides what they say, nor when a transaction begins or ends.

Statements are written in SQLAlchemy Core, once, as constants; they are compiled once per store and then handed to the
driver as they are. Core's own execution costs ten times the driver's on rows as small as ours, and a sale runs fifteen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Dialect, Executable, bindparam, literal
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from app.domain.errors import BrokenInvariant
from app.storage.engine import named_failure

Row = tuple[Any, ...]
Parameters = Mapping[str, Any]
Statement = Executable
StatementOfSize = Callable[[int], Statement]
"""Makes a statement on n keys (see `key_binds`)."""

MOST_KEYS = 512


class Prepared:
    """A statement as the driver takes it: its text, and its values in their places (given by name, the driver would
    look each of them up anew for every row).

    Attributes:
        sql: the text, a `?` for each value.
        names: whose value goes where.
    """

    def __init__(self, compiled: SQLCompiler) -> None:
        self.sql = str(compiled)
        self.names: Sequence[str] = compiled.positiontup or ()
        self._written_in = _written_in(compiled)
        self._in_places = _picker(self.names)

    def places(self, values: Parameters) -> Row:
        """The values in their places, those written into the statement among them."""
        return self._in_places({**values, **self._written_in} if self._written_in else values)


def _written_in(compiled: SQLCompiler) -> dict[str, Any]:
    """The values that are part of the statement, NULL among them; what each run brings is not."""
    return {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}


def _picker(names: Sequence[str]) -> Callable[[Parameters], Row]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Compiler:
    """Remembers the SQL of each statement."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.failure: type[Exception] = dialect.loaded_dbapi.Error
        self._prepared: dict[int, tuple[Statement, Prepared]] = {}
        self._sized: dict[tuple[StatementOfSize, int], Statement] = {}

    def prepared(self, statement: Statement) -> Prepared:
        """The statement, compiled when it is met first."""
        known = self._prepared.get(id(statement))
        if known is None:
            if not isinstance(statement, ClauseElement):
                raise BrokenInvariant(f"{statement!r} cannot be compiled")
            compiled = statement.compile(dialect=self._dialect)
            if not isinstance(compiled, SQLCompiler):
                raise BrokenInvariant(f"{statement!r} takes no parameters")
            known = self._prepared[id(statement)] = (statement, Prepared(compiled))  # kept, so its id stays its own
        return known[1]

    def sized(self, make: StatementOfSize, size: int) -> Statement:
        """The statement for an IN list of `size` keys."""
        statement = self._sized.get((make, size))
        if statement is None:
            statement = self._sized[make, size] = make(size)
        return statement


class Session:
    """A connection in a transaction. After `close` it refuses everything: rows never leave their unit of work."""

    def __init__(self, connection: Any, compiler: Compiler) -> None:
        self._connection = connection
        self._compiler = compiler
        self._open = True

    def close(self) -> None:
        self._open = False

    def rows(self, statement: Statement, **parameters: Any) -> list[Row]:
        prepared = self._compiler.prepared(statement)
        self._check_open()
        try:
            cursor = self._connection.execute(prepared.sql, prepared.places(parameters))
            found: list[Row] = cursor.fetchall()
            cursor.close()
        except self._compiler.failure as error:
            if (named := named_failure(error)) is not None:
                raise named from error
            raise
        return found

    def one(self, statement: Statement, **parameters: Any) -> Row | None:
        """The first row, None if there is none."""
        found = self.rows(statement, **parameters)
        return found[0] if found else None

    def value(self, statement: Statement, **parameters: Any) -> Any:
        """The first column of the only row. Raises BrokenInvariant if there is no row."""
        found = self.one(statement, **parameters)
        if found is None:
            raise BrokenInvariant("a statement that always has a row had none")
        return found[0]

    def run(self, statement: Statement, **parameters: Any) -> int:
        """How many rows it touched."""
        prepared = self._compiler.prepared(statement)
        self._check_open()
        try:
            cursor = self._connection.execute(prepared.sql, prepared.places(parameters))
            touched = int(cursor.rowcount)
            cursor.close()
        except self._compiler.failure as error:
            if (named := named_failure(error)) is not None:
                raise named from error
            raise
        return touched

    def run_many(self, statement: Statement, parameters: Sequence[Parameters]) -> None:
        """The same statement for each of the parameters; nothing for none."""
        if not parameters:
            return
        prepared = self._compiler.prepared(statement)
        self._check_open()
        try:
            self._connection.executemany(prepared.sql, [prepared.places(values) for values in parameters]).close()
        except self._compiler.failure as error:
            if (named := named_failure(error)) is not None:
                raise named from error
            raise

    def rows_for(self, make: StatementOfSize, keys: Iterable[Any], **parameters: Any) -> list[Row]:
        """The rows of a statement with an IN list, for any number of keys."""
        found: list[Row] = []
        for named in _in_parts(keys):
            found += self.rows(self._compiler.sized(make, len(named)), **named, **parameters)
        return found

    def run_for(self, make: StatementOfSize, keys: Sequence[Any]) -> None:
        """A statement with an IN list, for any number of keys."""
        for named in _in_parts(keys):
            self.run(self._compiler.sized(make, len(named)), **named)

    def sized(self, make: StatementOfSize, size: int) -> Statement:
        """The statement for `size` keys, made once."""
        return self._compiler.sized(make, size)

    def execute_text(self, sql: str) -> None:
        """A statement that Core has no word for (BEGIN, COMMIT, a pragma)."""
        self._check_open()
        try:
            self._connection.execute(sql).close()
        except self._compiler.failure as error:
            if (named := named_failure(error)) is not None:
                raise named from error
            raise

    def _check_open(self) -> None:
        if not self._open:
            raise BrokenInvariant("the unit of work is over: nothing is read or written through it any more")


def values_of(fixed: Sequence[str]) -> list[BindParameter[str]]:
    """The right side of an IN that never changes (Core would write a plain list into the SQL only when it runs it)."""
    return [literal(value) for value in fixed]


def key_binds(size: int) -> list[BindParameter[Any]]:
    """The keys of a statement of that size."""
    return [bindparam(f"key_{index}") for index in range(size)]


def named_keys(keys: Sequence[Any]) -> dict[str, Any]:
    """The keys' values, as parameters."""
    return {f"key_{index}": key for index, key in enumerate(keys)}


def _in_parts(keys: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Distinct keys in parts of few sizes (the last key fills a part up), so that few statements are compiled."""
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), MOST_KEYS):
        part = wanted[start : start + MOST_KEYS]
        size = 1 << (len(part) - 1).bit_length()
        yield named_keys(part + [part[-1]] * (size - len(part)))
