"""Links this till to a marketplace that nobody here wrote, by way of its connector. Secrets go to the key store, never
into the database: what opens the door, and the shop's pickup key, which is made here at the shop's first till.

A shop's next till takes the key over by a join code: only then do both open the same pickup codes. A till linked anew
is still itself: its data stay, and what waits is told under its letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.domain.join_code import KEY_BYTES, JoinCode, is_till_letter, next_letter, read_join_code, write_join_code
from app.domain.pickup_code import symbols_of
from app.domain.receipt import ShopIdentity
from app.usecases.connector_kinds import CODE_PAGE_OPTION
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_ports import LinkTest, LinkTested, LinkWish
from app.usecases.pair_till import MAX_TILL_NAME_LENGTH, check_drawer, check_same_shop, take_identity
from app.usecases.ports import Counter, Secrets, TillIdentity, Touched
from app.usecases.renew_token import TOKEN_TASK

NewKey = Callable[[int], bytes]
"""So many random bytes, from a source fit for keys."""
FIRST_LETTER = "A"


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """What a person entered.

    Attributes:
        shop_name: on tickets and papers; "" for the one it has, or what the marketplace calls the shop.
        letter: of this till, on its tickets and in what it writes there; "" for the one it has, the join code's, or A.
        only_till: no other till hands over this marketplace's orders: then this one may do it off line.
        join_code: of the shop's first till, "" at the first.
        new_key: the shop's pickup key is lost with its other tills, or got out: make another; codes given out open
            nothing more.
        cash_passes: the drawer is open under the old letter and goes on under the new one.
    """

    wish: LinkWish
    till_name: str
    shop_name: str = ""
    letter: str = ""
    only_till: bool = True
    join_code: str = field(default="", repr=False)
    new_key: bool = False
    cash_passes: bool = False


class LinkRefusal(StrEnum):
    """Why a till is not linked."""

    FINDINGS = "findings"
    """The marketplace can be reached, but something must be put right: see the test's findings."""
    BAD_JOIN_CODE = "bad_join_code"
    JOIN_CODE_OF_ANOTHER_SHOP = "join_code_of_another_shop"
    JOIN_CODE_NEEDED = "join_code_needed"
    """Another till of the shop has made pickup codes already."""
    BAD_LETTER = "bad_letter"
    LETTER_TAKEN = "letter_taken"


@dataclass(frozen=True, slots=True)
class LinkDone:
    identity: TillIdentity
    linked: Linked


@dataclass(frozen=True, slots=True)
class NotLinked:
    """`tested`: what the marketplace said, None if it was not asked. `letters`: those of other tills."""

    refusal: LinkRefusal
    tested: LinkTested | None = None
    letters: str = ""


def link_marketplace(
    counter: Counter, secrets: Secrets, test: LinkTest, request: LinkRequest, new_key: NewKey
) -> LinkDone | NotLinked:
    """Link this till. Secrets are kept before the identity: if the till dies in between, it may link again.

    Raises:
        MarketplaceRefused: `wrong_login`, `bad_address`, `insecure_address`; `another_shop`: this till's data belong to
            the shop it was linked with first; `drawer_open`: its letter would change under an open drawer.
        MarketplaceUnreachable, KeyStoreUnavailable, StoreUnavailable: nothing usable was kept.
    """
    joined = read_join_code(request.join_code) if request.join_code else None
    if request.join_code and joined is None:
        return NotLinked(LinkRefusal.BAD_JOIN_CODE)
    tested = test(request.wish)
    if tested.findings:
        return NotLinked(LinkRefusal.FINDINGS, tested)
    check_same_shop(counter, tested.shop_id)
    if joined is not None and joined.shop_id != tested.shop_id:
        return NotLinked(LinkRefusal.JOIN_CODE_OF_ANOTHER_SHOP, tested)
    before = _before(counter)
    letter = (request.letter.strip().upper() or before.letter or (joined.letter if joined else FIRST_LETTER))[:2]
    if not is_till_letter(letter):
        return NotLinked(LinkRefusal.BAD_LETTER, tested)
    others = _letters_of_others(tested, joined, before)
    if letter in others:
        return NotLinked(LinkRefusal.LETTER_TAKEN, tested, others)
    keys = _keys_for(secrets, request, joined, before, first=letter == FIRST_LETTER and not others, new_key=new_key)
    if not keys:
        return NotLinked(LinkRefusal.JOIN_CODE_NEEDED, tested, others)
    if letter != before.letter:
        check_drawer(counter, request.cash_passes)
    secrets.set_device_token(None)  # what opened the door before opens nothing more, and is not to be tried again
    secrets.set_device_token(json.dumps(dict(request.wish.credentials), sort_keys=True))
    secrets.set_pickup_keys(keys)
    return _keep(counter, request, tested, joined, before, letter)


