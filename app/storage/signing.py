"""Owns the till's signature: ECDSA P-256 by `cryptography`, the private key in the key store alone (R4, R5).

Never writes the key to a log, a message or the database. The library is imported when something is first signed.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.fiscal import SIGNATURE_BYTES
from app.usecases.ports import KeyStoreUnavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from app.usecases.fiscal_ports import FiscalSecrets

_HALF = SIGNATURE_BYTES // 2
KEY_ID_LENGTH = 16


class LedgerSigner:
    """Implements `fiscal_ports.Signer`. From any thread; a key is made at the first use if there is none."""

    def __init__(self, secrets: FiscalSecrets) -> None:
        self._secrets = secrets
        self._lock = threading.Lock()

    @property
    def key_id(self) -> str:
        return self._key.key_id

    @property
    def public_pem(self) -> str:
        return self._key.public_pem

    def sign(self, digest: bytes) -> bytes:
        return self._key.sign(digest)

    @cached_property
    def _key(self) -> _Key:
        with self._lock:
            pem = self._secrets.fiscal_key()
            if pem is None:
                pem = new_private_pem()
                self._secrets.set_fiscal_key(pem)
            return _key_of(pem)


@dataclass(frozen=True)
class _Key:
    private: EllipticCurvePrivateKey
    public_pem: str
    key_id: str

    def sign(self, digest: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(self.private.sign(digest, self._algorithm))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    @cached_property
    def _algorithm(self):  # type: ignore[no-untyped-def]  # its type is of a library that is not imported yet
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
        from cryptography.hazmat.primitives.hashes import SHA256

        return ECDSA(Prehashed(SHA256()), deterministic_signing=True)


def new_private_pem() -> str:
    """A new private key, PKCS8 PEM."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


class SignatureChecker:
    """Implements `fiscal_ports.SignatureCheck`; keys that were met before are kept loaded. By one thread at a time."""

    def __init__(self) -> None:
        self._keys: dict[str, EllipticCurvePublicKey | None] = {}

    def __call__(self, public_pem: str, digest: bytes, signature: bytes) -> bool:
        if public_pem not in self._keys:
            self._keys[public_pem] = _public_key_or_none(public_pem)
        key = self._keys[public_pem]
        return key is not None and len(signature) == SIGNATURE_BYTES and _verifies(key, digest, signature)


def is_signed_by(public_pem: str, digest: bytes, signature: bytes) -> bool:
    """Implements `fiscal_ports.SignatureCheck`, for one signature."""
    return SignatureChecker()(public_pem, digest, signature)


def _verifies(key: EllipticCurvePublicKey, digest: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), digest, ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True


def _public_key_or_none(public_pem: str) -> EllipticCurvePublicKey | None:
    try:
        return _public_key(public_pem)
    except ValueError:
        return None


def _public_key(public_pem: str) -> EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(public_pem.encode("ascii"))
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("not a key of this till")  # a wrong value in a file, not a wrong type in code
    return key


def _key_of(pem: str) -> _Key:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        private = load_pem_private_key(pem.encode("ascii"), password=None)
    except ValueError as error:
        raise KeyStoreUnavailable("unreadable", "the ledger's key") from error
    if not isinstance(private, EllipticCurvePrivateKey):
        raise KeyStoreUnavailable("unreadable", "the ledger's key is of another kind")
    public = private.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    return _Key(private, text, hashlib.sha256(der).hexdigest()[:KEY_ID_LENGTH])
