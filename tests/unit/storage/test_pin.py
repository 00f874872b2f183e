"""PINs become argon2id hashes: different each time, matched, never readable."""

from __future__ import annotations

from app.storage.pin import MEMORY_KIB, Argon2PinHasher

CHEAP = Argon2PinHasher(memory_kib=64, passes=1)


def test_the_same_pin_gives_another_hash_each_time_and_matches_both():
    one, other = CHEAP.hash("2580"), CHEAP.hash("2580")
    assert one != other
    assert CHEAP.matches(one, "2580")
    assert CHEAP.matches(other, "2580")
    assert not CHEAP.matches(one, "2581")


def test_it_is_argon2id_with_at_least_what_is_asked_for():
    assert Argon2PinHasher().hash("2580").startswith(f"$argon2id$v=19$m={MEMORY_KIB},t=2,p=1$")
    assert MEMORY_KIB >= 19 * 1024


def test_what_is_no_hash_matches_nothing():
    assert not CHEAP.matches("", "2580")
    assert not CHEAP.matches("2580", "2580")
