"""The stand-alone verifier as a file: what it needs, and its own arithmetic against a library's."""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path
from random import Random

from app.domain.archive_tables import ARCHIVE_TABLES, ColumnKind, cell_text, schema_of
from app.paths import resources_dir
from app.storage.archive_check import load_verifier
from app.storage.signing import LedgerSigner, is_signed_by
from app.usecases.export_archive import der_signature
from tests.fakes.surroundings import MemorySecrets

SOURCE = resources_dir() / "archive" / "verifier.py"


def test_r15_the_verifier_is_one_file_of_plain_python_3_8() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported <= sys.stdlib_module_names
    later = {"removeprefix", "removesuffix", "pairwise", "batched", "bit_count", "hash_file", "is_relative_to"}
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & later


def test_r15_its_signatures_are_the_library_s() -> None:
    verifier, chance = load_verifier(), Random(5)
    signer = LedgerSigner(MemorySecrets())
    key = verifier.public_key(verifier._der_of_pem(signer.public_pem))
    assert key.key_id == signer.key_id
    for _ in range(40):
        digest = hashlib.sha256(chance.randbytes(20)).digest()
        signature = signer.sign(digest)
        assert key.verifies(digest, signature)
        assert verifier._raw_of_der(der_signature(signature)) == signature
        bad = bytearray(signature)
        bad[chance.randrange(64)] ^= 1 << chance.randrange(8)
        assert not key.verifies(digest, bytes(bad))
        assert key.verifies(digest, bytes(bad)) == is_signed_by(signer.public_pem, digest, bytes(bad))
        assert not key.verifies(hashlib.sha256(digest).digest(), signature)


def test_r15_numbers_beyond_the_curve_are_no_signature() -> None:
    verifier = load_verifier()
    key = verifier.public_key(verifier._der_of_pem(LedgerSigner(MemorySecrets()).public_pem))
    order = verifier.N.to_bytes(32, "big")
    one = (1).to_bytes(32, "big")
    for signature in (bytes(64), order + one, one + order, one + bytes(32), b"", one):
        assert not key.verifies(bytes(32), signature)


def test_r15_both_write_the_same_cells() -> None:
    """Two programs that share no line agree on what a table says."""
    verifier, chance = load_verifier(), Random(8)
    for _ in range(400):
        kind = chance.choice([ColumnKind.AMOUNT, ColumnKind.PERCENT, ColumnKind.INTEGER])
        value = chance.choice([0, 1, 9, 10, 99, 100, 550, 2000, 210, chance.randint(0, 10**9)])
        value = -value if kind is ColumnKind.AMOUNT and chance.random() < 0.5 else value
        assert verifier.cell_of({"source": "a", "type": kind.value}, {"a": value}) == cell_text(value, kind)
    for plain in ("", "é;\"'\n", "=1+1"):
        assert verifier.cell_of({"source": "a", "type": "text"}, {"a": plain}) == cell_text(plain, ColumnKind.TEXT)
    nested = {"é": [1, {"a": "«"}]}
    assert verifier.cell_of({"source": "a", "type": "json"}, {"a": nested}) == cell_text(nested, ColumnKind.JSON)


def test_r15_every_column_of_every_table_is_explained_in_french() -> None:
    for table in schema_of(ARCHIVE_TABLES)["tables"]:
        assert table["description"]
        assert all(column["description"] and column["source"] for column in table["columns"])
    assert Path(SOURCE).read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")
