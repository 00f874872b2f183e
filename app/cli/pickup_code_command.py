"""Owns what `comptoir pickup-code` does: show a customer's code, print its slip, or write the e-mail. Holds no rule."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.output import Answer
from app.i18n import tr
from app.paths import settings_path
from app.ui.paper_words import paper_title
from app.ui.pickup_pass_words import in_threes, no_pass_words, pass_text
from app.usecases.show_pickup_code import NoPass, PickupPass, pickup_pass, print_pickup_slip

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_pickup_code(options: argparse.Namespace, core: Core) -> Answer:
    order_id = _order_of(core, options.order)
    given = pickup_pass(core.store.queries, core.secrets, order_id)
    if isinstance(given, NoPass):
        return Answer(no_pass_words(given), reason=given.value)
    if options.printed:
        return _printed(core, given)
    if options.text:
        return _written(given, options.language or _language())
    text = tr("Order {number}: {code}").format(number=given.order_number, code=given.pickup_code)
    rows = [(tr("Code to say"), in_threes(given.spoken_code))] if given.spoken_code else []
    rows += [(tr("Page with the QR"), given.link)] if given.link else []
    return Answer(text, _data(given), rows)


def _order_of(core: Core, text: str) -> str:
    """The id of the order with this number, pickup code or spoken code; "" if there is none, or several."""
    from app.usecases.find_order import judge_code

    queries = core.store.queries
    by_number = [row for row in queries.find_orders(text) if row.number == text]
    if len(by_number) == 1:
        return by_number[0].order_id
    verdict = judge_code(queries, core.secrets, text, core.clock.now())
    return verdict.order.order.order_id if verdict.order else ""


def _printed(core: Core, given: PickupPass) -> Answer:
    job = print_pickup_slip(core.counter, given.order_id)
    if isinstance(job, NoPass):
        return Answer(no_pass_words(job), reason=job.value)
    text = tr("{paper} waits for the printer; it comes out while Comptoir's window is open.")
    return Answer(text.format(paper=paper_title(job.kind, job.title)), {**_data(given), "job_id": job.job_id})


def _written(given: PickupPass, language: str) -> Answer:
    text = pass_text(given, language)
    data = {**_data(given), "subject": text.subject, "body": text.body}
    return Answer(text.subject, data, [("",), *((line,) for line in text.body.split("\n"))])


def _language() -> str:
    from app.settings import load

    return load(settings_path()).language


def _data(given: PickupPass) -> dict[str, Any]:
    plain = asdict(given)
    for name in ("pickup_from", "keep_until"):
        plain[name] = plain[name].isoformat() if plain[name] else None
    return plain
