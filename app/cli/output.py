"""Owns how commands answer: one sentence and rows for people, one JSON object for programs, and the exit code.

The JSON object always has `ok` (bool), `command` and `message`; a refusal also has `reason`, a stable keyword. Fields
are only ever added (docs/commands.md). Nothing else is written to standard output with `--json`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from app.i18n import tr

DONE, REFUSED, WRONG_USE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say.

    Attributes:
        message: one sentence in the shop's language.
        data: for `--json`, plain values only.
        rows: for people, below the sentence; columns are aligned.
        reason: why not, for a refusal, else "".
    """

    message: str
    data: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Sequence[str]] = ()
    reason: str = ""

    @property
    def exit_code(self) -> int:
        return REFUSED if self.reason else DONE


def write(answer: Answer, command: str, *, as_json: bool, out: TextIO | None = None) -> int:
    """Print the answer and give the exit code."""
    target = out or sys.stdout
    if target is None:  # started without a terminal, as a window is
        return answer.exit_code
    try:
        _write(answer, command, target, as_json=as_json)
        target.flush()
    except OSError as failure:  # a pipe nobody reads any more, a file on a full disk: what was done stays done
        _let_go_of(target)
        if not isinstance(failure, BrokenPipeError):
            text = tr("Done, but the answer could not be written: {problem}.")
            print(text.format(problem=failure.strerror), file=sys.stderr)
            return REFUSED
    return answer.exit_code


def _write(answer: Answer, command: str, target: TextIO, *, as_json: bool) -> None:
    if as_json:
        result = {"ok": not answer.reason, "command": command, "message": answer.message, **answer.data}
        if answer.reason:
            result["reason"] = answer.reason
        line = json.dumps(result, ensure_ascii=False, sort_keys=True)
        print(line if _fits(target, line) else json.dumps(result, sort_keys=True), file=target)
    else:
        for line in (answer.message, *_aligned(answer.rows)):
            print(line if _fits(target, line) else _spelt_for(target, line), file=target)


def _fits(target: TextIO, line: str) -> bool:
    """Whether an old console has all the characters, and the line no half ones (of a file name, say)."""
    try:
        line.encode(_encoding_of(target))
    except UnicodeEncodeError:
        return False
    return True


def _spelt_for(target: TextIO, line: str) -> str:
    """With question marks in the places of what cannot be shown."""
    return line.encode(_encoding_of(target), errors="replace").decode(_encoding_of(target))


def _encoding_of(target: TextIO) -> str:
    return target.encoding or "utf-8"


def _let_go_of(target: TextIO) -> None:
    """Nothing may come out any more, not even what waits in the buffer until the process ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), target.fileno())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