class NoJoinCode(StrEnum):
    """Why no join code can be given."""

    NOT_LINKED = "not_linked"
    """Not to a marketplace of this kind; the reference marketplace gives its tills the keys itself."""
    NO_LETTER_LEFT = "no_letter_left"


def give_join_code(counter: Counter, secrets: Secrets) -> JoinCode | NoJoinCode:
    """What the shop's next till needs. From now on this is not the only till: it hands over off line only what is
    ready in its name. Each call gives another letter.

    Raises StoreUnavailable, KeyStoreUnavailable.
    """
    keys = secrets.pickup_keys()
    with counter.unit_of_work() as uow:
        identity, linked = uow.identity(), uow.linked()
        if linked.kind is MarketplaceKind.COMPTOIR or not keys:
            return NoJoinCode.NOT_LINKED
        used = "".join(sorted({identity.till_letter, *linked.letters_given}))
        letter = next_letter(used)
        if not letter:
            return NoJoinCode.NO_LETTER_LEFT
        given = "".join(sorted({*linked.letters_given, letter}))
        uow.set_linked(replace(linked, only_till=False, letters_given=given))
        uow.commit()
    key_id, key = next(iter(sorted(keys.items())))
    return JoinCode(identity.shop_id, key_id, key, used, letter)


def text_of(code: JoinCode) -> str:
    """As it is shown, typed and scanned."""
    return write_join_code(code)


@dataclass(frozen=True, slots=True)
class _Before:
    """What this till was until now. `letter`: "" if it was not linked with this shop."""

    identity: TillIdentity
    linked: Linked

    @property
    def letter(self) -> str:
        return self.identity.till_letter if self.identity.shop_id else ""


def _before(counter: Counter) -> _Before:
    with counter.unit_of_work() as uow:
        return _Before(uow.identity(), uow.linked())


def _letters_of_others(tested: LinkTested, joined: JoinCode | None, before: _Before) -> str:
    used = {*tested.letters_seen, *(joined.letters_used if joined else ""), *before.linked.letters_given}
    return "".join(sorted(used - {before.letter}))


def _keys_for(
    secrets: Secrets,
    request: LinkRequest,
    joined: JoinCode | None,
    before: _Before,
    *,
    first: bool,
    new_key: NewKey,
) -> dict[str, bytes]:
    """The shop's pickup key by its id; none if it must come from another till."""
    if joined is not None:
        return {joined.key_id: joined.key}
    known = secrets.pickup_keys() if before.letter else {}
    if known and not request.new_key:
        return dict(known)
    if not first and not request.new_key:
        return {}
    key = new_key(KEY_BYTES)
    return {symbols_of(key[0], 1): key}


def _keep(
    counter: Counter,
    request: LinkRequest,
    tested: LinkTested,
    joined: JoinCode | None,
    before: _Before,
    letter: str,
) -> LinkDone:
    identity = TillIdentity(
        till_id=before.identity.till_id if before.letter else counter.ids.new(),
        till_letter=letter,
        till_name=request.till_name.strip()[:MAX_TILL_NAME_LENGTH],
        shop=_shop(request.shop_name.strip(), tested.shop, before.identity.shop),
        shop_id=tested.shop_id,
        marketplace_url=request.wish.address,
        paired_at=counter.clock.now(),
    )
    letters = "".join(sorted({*before.linked.letters_given, *(joined.letters_used if joined else "")} - {letter}))
    linked = Linked(
        kind=request.wish.kind,
        options=_options(request.wish, tested),
        only_till=request.only_till and not letters,
        letters_given=letters,
        restored_through_seq=before.linked.restored_through_seq,
    )
    with counter.unit_of_work() as uow:
        take_identity(uow, counter, identity)
        uow.set_linked(linked)
        uow.pulled.set_cursor("")  # what is asked for may have changed: everything is read and compared again
        uow.upkeep.note_done(TOKEN_TASK, counter.clock.now())
        uow.commit()
    counter.announce(Touched(orders=True, catalogue=True, outbox=True, cash=True))
    return LinkDone(identity, linked)


def _options(wish: LinkWish, tested: LinkTested) -> dict[str, str]:
    """What the connector checked, and what of the wish is this till's own affair."""
    own = wish.options.get(CODE_PAGE_OPTION, "")
    return {**tested.options, **({CODE_PAGE_OPTION: own} if own else {})}


def _shop(entered: str, told: ShopIdentity, known: ShopIdentity) -> ShopIdentity:
    """The name as a person entered it, for a marketplace may know it by a word of its own only; what else the
    marketplace does not know stays as it was here."""
    return ShopIdentity(
        entered or known.name or told.name,
        told.address_lines or known.address_lines,
        told.siret or known.siret,
        told.vat_number or known.vat_number,
        told.footer or known.footer,
    )
