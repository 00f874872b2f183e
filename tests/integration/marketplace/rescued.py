"""Rescue files of the tills of `world`, signed with a real key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain import rescue
from app.storage.signing import LedgerSigner
from tests.fakes.surroundings import MemorySecrets
from tests.integration.marketplace.world import TIMEOUT_S, Till


class SigningTill:
    """A till with a ledger's key."""

    def __init__(self, till: Till, shop_id: str) -> None:
        self.till = till
        self.shop_id = shop_id
        self.signer = LedgerSigner(MemorySecrets())

    def tells_its_key(self, public_pem: str = "") -> int:
        """The answer's status."""
        body = {"public_key": public_pem or self.signer.public_pem}
        return self.till.session.put(f"{self.till.url}/v1/ledger-key", json=body, timeout=TIMEOUT_S).status_code

    def statement(self, parts: tuple[tuple[rescue.Plain, ...], ...], **changed: Any) -> dict[str, Any]:
        moment = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
        origin = rescue.Origin(
            self.shop_id, self.till.till_id, self.till.letter, moment, "Comptoir", self.signer.public_pem
        )
        return rescue.statement_of(origin, parts, []) | changed

    def file(self, *facts: dict[str, Any], **changed: Any) -> bytes:
        """Signed, whatever is `changed` in its statement."""
        parts = (facts,) if facts else ()
        statement = self.statement(parts, **changed)
        return rescue.file_bytes(statement, self.signer.sign(rescue.digest_of(statement)), parts)

    def part(self, *facts: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The body of a relay of a file of one part."""
        statement = self.statement((facts,), **changed)
        signature = self.signer.sign(rescue.digest_of(statement)).hex()
        return {"statement": statement, "signature": signature, "part": 0, "facts": list(facts)}
