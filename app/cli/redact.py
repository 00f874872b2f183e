"""Owns what of a log may be shown to a stranger: an allow-list, word by word. Whatever it does not know is taken out,
so that a new leak in a log line does not leave the shop by this way too (I10).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

OUT = "…"
_HEAD = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}Z) (?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"(?P<thread>\S{1,40}) (?P<module>\S{1,80}): (?P<message>.*)"
)
_FRAME = re.compile(r'  File "(?P<path>[^"]*)", line (?P<line>\d{1,6}), in (?P<name>[A-Za-z_<>][\w<>]{0,80})')
_THREADS = re.compile(r"MainThread|net-(pull|push)|printing|Dummy-\d{1,4}|Thread-\d{1,4}|ThreadPoolExecutor-\d+_\d+")
_OURS = re.compile(r"(app|comptoir)(\.[a-z_]{1,40}){0,5}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ROUTE = re.compile(r"/(v1|admin)(/[a-z_-]{1,30}|/\{[a-z_]{1,30}\}){0,5}")
_STATUS = re.compile(r"[1-5]\d\d")
_EXCEPTION = re.compile(r"(?P<package>[a-z_][a-z0-9_]{0,40})(\.[A-Za-z_]\w{0,60}){1,6}")
_WORD = re.compile(r"[^\s()\[\],:;'\"]+|[\s()\[\],:;'\"]+")
_LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
_PACKAGES = frozenset(
    {"app", "PySide6", "requests", "urllib3", "sqlalchemy", "alembic", "keyring", "cryptography", "escpos", "fastapi"}
) | frozenset(sys.stdlib_module_names)
_HANDLING = "while handling or because of:"
_TRACEBACK = "Traceback (most recent call last):"
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})


def words_of_our_logs(package: Path) -> frozenset[str]:
    """Every word of the sentences this program writes into its logs, from its own sources."""
    words: set[str] = set()
    for file in package.rglob("*.py"):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            continue
        for sentence in _sentences(tree):
            words |= {word for word in _WORD.findall(sentence) if word.strip() and "%" not in word}
    return frozenset(words)


def _sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LEVELS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id.lower().strip("_") in ("log", "logger")
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


class Redactor:
    """Takes out of lines of a log what is not known to be harmless."""

    def __init__(self, package: Path | None = None) -> None:
        self._words = words_of_our_logs(package or Path(__file__).resolve().parents[1])

    def line(self, line: str) -> str:
        """The line as it may be shown; of one that is none of ours, nothing but a mark that it was there."""
        head = _HEAD.fullmatch(line)
        if head is not None:
            thread = head["thread"] if _THREADS.fullmatch(head["thread"]) else OUT
            module = head["module"] if _OURS.fullmatch(head["module"]) else OUT
            return f"{head['time']} {head['level']} {thread} {module}: {self._message(head['message'])}"
        frame = _FRAME.fullmatch(line)
        if frame is not None:
            return f'  File "{_own_path(frame["path"])}", line {frame["line"]}, in {frame["name"]}'
        if line.strip() in ("", _HANDLING, _TRACEBACK):
            return line.strip()
        return line if _is_exception(line) else OUT

    def _message(self, message: str) -> str:
        kept: list[str] = []
        after_route = False
        for part in _WORD.findall(message):
            if not part.strip():
                kept.append(part)
                continue
            stays = self._may_stay(part) or (after_route and _STATUS.fullmatch(part) is not None)
            kept.append(part if stays else OUT)
            after_route = _ROUTE.fullmatch(part) is not None
        return re.sub(rf"{OUT}(\s+{OUT})+", OUT, "".join(kept))

    def _may_stay(self, part: str) -> bool:
        return (
            part in self._words
            or part in _METHODS
            or not re.search(r"\w", part)
            or any(kind.fullmatch(part) for kind in (_ID, _ROUTE))
            or _is_exception(part)
        )


def _is_exception(text: str) -> bool:
    found = _EXCEPTION.fullmatch(text)
    return found is not None and found["package"] in _PACKAGES


def _own_path(path: str) -> str:
    """Without the folders above the program, which name the person."""
    for mark in ("site-packages/", "/app/"):
        _, found, rest = path.replace("\\", "/").rpartition(mark)
        if found and re.fullmatch(r"[\w./-]{1,200}", rest):
            return f"{mark.strip('/')}/{rest}"
    return OUT


def crashes_in(lines: Sequence[str], redactor: Redactor) -> list[str]:
    """Each uncaught exception: its line and what belongs to it."""
    crashes: list[list[str]] = []
    inside = False
    for line in lines:
        head = _HEAD.fullmatch(line)
        if head is not None:
            inside = head["level"] == "CRITICAL"
            if inside:
                crashes.append([])
        if inside:
            crashes[-1].append(redactor.line(line))
    return ["\n".join(part for part in crash if part != OUT) for crash in crashes]
