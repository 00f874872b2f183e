"""Owns the rescue file, what a till could not tell in one signed file: its form, its canonical bytes, and the rule that
says whether one is genuine. Never reads a clock or a disk, never signs, never decides whose key is trusted.

    statement   who, when, which key, how far the ledger went, and the digest of every part    <- this is signed
    parts       the facts as they would have been told, oldest first, in parts small enough to be told one by one

The signature covers the digests, so one part can be passed on and checked alone. The whole is zipped; the digest of the
zipped bytes stands in the zip's own header (RFC 1952, "extra field"), so that no byte of the file can change unseen.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.domain.facts import Fact
from app.domain.fiscal import HASH_BYTES, SIGNATURE_BYTES, KnownHead
from app.domain.told import plain_fact, plain_head, plain_moment

FORMAT = "comptoir-rescue"
VERSION = 1

FACTS_A_PART = 100
"""As many as the marketplace takes at once."""
BYTES_A_PART = 512 * 1024
"""Of its canonical form; a single fact that is longer goes alone."""
MOST_ZIPPED_BYTES = 64 * 1024 * 1024
MOST_BYTES = 256 * 1024 * 1024
"""Unzipped. Some 150,000 facts: more than the busiest shop makes in two weeks."""

_SIGNED_AS = b"comptoir rescue statement 1\n"
"""Goes before what is signed, so that the ledger's key never signs the same bytes for two purposes."""

Plain = Mapping[str, Any]
IsSignedBy = Callable[[str, bytes, bytes], bool]
"""Whether a signature over a digest is of the key with this public PEM."""


class RescueRefusal(StrEnum):
    """Why a file is not taken. Each has its sentence."""

    NOT_A_RESCUE_FILE = "not_a_rescue_file"
    ALTERED = "altered"
    NEWER_FORMAT = "newer_format"
    BAD_SIGNATURE = "bad_signature"
    OTHER_SHOP = "other_shop"
    NOT_PAIRED = "not_paired"
    UNKNOWN_TILL = "unknown_till"
    UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes a rescue file, when, and with which key. `public_pem`: of the ledger's key, which signs it."""

    shop_id: str
    till_id: str
    till_letter: str
    made_at: datetime
    software: str
    public_pem: str


@dataclass(frozen=True, slots=True)
class RescueFile:
    """A file whose form and signature are right. Whether shop, till and key are the expected ones is not judged here.

    Attributes:
        statement: as signed; for passing on.
        signature: over `digest_of(statement)`.
        parts: the facts as they go on the wire, each part as the statement numbers them.
    """

    statement: Plain
    signature: bytes
    parts: tuple[tuple[Plain, ...], ...]

    @property
    def file_id(self) -> str:
        """Tells one file from another; the same file has the same for ever."""
        return digest_of(self.statement).hex()

    @property
    def shop_id(self) -> str:
        return str(self.statement["shop_id"])

    @property
    def till_id(self) -> str:
        return str(self.statement["till_id"])

    @property
    def till_letter(self) -> str:
        return str(self.statement["letter"])

    @property
    def public_pem(self) -> str:
        return str(self.statement["public_key"])

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(str(self.statement["made_at"]))

    @property
    def count(self) -> int:
        return sum(len(part) for part in self.parts)


