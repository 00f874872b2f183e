"""The window must be able to paint, and a rule to be read, before anything heavy is imported (architecture S1)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
HEAVY = [
    "sqlalchemy", "alembic", "requests", "escpos", "PIL", "qrcode", "zxingcpp", "pyzbar", "cryptography", "keyring",
    "fastapi", "uvicorn", "babel", "jinja2", "msgspec", "argon2", "fpdf", "facturx", "lxml", "pypdf",
]  # fmt: skip


def modules_of(package: str) -> list[str]:
    files = [APP / f"{package}.py"] if (APP / f"{package}.py").exists() else sorted((APP / package).rglob("*.py"))
    names = [".".join(("app", *file.relative_to(APP).with_suffix("").parts)) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def heavy_imports(modules: list[str]) -> list[str]:
    code = "import importlib, json, sys\n" + "\n".join(f"importlib.import_module({name!r})" for name in modules)
    code += f"\nprint(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("package", ["settings", "i18n", "paths", "domain", "usecases", "ui"])
def test_importing_it_imports_nothing_heavy(package: str) -> None:
    assert heavy_imports(modules_of(package)) == []


def test_the_test_would_see_a_heavy_import() -> None:
    assert heavy_imports(["app.settings", "msgspec"]) == ["msgspec"]
