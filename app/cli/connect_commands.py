"""Owns `comptoir connect`: the link to a marketplace nobody here wrote. Holds no rule; a password is read from the
keyboard, standard input or the environment, never from the command line, and never shown.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets as chance
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.connect_parser import JOIN_CODE, PASSWORD_VARIABLE
from app.cli.link_commands import identity_data
from app.cli.output import Answer
from app.domain.join_code import in_groups, looks_like_join_code
from app.i18n import tr
from app.ui.link_words import finding_sentences, kind_name, missing_sentences, no_join_code_words, not_linked_words
from app.usecases.connector_kinds import CODE_PAGE_OPTION, fields_of
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_marketplace import (
    LinkDone,
    LinkRequest,
    NoJoinCode,
    NotLinked,
    give_join_code,
    link_marketplace,
    text_of,
)
from app.usecases.link_ports import LinkTested, LinkWish

if TYPE_CHECKING:
    from app.bootstrap.core import Core


def run_connect(options: argparse.Namespace, core: Core) -> Answer:
    """Link, try a link, or show the join code."""
    from app.sync.connectors.registry import check_link

    if options.kind == JOIN_CODE:
        return _join_code(core)
    identity, linked = core.store.queries.identity(), core.store.queries.linked()
    kind = MarketplaceKind(options.kind)
    known = linked if linked.kind is kind else Linked(kind)
    address = options.url or (identity.marketplace_url if known is linked else "")
    if not address:
        return Answer(tr("Say where the marketplace is: --url https://..."), reason="no_url")
    wish = LinkWish(kind, address, _credentials(kind, options), _wished_options(kind, options, known))
    if options.test:
        return _tested(kind, check_link(wish))
    request = LinkRequest(
        wish,
        options.name or identity.till_name or "Caisse",
        shop_name=options.shop_name,
        letter=options.letter,
        only_till=options.only_till,
        join_code=_join_text(options.join),
        new_key=options.new_key,
        cash_passes=options.drawer_open,
    )
    return _linked(link_marketplace(core.counter, core.secrets, check_link, request, chance.token_bytes))


def _credentials(kind: MarketplaceKind, options: argparse.Namespace) -> dict[str, str]:
    shown = [field.name for field in fields_of(kind) if field.credential and not field.hidden]
    hidden = [field.name for field in fields_of(kind) if field.credential and field.hidden]
    return {**dict.fromkeys(shown, options.user), **{name: _typed_secret(name) for name in hidden}}


def _typed_secret(name: str) -> str:
    """From the environment, typed blind at a terminal, else the first line of standard input."""
    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(tr("Consumer secret: ") if name == "consumer_secret" else tr("Password: "))
    return sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""


def _wished_options(kind: MarketplaceKind, options: argparse.Namespace, known: Linked) -> dict[str, str]:
    """What was typed; what was not, as it was linked until now."""
    typed = {
        "channel": options.channel,
        "location": options.location,
        "pickup_methods": ",".join(options.pickup_methods),
        "counter_methods": ",".join(options.counter_methods),
        CODE_PAGE_OPTION: options.code_page,
    }
    names = [field.name for field in fields_of(kind) if not field.credential]
    return {**known.options, **{name: typed[name] for name in names if typed.get(name)}}


def _join_text(given: str) -> str:
    """The code itself, or what a file of that name holds."""
    if not given or looks_like_join_code(given):
        return given
    return Path(given).read_text(encoding="ascii", errors="replace")


def _join_code(core: Core) -> Answer:
    code = give_join_code(core.counter, core.secrets)
    if isinstance(code, NoJoinCode):
        return Answer(no_join_code_words(code), reason=code.value)
    text = tr(
        "Join code for till {letter}. It is a secret: enter it at that till (comptoir connect ... --join CODE) and "
        "keep it nowhere. From now on this is not the only till."
    )
    shown = in_groups(text_of(code))
    return Answer(text.format(letter=code.letter), {"letter": code.letter, "join_code": text_of(code)}, [(shown,)])


def _tested(kind: MarketplaceKind, tested: LinkTested) -> Answer:
    data = {
        "shop_id": tested.shop_id,
        "shop": tested.shop.name,
        "options": dict(tested.options),
        "letters_seen": sorted(tested.letters_seen),
    }
    if tested.findings:
        problems = finding_sentences(tested.findings)
        return Answer(problems[0], data, [(line,) for line in problems[1:]], reason="findings")
    text = tr("{kind}: the shop {shop} can be linked.").format(kind=kind_name(kind), shop=tested.shop.name)
    return Answer(text, data, sorted(tested.options.items()))


def _linked(answer: LinkDone | NotLinked) -> Answer:
    if isinstance(answer, NotLinked):
        return Answer(not_linked_words(answer), {"letters": answer.letters}, reason=answer.refusal.value)
    identity = answer.identity
    text = tr("{till} is linked to {shop}. Its letter on tickets is {letter}.")
    return Answer(
        text.format(till=identity.till_name, shop=identity.shop.name, letter=identity.till_letter),
        {**identity_data(identity), "kind": answer.linked.kind.value, "options": dict(answer.linked.options)},
        [(sentence,) for sentence in missing_sentences(answer.linked)],
    )
