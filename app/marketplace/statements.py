"""Owns how statements run on a connection to the marketplace's database. Never decides what they say, nor when a
transaction begins or ends.

What is asked at each request is written in SQLAlchemy Core as a constant, `fixed`: compiled when it is met first, then
handed to the driver as it is. Making a statement costs twenty times what running it does, and Core's own execution
eight times. Any other statement runs through Core.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, overload

from sqlalchemy import BindParameter, CursorResult, Dialect, Executable, Insert
from sqlalchemy import Connection as CoreConnection
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import SelectBase

Parameters = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class Row(Protocol):
    """A row, whichever way its statement ran: its columns are its attributes."""

    def __getattr__(self, name: str) -> Any: ...

    def __getitem__(self, place: int) -> Any: ...

    def _asdict(self) -> dict[str, Any]: ...


class Fixed:
    """A statement that is a constant. Each value comes by name when it runs; an `expanding` one as a list."""

    def __init__(self, statement: Executable) -> None:
        if not isinstance(statement, ClauseElement):
            raise TypeError(f"{statement!r} cannot be compiled")
        self.statement: ClauseElement = statement
        binds = (part for part in visitors.iterate(statement) if isinstance(part, BindParameter) and part.expanding)
        self.lists = tuple(sorted({bind.key for bind in binds}))
        self.defaults = _defaults(statement)


def fixed(statement: Executable) -> Fixed:
    """Make a constant of a statement."""
    return Fixed(statement)


def _defaults(statement: ClauseElement) -> dict[str, Any]:
    """What Core would add to the values of a new row."""
    if not isinstance(statement, Insert):
        return {}
    columns = [column for column in statement.table.columns if column.default is not None]
    return {column.key: getattr(column.default, "arg", None) for column in columns}


class Found:
    """All that a statement found, and how many rows it touched."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> Sequence[Row]:
        return self._rows

    def first(self) -> Row | None:
        """The first row, None if there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """The only row. Raises LookupError if there is none."""
        if not self._rows:
            raise LookupError("a statement that always has a row had none")
        return self._rows[0]

    def one_or_none(self) -> Row | None:
        """The only row, None if there is none (of what has one row at most, by its key)."""
        return self.first()

    def scalar_one(self) -> Any:
        """The first column of the only row. Raises LookupError if there is none."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, None if there is none."""
        return self._rows[0][0] if self._rows else None

    def scalars(self) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self._rows]


_NOTHING: Sequence[Any] = ()


class _Prepared:
    """A statement as the driver takes it: its text, the values in their places (or by name, as the driver wants them),
    and what makes rows of what it answers."""

    def __init__(self, state: ExpandedState, given: Parameters, columns: Sequence[Any], dialect: Dialect) -> None:
        self.sql = state.statement
        self._places = tuple(state.positiontup) if state.positiontup is not None else None
        self._written_in = {name: value for name, value in state.parameters.items() if name not in given}
        self._make = _maker([column.key for column in columns]) if columns else None
        self._converted = _conversions(columns, dialect)

    def values(self, parameters: Parameters) -> Any:
        """The values as the driver takes them."""
        given = {**self._written_in, **parameters} if self._written_in else parameters
        return given if self._places is None else tuple([given[name] for name in self._places])

    def rows(self, found: Sequence[Any]) -> Sequence[Any]:
        """Rows with names."""
        if self._make is None:
            return found
        if self._converted:
            found = [self._read(row) for row in found]
        return [self._make(row) for row in found]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        read = list(row)
        for place, convert in self._converted:
            read[place] = convert(read[place])
        return read