# --- canonical form ---------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """The one written form: JSON, names sorted, no space, UTF-8, whole numbers only.

    Raises:
        ValueError: a number that is not whole, half a character, nested without end: it has no canonical form.
    """
    try:
        return json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True, default=_no_form
        ).encode("utf-8")
    except (TypeError, RecursionError) as error:
        raise ValueError(type(error).__name__) from error


def _no_form(value: object) -> object:
    raise TypeError(type(value).__name__)


def _no_fraction(text: str) -> object:
    raise ValueError(f"not a whole number: {text[:20]}")


def digest_of(statement: Plain) -> bytes:
    """What is signed: SHA-256 over the purpose and the canonical statement. Raises ValueError."""
    return hashlib.sha256(_SIGNED_AS + canonical(statement)).digest()


def part_digest(facts: Sequence[Plain]) -> str:
    """Of a part of the facts, hexadecimal. Raises ValueError."""
    return hashlib.sha256(canonical(list(facts))).hexdigest()


# --- writing ----------------------------------------------------------------------------------------------------------


def in_parts(facts: Iterable[Fact]) -> tuple[tuple[Plain, ...], ...]:
    """The facts as told, in parts that one request can carry."""
    return tuple(_parts(plain_fact(fact) for fact in facts))


def _parts(facts: Iterable[Plain]) -> Iterator[tuple[Plain, ...]]:
    part: list[Plain] = []
    size = 0
    for fact in facts:
        length = len(canonical(fact))
        if part and (len(part) == FACTS_A_PART or size + length > BYTES_A_PART):
            yield tuple(part)
            part, size = [], 0
        part.append(fact)
        size += length
    if part:
        yield tuple(part)


def statement_of(origin: Origin, parts: Sequence[Sequence[Plain]], heads: Sequence[KnownHead]) -> dict[str, Any]:
    """What the till states and signs about the facts it could not tell."""
    numbers = [int(fact["till_seq"]) for part in parts for fact in part]
    return {
        "format": FORMAT,
        "version": VERSION,
        "shop_id": origin.shop_id,
        "till_id": origin.till_id,
        "letter": origin.till_letter,
        "made_at": plain_moment(origin.made_at),
        "software": origin.software,
        "public_key": origin.public_pem,
        "count": len(numbers),
        "first_seq": min(numbers, default=0),
        "last_seq": max(numbers, default=0),
        "heads": [plain_head(head) for head in heads],
        "parts": [{"count": len(part), "sha256": part_digest(part)} for part in parts],
    }


def file_bytes(statement: Plain, signature: bytes, parts: Sequence[Sequence[Plain]]) -> bytes:
    """The file. The same content always gives the same bytes with one zlib."""
    facts = [list(part) for part in parts]
    text = canonical({"statement": statement, "signature": signature.hex(), "facts": facts})
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zipped = packer.compress(text) + packer.flush() + struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)
    return _BEGINNING + hashlib.sha256(zipped).digest() + zipped


_BEGINNING = (
    b"\x1f\x8b\x08\x04"  # gzip, deflate, with an extra field
    b"\x00\x00\x00\x00\x02\xff"  # no time, slowest and smallest, system unknown
    + struct.pack("<H", 4 + HASH_BYTES)
    + b"CR"
    + struct.pack("<H", HASH_BYTES)
)
_DIGEST_END = len(_BEGINNING) + HASH_BYTES
_TRAILER_BYTES = 8


def file_name(till_letter: str, made_at: datetime) -> str:
    """Without its ending: `comptoir-rescue-A-20260316T090000Z`."""
    return f"{FORMAT}-{till_letter or 'X'}-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


FILE_ENDING = ".json.gz"


# --- reading ----------------------------------------------------------------------------------------------------------


def read_file(data: bytes, is_signed_by: IsSignedBy) -> RescueFile | RescueRefusal:
    """The file if it is one, whole, unchanged, of a form known here and signed by the key it names; else why not."""
    if data[: len(_BEGINNING)] != _BEGINNING:
        return RescueRefusal.NOT_A_RESCUE_FILE
    if hashlib.sha256(data[_DIGEST_END:]).digest() != data[len(_BEGINNING) : _DIGEST_END]:
        return RescueRefusal.ALTERED
    try:
        return _read_text(_unzipped(data[_DIGEST_END:]), is_signed_by)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        return RescueRefusal.ALTERED


def _unzipped(zipped: bytes) -> bytes:
    """Raises ValueError, zlib.error."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    text = unpacker.decompress(zipped, MOST_BYTES + 1)
    if len(text) > MOST_BYTES or not unpacker.eof or len(unpacker.unused_data) != _TRAILER_BYTES:
        raise ValueError("too long, or cut")
    if struct.unpack("<II", unpacker.unused_data) != (zlib.crc32(text), len(text) & 0xFFFFFFFF):
        raise ValueError("not what was zipped")
    return text


def _read_text(text: bytes, is_signed_by: IsSignedBy) -> RescueFile | RescueRefusal:
    content = json.loads(text.decode("utf-8"), parse_float=_no_fraction, parse_constant=_no_fraction)
    statement = content["statement"]
    if statement["format"] != FORMAT:
        return RescueRefusal.NOT_A_RESCUE_FILE
    if statement["version"] != VERSION:
        return RescueRefusal.NEWER_FORMAT
    found = RescueFile(statement, bytes.fromhex(content["signature"]), tuple(tuple(part) for part in content["facts"]))
    if canonical(content) != text or not _is_of_shape(found):
        return RescueRefusal.ALTERED
    if not is_genuine(found.statement, found.signature, is_signed_by):
        return RescueRefusal.BAD_SIGNATURE
    whole = len(statement["parts"]) == len(found.parts)
    if not whole or not all(is_part_of(statement, number, part) for number, part in enumerate(found.parts)):
        return RescueRefusal.ALTERED
    return found


def _is_of_shape(found: RescueFile) -> bool:
    """Whether what others will ask of it is there. Raises ValueError, TypeError, KeyError, AttributeError."""
    texts = ("shop_id", "till_id", "letter", "made_at", "software", "public_key")
    if not all(isinstance(found.statement[name], str) for name in texts) or found.made_at.tzinfo is None:
        return False
    return all(
        isinstance(fact["fact_id"], str) and type(fact["till_seq"]) is int for part in found.parts for fact in part
    )


def is_genuine(statement: Plain, signature: bytes, is_signed_by: IsSignedBy) -> bool:
    """Whether a statement is signed by the key it names. Whether that key is its till's own, the caller must know."""
    try:
        key, digest = statement["public_key"], digest_of(statement)
    except (ValueError, KeyError):
        return False
    if not isinstance(key, str) or not key.isascii() or len(signature) != SIGNATURE_BYTES:
        return False
    return is_signed_by(key, digest, signature)


def is_part_of(statement: Plain, number: int, facts: Sequence[Plain]) -> bool:
    """Whether these are the facts that a genuine statement lists as its part `number` (0, 1, 2 ...)."""
    try:
        stated = statement["parts"][number]
        return number >= 0 and bool(stated == {"count": len(facts), "sha256": part_digest(facts)})
    except (ValueError, KeyError, IndexError, TypeError):
        return False
