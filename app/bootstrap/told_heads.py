"""Owns what happens when the marketplace says how far this till's ledger once went: the ends are looked at, what is
wrong is noted in the journal, and the chains go on after what it knows. Holds no rule.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.fiscal import KnownHead

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.domain.ledger_check import Finding

_log = logging.getLogger(__name__)


def look_at_told_heads(core: Core, heads: Sequence[KnownHead]) -> tuple[Finding, ...]:
    """What the marketplace's memory shows about this database, nothing if all is well.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: nothing was looked at.
    """
    from app.storage.signing import is_signed_by
    from app.usecases.start_ledger import check_at_start

    findings = check_at_start(core.counter, core.secrets, is_signed_by, starting=False, other_heads=heads)
    for finding in findings:
        _log.warning("ledger: %s in %s from no. %d", finding.kind.value, finding.series, finding.number)
    return findings
