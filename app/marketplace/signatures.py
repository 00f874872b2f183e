"""Owns the checking of a till's signatures: ECDSA P-256 over SHA-256, by `cryptography`. Never signs, never decides
whose key it is. The library is imported when a signature is first checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.fiscal import SIGNATURE_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_HALF = SIGNATURE_BYTES // 2


def is_ledger_key(public_pem: str) -> bool:
    """Whether this is the public key of a ledger: PEM, on the curve P-256."""
    return _public_key(public_pem) is not None


def is_signed_by(public_pem: str, digest: bytes, signature: bytes) -> bool:
    """Whether a signature (r and s, 32 bytes each) over a digest is of the key with this PEM."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    key = _public_key(public_pem)
    if key is None or len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), digest, ECDSA(Prehashed(SHA256())))
    except (InvalidSignature, ValueError):
        return False
    return True


def _public_key(public_pem: str) -> EllipticCurvePublicKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public_pem.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1) else None
