"""The till's signature: deterministic, checked by the public key alone, its private key nowhere else (R4, R5)."""

from __future__ import annotations

import hashlib
import logging

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.domain.ledger_check import key_id_of
from app.storage.signing import LedgerSigner, SignatureChecker, is_signed_by
from app.usecases.ports import KeyStoreUnavailable
from tests.fakes.surroundings import MemorySecrets

RFC_6979_KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC_6979_SIGNATURE = (
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
"""A.2.5, P-256, SHA-256 of "sample"."""
DIGEST = hashlib.sha256(b"sample").digest()


def secrets_with(pem: str) -> MemorySecrets:
    secrets = MemorySecrets()
    secrets.set_fiscal_key(pem)
    return secrets


def pem_of(key: object) -> str:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]  # any key
    return pem.decode()


def test_r04_the_signature_is_that_of_rfc_6979() -> None:
    signer = LedgerSigner(secrets_with(pem_of(derive_private_key(RFC_6979_KEY, SECP256R1()))))
    assert signer.sign(DIGEST).hex() == RFC_6979_SIGNATURE
    assert is_signed_by(signer.public_pem, DIGEST, bytes.fromhex(RFC_6979_SIGNATURE))


def test_r04_another_digest_signature_or_key_does_not_pass() -> None:
    signer, other = LedgerSigner(MemorySecrets()), LedgerSigner(MemorySecrets())
    signature, check = signer.sign(DIGEST), SignatureChecker()
    assert check(signer.public_pem, DIGEST, signature)
    assert not check(signer.public_pem, hashlib.sha256(b"other").digest(), signature)
    assert not check(other.public_pem, DIGEST, signature)
    assert not check(signer.public_pem, DIGEST, bytes(64))
    assert not check(signer.public_pem, DIGEST, signature[:-1])
    for place in range(0, 64, 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not check(signer.public_pem, DIGEST, bytes(changed))


@pytest.mark.parametrize("pem", ["", "rubbish", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "é"])
def test_a_public_key_that_is_none_vouches_for_nothing(pem: str) -> None:
    assert not is_signed_by(pem, DIGEST, bytes(64))


def test_r05_the_key_is_made_once_and_kept_in_the_key_store_alone(caplog: pytest.LogCaptureFixture) -> None:
    secrets = MemorySecrets()
    with caplog.at_level(logging.DEBUG):
        first = LedgerSigner(secrets)
        first.sign(DIGEST)
        assert LedgerSigner(secrets).key_id == first.key_id == key_id_of(first.public_pem)
    kept = secrets.fiscal_key()
    assert kept is not None
    assert "PRIVATE" in kept
    assert "PRIVATE" not in first.public_pem
    assert not caplog.records
    assert "PRIVATE" not in repr(first)


def test_r05_nothing_is_made_before_something_is_signed() -> None:
    secrets = MemorySecrets()
    LedgerSigner(secrets)
    assert secrets.fiscal_key() is None


def test_a_key_that_cannot_be_read_says_so_and_never_itself() -> None:
    rsa = pem_of(generate_private_key(public_exponent=65537, key_size=2048))
    for pem in ("rubbish", rsa):
        with pytest.raises(KeyStoreUnavailable) as refused:
            LedgerSigner(secrets_with(pem)).sign(DIGEST)
        assert refused.value.reason == "unreadable"
        assert pem.splitlines()[0] not in str(refused.value)
