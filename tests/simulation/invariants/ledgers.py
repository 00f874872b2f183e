"""I5: every till's ledger is whole; what was lost with an older copy is named in it."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.ledger_check import FindingKind
from app.storage.signing import SignatureChecker
from app.usecases.verify_ledger import Outside, verify_ledger
from tests.simulation.registry import invariant
from tests.simulation.world import World

_OF_A_WRONG_CLOCK = frozenset({FindingKind.CLOCK_BACK, FindingKind.CLOCK_BEHIND, FindingKind.DAY_ORDER})


@invariant("I5")
def ledgers_verify(world: World) -> Iterator[str]:
    for till in world.tills:
        outside = Outside(till.secrets.known_heads(), till.counter.signer.key_id)
        report = verify_ledger(till.queries.ledger_books(), SignatureChecker(), till.clock, outside)
        for finding in report.faults:
            if finding.kind not in _OF_A_WRONG_CLOCK:
                yield f"{till.name}: {finding.kind.value} {finding.series} {finding.number} {dict(finding.details)}"
