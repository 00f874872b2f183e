"""Makes an article as this till had it, over what another changed meanwhile, on a person's word. Never commits.

It is told as a change of the newest version known, so that if the marketplace has a still newer one it says so again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.catalogue import LineNature, Product, Unit, contradiction_in
from app.domain.facts import FactKind, product_payload
from app.domain.money import MAX_AMOUNT_MINOR, VAT_RATES_BP, Money
from app.usecases.marketplace_port import Disagreement
from app.usecases.ports import Counter, UnitOfWork
from app.usecases.record_fact import record_fact


def put_ours_again(uow: UnitOfWork, counter: Counter, known: Disagreement) -> bool:
    """Save and tell the article as in the view's `ours`. False, and nothing is written, if the article is not here or
    what the view says of it makes no sense."""
    here = uow.catalogue.get(known.product_id)
    ours, theirs = known.view.get("ours"), known.view.get("theirs")
    if here is None or not isinstance(ours, Mapping):
        return False
    wanted = _as_we_had_it(here, ours)
    if wanted is None or contradiction_in(wanted):
        return False
    told_version = theirs.get("version", 0) if isinstance(theirs, Mapping) else 0
    newest = max(uow.catalogue.versions([here.product_id]).get(here.product_id, 0), told_version)
    uow.catalogue.save_all([wanted])
    payload = product_payload(wanted, newest)
    record_fact(uow, counter, FactKind.PRODUCT_CHANGED, f"product:{here.product_id}", counter.clock.now(), payload)
    return True


def _as_we_had_it(here: Product, ours: Mapping[str, Any]) -> Product | None:
    try:
        price, rate = int(ours["price_minor"]), int(ours["vat_rate_bp"])
        name = str(ours["name"])
        if not (0 <= price <= MAX_AMOUNT_MINOR and rate in VAT_RATES_BP and name.strip()):
            return None
        return replace(
            here,
            name=name,
            price=Money(price),
            vat_rate_bp=rate,
            unit=Unit(ours.get("unit", here.unit.value)),
            category=str(ours.get("category", here.category)),
            shelf=str(ours.get("shelf", here.shelf)),
            codes=tuple(str(code) for code in ours.get("codes", here.codes)),
            stock_tracked=bool(ours.get("stock_tracked", here.stock_tracked)),
            published=bool(ours.get("published", here.published)),
            withdrawal_right=bool(ours.get("withdrawal_right", here.withdrawal_right)),
            age_limit=int(ours.get("age_limit", here.age_limit)),
            active=bool(ours.get("active", here.active)),
            nature=LineNature(ours.get("nature", here.nature.value)),
            meal_voucher=bool(ours.get("meal_voucher", here.meal_voucher)),
            legal_guarantee=bool(ours.get("legal_guarantee", here.legal_guarantee)),
            weigh_slip=bool(ours.get("weigh_slip", here.weigh_slip)),
        )
    except (KeyError, TypeError, ValueError):
        return None
