"""Owns how commands answer: one sentence and rows for people, one JSON object for programs, and the exit code.

The JSON object always has `ok` (bool), `command` and `message`; a refusal also has `reason`, a stable keyword. Fields
are only ever added (docs/commands.md). Nothing else is written to standard output with `--json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

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
    if as_json:
        result = {"ok": not answer.reason, "command": command, "message": answer.message, **answer.data}
        if answer.reason:
            result["reason"] = answer.reason
        print(json.dumps(result, ensure_ascii=False, sort_keys=True), file=target)
    else:
        print(answer.message, file=target)
        for line in _aligned(answer.rows):
            print(line, file=target)
    return answer.exit_code


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
