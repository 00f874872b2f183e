"""Owns the tills' routes about rescue files: telling the ledger's key, passing on what another till could not tell."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, Field, StrictInt, StrictStr
from starlette.responses import JSONResponse, Response

from app.domain.fiscal import SIGNATURE_BYTES
from app.domain.rescue import FACTS_A_PART
from app.marketplace.api import TheCore, TheTill, shown_answer
from app.marketplace.ledger_keys import register_key
from app.marketplace.problems import ProblemRaised, language_asked, may_answer
from app.marketplace.relay import RescueRefused, take_part
from app.marketplace.schemas import FactAnswers, Shape
from app.marketplace.signatures import is_ledger_key

MAX_PARTS = 100_000
router = APIRouter(prefix="/v1", tags=["till"])
_TAKEN: dict[int | str, dict[str, Any]] = {200: {"model": FactAnswers}}
_PROBLEMS = may_answer(400, 401, 403, 413, 422, 429, 503)


def _ledger_key(public_pem: str) -> str:
    if not is_ledger_key(public_pem):
        raise ValueError("no public key on the curve P-256")
    return public_pem


class LedgerKeyTold(Shape):
    public_key: Annotated[StrictStr, Field(max_length=1000), AfterValidator(_ledger_key)] = Field(
        description="Of the ledger's key: SubjectPublicKeyInfo, PEM, P-256."
    )


class RelayedPart(Shape):
    """A part of a rescue file, as its statement lists it."""

    statement: dict[StrictStr, Any] = Field(description="As signed.")
    signature: Annotated[StrictStr, Field(pattern=rf"^[0-9a-f]{{{SIGNATURE_BYTES * 2}}}$")]
    part: Annotated[StrictInt, Field(ge=0, lt=MAX_PARTS)] = Field(description="Its place in the statement, from 0.")
    facts: list[dict[StrictStr, Any]] = Field(min_length=1, max_length=FACTS_A_PART)


@router.put("/ledger-key", status_code=204, responses=_PROBLEMS | may_answer(409))
def ledger_key(core: TheCore, till: TheTill, told: LedgerKeyTold) -> None:
    """Tell the public key of the till's ledger. The first one stays; the same one may be told again."""
    with core.store.writing(till.shop_id) as transaction:
        if not register_key(transaction, till, told.public_key):
            raise ProblemRaised(409, "other_ledger_key")


@router.post("/relay", responses=_TAKEN | _PROBLEMS)
def relay(request: Request, core: TheCore, till: TheTill, told: RelayedPart) -> Response:
    """Pass on part of a rescue file of a till of the same shop: taken in as if that till had told it."""
    try:
        with core.store.writing(till.shop_id) as transaction:
            signature = bytes.fromhex(told.signature)
            answers = take_part(transaction, told.statement, signature, told.part, told.facts)
    except RescueRefused as refused:
        raise ProblemRaised(422, f"rescue_{refused.reason.value}") from None
    language = language_asked(request)
    return JSONResponse({"results": [shown_answer(answer, language) for answer in answers], "heads": []})
