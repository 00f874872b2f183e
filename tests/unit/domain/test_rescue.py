"""The rescue file: what is written is read again, and whatever is changed in it is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import rescue
from app.domain.facts import Fact, FactKind
from app.domain.fiscal import KnownHead, Series
from app.domain.money import Money
from app.domain.rescue import Origin, RescueFile, RescueRefusal, read_file

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HEAD = KnownHead("A", Series.SALES, 7, bytes(range(32)), bytes(range(64)), Money(4200), Money(4400), NOON.date(), NOON)
A_KEY = "public key a"


def sign(digest: bytes, key: str = A_KEY) -> bytes:
    return hashlib.sha512(key.encode() + digest).digest()


def is_signed_by(public_pem: str, digest: bytes, signature: bytes) -> bool:
    return signature == sign(digest, public_pem)


def a_fact(seq: int, **payload: Any) -> Fact:
    moment = NOON + timedelta(minutes=seq)
    return Fact(f"fact-{seq}", seq, FactKind.STOCK_MOVED, f"product:{seq}", moment, {"movements": [], **payload})


def a_file(*facts: Fact, **changed: Any) -> bytes:
    """A file of till A; `changed`: fields of the statement, signed all the same."""
    parts = rescue.in_parts(facts)
    origin = Origin("shop-1", "till-a", "A", NOON, "Comptoir 1.0", A_KEY)
    statement = rescue.statement_of(origin, parts, [HEAD]) | changed
    return rescue.file_bytes(statement, sign(rescue.digest_of(statement)), parts)


def read(data: bytes) -> RescueFile:
    found = read_file(data, is_signed_by)
    assert isinstance(found, RescueFile), found
    return found


def sealed_again(text: bytes) -> bytes:
    """The file with another text, its digest right: only the signature can tell."""
    zipped = gzip.compress(text, mtime=0)[10:]
    return rescue._BEGINNING + hashlib.sha256(zipped).digest() + zipped


A_FILE = a_file(a_fact(3, note="Été"), a_fact(4), a_fact(9))


def test_what_is_written_is_read_again() -> None:
    found = read(A_FILE)
    assert (found.shop_id, found.till_id, found.till_letter, found.made_at) == ("shop-1", "till-a", "A", NOON)
    assert (found.count, found.public_pem) == (3, A_KEY)
    assert (found.statement["first_seq"], found.statement["last_seq"], found.statement["count"]) == (3, 9, 3)
    assert found.parts[0][0] == {
        "fact_id": "fact-3",
        "till_seq": 3,
        "kind": "stock_moved",
        "subject": "product:3",
        "happened_at": "2026-11-21T12:03:00.000000Z",
        "payload": {"movements": [], "note": "Été"},
    }
    assert found.statement["heads"][0]["number"] == 7


def test_any_gzip_opens_it() -> None:
    content = json.loads(gzip.decompress(A_FILE))
    assert sorted(content) == ["facts", "signature", "statement"]


def test_the_same_content_gives_the_same_file_and_another_content_another_name() -> None:
    assert a_file(a_fact(3)) == a_file(a_fact(3))
    assert read(a_file(a_fact(3))).file_id != read(a_file(a_fact(4))).file_id


@given(place=st.integers(0, len(A_FILE) - 1), bits=st.integers(1, 255))
def test_one_byte_changed_is_refused(place: int, bits: int) -> None:
    changed = bytearray(A_FILE)
    changed[place] ^= bits
    assert isinstance(read_file(bytes(changed), is_signed_by), RescueRefusal)


def test_every_single_bit_counts() -> None:
    for place in range(len(A_FILE)):
        changed = bytearray(A_FILE)
        changed[place] ^= 1
        assert isinstance(read_file(bytes(changed), is_signed_by), RescueRefusal), place


@given(st.integers(0, len(A_FILE) - 1))
def test_a_cut_file_is_refused(length: int) -> None:
    assert isinstance(read_file(A_FILE[:length], is_signed_by), RescueRefusal)


@given(st.binary(max_size=300))
def test_something_added_is_refused(more: bytes) -> None:
    assert not more or isinstance(read_file(A_FILE + more, is_signed_by), RescueRefusal)


@given(st.binary(max_size=500))
def test_anything_else_is_refused_in_a_word(data: bytes) -> None:
    assert isinstance(read_file(data, is_signed_by), RescueRefusal)
    assert isinstance(read_file(rescue._BEGINNING + hashlib.sha256(data).digest() + data, is_signed_by), RescueRefusal)
    assert isinstance(read_file(sealed_again(data), is_signed_by), RescueRefusal)


_TEXT = gzip.decompress(A_FILE)


@given(place=st.integers(0, len(_TEXT) - 1), put=st.sampled_from([b"0", b"9", b" ", b'"', b"a", b"f", b"-", b"\xff"]))
def test_who_changes_the_content_and_mends_the_digest_is_found_by_the_signature(place: int, put: bytes) -> None:
    changed = _TEXT[:place] + put + _TEXT[place + 1 :]
    found = read_file(sealed_again(changed), is_signed_by)
    assert changed == _TEXT or isinstance(found, RescueRefusal)


_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3) | st.floats(allow_nan=False),
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=3), deeper, max_size=3),
    max_leaves=5,
)
_PLACES = ["statement", "signature", "facts"]
_FIELDS = ["format", "version", "shop_id", "till_id", "letter", "made_at", "public_key", "parts", "heads", "count"]


@given(place=st.sampled_from(_PLACES), value=_ANY_JSON)
def test_anything_in_the_place_of_a_part_is_refused(place: str, value: object) -> None:
    content = json.loads(_TEXT) | {place: value}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert isinstance(read_file(sealed_again(text.encode("utf-8", "replace")), is_signed_by), RescueRefusal)


@given(name=st.sampled_from(_FIELDS), value=_ANY_JSON)
def test_even_a_signed_statement_of_nonsense_raises_nothing(name: str, value: object) -> None:
    try:
        data = a_file(a_fact(3), **{name: value})
    except ValueError:
        return  # has no canonical form: it cannot be signed either
    found = read_file(data, is_signed_by)
    assert isinstance(found, RescueFile | RescueRefusal)


def test_a_newer_format_is_said() -> None:
    assert read_file(a_file(a_fact(3), version=2), is_signed_by) is RescueRefusal.NEWER_FORMAT


def test_another_file_of_json_is_no_rescue_file() -> None:
    assert read_file(a_file(a_fact(3), format="holiday pictures"), is_signed_by) is RescueRefusal.NOT_A_RESCUE_FILE
    assert read_file(gzip.compress(b"{}"), is_signed_by) is RescueRefusal.NOT_A_RESCUE_FILE


def test_a_signature_of_another_key_is_found() -> None:
    parts = rescue.in_parts([a_fact(3)])
    statement = rescue.statement_of(Origin("shop-1", "till-a", "A", NOON, "", A_KEY), parts, [])
    data = rescue.file_bytes(statement, sign(rescue.digest_of(statement), "another key"), parts)
    assert read_file(data, is_signed_by) is RescueRefusal.BAD_SIGNATURE


def test_facts_of_another_file_under_a_genuine_statement_are_found() -> None:
    statement, signature = read(A_FILE).statement, read(A_FILE).signature
    for facts in ([a_fact(3)], [a_fact(3, note="Ete"), a_fact(4), a_fact(9)], []):
        other = rescue.file_bytes(statement, signature, rescue.in_parts(facts))
        assert read_file(other, is_signed_by) is RescueRefusal.ALTERED


def test_a_bomb_is_not_unzipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "MOST_BYTES", 10_000)
    assert read_file(sealed_again(b" " * 1_000_000), is_signed_by) is RescueRefusal.ALTERED


def test_parts_are_small_enough_for_one_request_and_keep_the_order() -> None:
    parts = rescue.in_parts([a_fact(seq) for seq in range(1, 251)])
    assert [len(part) for part in parts] == [100, 100, 50]
    assert [fact["till_seq"] for part in parts for fact in part] == list(range(1, 251))
    long_ones = rescue.in_parts([a_fact(seq, note="x" * 300_000) for seq in range(1, 4)])
    assert [len(part) for part in long_ones] == [1, 1, 1]


def test_each_part_can_be_checked_alone() -> None:
    found = read(a_file(*(a_fact(seq) for seq in range(1, 202))))
    assert all(rescue.is_part_of(found.statement, number, part) for number, part in enumerate(found.parts))
    assert not rescue.is_part_of(found.statement, 0, found.parts[1])
    assert not rescue.is_part_of(found.statement, 3, found.parts[2])
    assert not rescue.is_part_of(found.statement, -1, found.parts[2])


@pytest.mark.parametrize("value", [float("nan"), {"a": object()}, "\ud83d"])
def test_what_has_no_canonical_form_is_not_signed(value: object) -> None:
    with pytest.raises(ValueError):  # whichever it is
        rescue.canonical(value)


def test_the_signature_cannot_be_taken_for_one_of_the_ledger() -> None:
    statement = dict(read(A_FILE).statement)
    assert rescue.digest_of(statement) != hashlib.sha256(rescue.canonical(statement)).digest()


def test_the_name_says_whose_and_when() -> None:
    assert rescue.file_name("A", NOON) + rescue.FILE_ENDING == "comptoir-rescue-A-20261121T120000Z.json.gz"
