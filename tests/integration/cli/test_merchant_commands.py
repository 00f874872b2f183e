"""`comptoir merchant` and `comptoir attestation` against a real database file: words, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.__main__ import main
from app.domain.fiscal import FISCAL_VERSION

SIRET = "73282932000074"


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    def answer(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return answer


def test_r17_the_version_says_product_and_fiscal_core(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"comptoir {__version__} (fiscal core {FISCAL_VERSION})"


def test_details_are_told_in_several_steps(ask: Any) -> None:
    code, answer = ask("merchant")
    assert (code, answer["siret"], answer["cutoff_hour"]) == (0, "", 4)
    code, _ = ask("merchant", "--name", "Lefèvre", "--siret", "732 829 320 00074", "--vat-number", "fr 44 732829320")
    assert code == 0
    code, answer = ask("merchant", "--regime", "franchise", "--since", "2026-03-01", "--address", "3 rue du Marché")
    assert code == 0
    code, answer = ask("merchant")
    assert (answer["legal_name"], answer["siret"], answer["vat_number"]) == ("Lefèvre", SIRET, "FR44732829320")
    assert answer["regimes"] == [{"since": "2026-03-01", "regime": "franchise"}]
    assert answer["address_lines"] == ["3 rue du Marché"]


def test_wrong_details_are_refused_in_a_sentence(ask: Any) -> None:
    code, answer = ask("merchant", "--siret", "73282932000075", "--cutoff-hour", "20")
    assert (code, answer["reason"]) == (1, "siret_check_digit")
    assert answer["problems"] == ["siret_check_digit", "cutoff_hour"]
    assert "SIRET" in answer["message"]
    assert ask("merchant")[1]["siret"] == ""
    assert ask("merchant", "--regime", "normal")[1]["reason"] == "no_since"


def test_r18_the_attestation_is_refused_without_a_siret_and_written_with_one(ask: Any, tmp_path: Path) -> None:
    page = tmp_path / "attestation.html"
    assert ask("attestation", str(page))[1]["reason"] == "no_name"
    ask("merchant", "--name", "Lefèvre")
    code, answer = ask("attestation", str(page))
    assert (code, answer["reason"]) == (1, "no_siret")
    assert not page.exists()
    ask("merchant", "--siret", SIRET)
    assert ask("attestation", "--check")[1]["reason"] == "attestation_needed"
    code, answer = ask("attestation", str(page))
    assert (code, answer["path"], answer["siret"]) == (0, str(page), SIRET)
    assert SIRET in page.read_text(encoding="utf-8")
    code, answer = ask("attestation", "--check")
    assert (code, answer["needed"]) == (0, False)
