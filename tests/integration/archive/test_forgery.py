"""Each check of the verifier alone: everything around a forgery is made to fit, tables and manifest, and signed."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.fakes.archived_shop import ArchivedShop
from tests.fakes.tampering import (
    Files,
    change_row,
    pack,
    rows_of,
    sign_manifest,
    signed_anew,
    table,
    tables_follow,
    unpacked,
    with_chains_recomputed,
)


@pytest.fixture
def files(archives: tuple[ArchivedShop, Path, Path]) -> Files:
    return unpacked(archives[2])


@pytest.fixture
def till(archives: tuple[ArchivedShop, Path, Path]) -> ArchivedShop:
    return archives[0]


def packed(files: Files, till: ArchivedShop, verifier: ModuleType, folder: Path) -> Path:
    tables_follow(files, verifier)
    sign_manifest(files, till.counter.signer)
    return pack(files, folder / "forged.zip")


def test_r04_a_changed_label_breaks_its_own_link_though_all_tables_follow(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    row = change_row(files, "sales", lambda sale: sale["lines"][0].update(label="Autre chose"))
    [found] = verifier.check(packed(files, till, verifier, tmp_path)).findings
    assert (found.code, found.file, found.row) == ("link", "registre.csv", row)


def test_r04_a_recomputed_chain_has_no_signature(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    """Worked example: a label edited, then plain SHA-256 all the way down."""
    change_row(files, "sales", lambda sale: sale["lines"][0].update(label="Autre chose"))
    with_chains_recomputed(files)
    forged = packed(files, till, verifier, tmp_path)
    found = verifier.check(forged).findings
    assert {finding.code for finding in found} == {"signature", "closure_head"}
    assert len(verifier.check(forged, every_signature=True).findings) > len(found)


def test_r08_a_closure_is_the_sum_of_its_documents(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    """Even the till's own key cannot make another day of a closed one."""
    change_row(files, "sales", lambda sale: sale["payments"][0].update(means="cheque"))
    signed_anew(files, till.counter.signer)
    found = verifier.check(packed(files, till, verifier, tmp_path), every_signature=True).findings
    assert {(finding.code, finding.values["what"]) for finding in found} == {("sum", "means")}
    assert "A/closures n°" in found[0].sentence("fr")


def test_r20_a_document_that_does_not_add_up_is_named(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    row = change_row(files, "sales", lambda sale: sale["lines"][0].update(net=sale["lines"][0]["net"] + 1))
    signed_anew(files, till.counter.signer)
    [found] = verifier.check(packed(files, till, verifier, tmp_path)).findings
    assert (found.code, found.row) == ("sum", row)
    assert "HT" in found.sentence("fr")


def test_r09_perpetual_totals_only_move_by_documents(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    change_row(files, "sales", lambda sale: sale.update(perpetual_absolute=sale["perpetual_absolute"] + 1))
    signed_anew(files, till.counter.signer)
    found = verifier.check(packed(files, till, verifier, tmp_path)).findings
    assert {finding.code for finding in found} == {"sum"}
    assert all("perpétuel absolu" in finding.sentence("fr") for finding in found)


def test_r09_a_closure_says_the_perpetual_total_of_its_last_document(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    row = change_row(files, "closures", lambda closure: closure.update(perpetual=closure["perpetual"] + 1))
    signed_anew(files, till.counter.signer)
    [found] = verifier.check(packed(files, till, verifier, tmp_path)).findings
    assert (found.code, found.row, found.values["what"]) == ("sum", row, "perpétuel / perpetual")


def test_r06_a_tail_that_is_cut_is_named(
    files: Files, till: ArchivedShop, verifier: ModuleType, tmp_path: Path
) -> None:
    files["registre.csv"] = table(rows_of(files["registre.csv"])[:-1])
    [found] = verifier.check(packed(files, till, verifier, tmp_path)).findings
    assert (found.code, found.values["chain"]) == ("tail", "A/invoices")
