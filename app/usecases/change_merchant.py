"""Changes who the merchant is, or says what is wrong with the new details. What is in the books keeps the old ones."""

from __future__ import annotations

from app.domain.fiscal import EventCode
from app.domain.merchant import Merchant, MerchantProblem, changed_fields, problems_with
from app.domain.operators import Right
from app.usecases.approve import note_approval
from app.usecases.log_event import log_event
from app.usecases.ports import Counter, Touched


def change_merchant(
    counter: Counter, merchant: Merchant, operator: str, approved_by: str = ""
) -> tuple[MerchantProblem, ...]:
    """Keep these details and note in the journal which of them changed; or keep nothing and say why not.

    Args:
        approved_by: the manager who allowed it with their PIN, "" if `operator` may do it alone.

    Raises:
        StoreUnavailable, KeyStoreUnavailable: nothing was changed.
    """
    problems = problems_with(merchant)
    if problems:
        return problems
    with counter.unit_of_work() as uow:
        changed = changed_fields(uow.merchant(), merchant)
        if not changed:
            return ()
        uow.set_merchant(merchant)
        note_approval(uow, counter, Right.CHANGE_SETTINGS, operator, approved_by)
        log_event(uow, counter, EventCode.MERCHANT_CHANGED, operator, {"fields": ",".join(changed)})
        uow.commit()
    counter.announce(Touched(merchant=True))
    return ()