def _maker(names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    row_type: Any = namedtuple("Found", names, rename=True)  # type: ignore[misc]  # known when it is compiled
    make: Callable[[Iterable[Any]], Any] = row_type._make
    return make


def _conversions(columns: Sequence[Any], dialect: Dialect) -> list[tuple[int, _Convert]]:
    """By place, what is read otherwise than the driver gives it: SQLite's truth values are numbers."""
    converted = []
    for place, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            converted.append((place, convert))
    return converted


class Compiler:
    """Remembers the SQL of each fixed statement, by the names of its values and the lengths of its lists."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.failure = dialect.loaded_dbapi.Error
        self._prepared: dict[tuple[Any, ...], _Prepared] = {}

    def prepared(self, fixed: Fixed, parameters: Parameters) -> tuple[_Prepared, Parameters]:
        """The statement, compiled when it is met first, and its values with each list spread over names of its own."""
        names = tuple(parameters)
        lengths: tuple[int, ...] = ()
        if fixed.lists:
            parameters, lengths = _spread(fixed, parameters)
        known = self._prepared.get((fixed, names, lengths))
        if known is None:
            known = self._prepared[fixed, names, lengths] = self._compiled(fixed, names, lengths, parameters)
        return known, parameters

    def _compiled(self, fixed: Fixed, names: tuple[str, ...], lengths: tuple[int, ...], given: Parameters) -> _Prepared:
        compiled = fixed.statement.compile(dialect=self.dialect, column_keys=list(names))
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{fixed.statement!r} takes no parameters")
        lists = {name: [None] * length for name, length in zip(fixed.lists, lengths, strict=True)}
        columns = list(fixed.statement.selected_columns) if isinstance(fixed.statement, SelectBase) else []
        return _Prepared(compiled.construct_expanded_state({**given, **lists}), given, columns, self.dialect)


def _spread(fixed: Fixed, parameters: Parameters) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Of few lengths (a list's last value fills it up), so that few are compiled."""
    spread = {name: value for name, value in parameters.items() if name not in fixed.lists}
    lengths = []
    for name in fixed.lists:
        values = list(parameters[name])
        length = 1 << (len(values) - 1).bit_length() if values else 0
        values += values[-1:] * (length - len(values))
        spread.update((f"{name}_{place}", value) for place, value in enumerate(values, start=1))
        lengths.append(length)
    return spread, tuple(lengths)


class Connection:
    """A connection in a transaction.

    Attributes:
        core: SQLAlchemy's own, for what is not asked all day.
    """

    def __init__(self, core: CoreConnection, compiler: Compiler) -> None:
        self.core = core
        self._compiler = compiler
        self._driver: Any = core.connection.dbapi_connection

    @overload
    def execute(self, statement: Fixed, parameters: Parameters | Sequence[Parameters] | None = None) -> Found: ...

    @overload
    def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    def execute(
        self, statement: Fixed | Executable, parameters: Parameters | Sequence[Parameters] | None = None
    ) -> Found | CursorResult[*tuple[Any, ...]]:
        """Run a statement: once, or for each of the parameters."""
        if not isinstance(statement, Fixed):
            return self.core.execute(statement, parameters)
        if parameters is None:
            return self._run(statement, {})
        if isinstance(parameters, Mapping):
            return self._run(statement, parameters)
        if len(parameters) == 1:
            return self._run(statement, parameters[0])
        return self._run_for_each(statement, parameters)

    def run_text(self, sql: str) -> None:
        """A statement that Core has no word for (savepoints)."""
        self._call("execute", sql, ()).close()

    def _run(self, fixed: Fixed, parameters: Parameters) -> Found:
        if fixed.defaults:
            parameters = {**fixed.defaults, **parameters}
        prepared, spread = self._compiler.prepared(fixed, parameters)
        cursor = self._call("execute", prepared.sql, prepared.values(spread))
        found = Found(prepared.rows(cursor.fetchall()) if cursor.description else _NOTHING, cursor.rowcount)
        cursor.close()
        return found

    def _run_for_each(self, fixed: Fixed, parameters: Sequence[Parameters]) -> Found:
        if not parameters:
            return Found(_NOTHING, 0)
        if fixed.defaults:
            parameters = [{**fixed.defaults, **each} for each in parameters]
        prepared, _spread = self._compiler.prepared(fixed, parameters[0])
        cursor = self._call("executemany", prepared.sql, [prepared.values(each) for each in parameters])
        found = Found(_NOTHING, cursor.rowcount)
        cursor.close()
        return found

    def _call(self, how: str, sql: str, values: Any) -> Any:
        """A cursor on which something ran. A connection that is lost is not given to anybody again."""
        cursor = self._driver.cursor()
        try:
            getattr(cursor, how)(sql, values)
        except self._compiler.failure as error:
            if self._compiler.dialect.is_disconnect(error, self._driver, cursor):
                self.core.invalidate(error)
            raise
        return cursor
