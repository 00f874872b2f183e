"""Owns which stages there are. A stage that needs nothing but Python is a module under `tests/connectors/stages/`:

    @stage("reference")
    def reference(folder: Path) -> Stage: ...

One that needs more (a real server) is registered nowhere: its tests call `play` with it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.connectors.kit.stage import Stage

_STAGES = "tests.connectors.stages"
_MARK = "__stage__"
Open = Callable[[Path], Stage]
"""Sets a stage up in an empty folder of its own."""


def stage(name: str) -> Callable[[Open], Open]:
    def mark(build: Open) -> Open:
        setattr(build, _MARK, name)
        return build

    return mark


def all_stages() -> Mapping[str, Open]:
    """Every registered stage, by name."""
    found: dict[str, Open] = {}
    package = importlib.import_module(_STAGES)
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{_STAGES}.{module_info.name}")
        for value in vars(module).values():
            name = getattr(value, _MARK, None)
            if isinstance(name, str) and value.__module__ == module.__name__:
                found[name] = value
    return MappingProxyType(found)
