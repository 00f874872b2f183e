"""The guided tour as `make run` gives it without a display: a process of its own, its proof, and that it can fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT_S = 240

# The till forgets to note that sold goods left its stock. Everything else is as it is.
SABOTAGE = """
import sys
from app.domain.catalogue import MovementReason
from app.storage.repositories.stock import StockRows
honest = StockRows.record
def forgetful(self, movements):
    return honest(self, [movement for movement in movements if movement.reason is not MovementReason.SALE])
StockRows.record = forgetful
from app.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def tour(output: Path, *start: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, summary, what was written."""
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, *start, "demo", "--output", str(output)]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    return done.returncode, summary, done.stdout + done.stderr


@pytest.mark.timeout(LIMIT_S + 30)
def test_the_tour_holds_and_leaves_its_proof(tmp_path: Path) -> None:
    output = tmp_path / "demo-output"
    exit_code, summary, written = tour(output, "-m", "app")
    assert exit_code == 0, written
    assert summary["ok"] is True
    assert len(summary["checks"]) >= 30
    assert all(check["ok"] is True and check["name"] for check in summary["checks"])
    for name in [*summary["screenshots"], *summary["receipts"], summary["database"], summary["marketplace_database"]]:
        assert (output / name).stat().st_size > 1000, name
    assert len(summary["screenshots"]) >= 15
    assert len(summary["receipts"]) >= 2


@pytest.mark.timeout(LIMIT_S + 30)
def test_a_till_that_forgets_the_stock_fails_the_tour(tmp_path: Path) -> None:
    output = tmp_path / "demo-output"
    exit_code, summary, _written = tour(output, "-c", SABOTAGE)
    assert exit_code == 1
    assert summary["ok"] is False
    failed = {check["name"] for check in summary["checks"] if not check["ok"]}
    assert "I4: what was sold or handed over left the stock" in failed
