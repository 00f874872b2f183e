"""Linking to a marketplace nobody here wrote: identity, options and credentials each in its place, one pickup key for
all tills of the shop, and no letter twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest

from app.domain.join_code import JoinCode, read_join_code, write_join_code
from app.domain.pickup_code import ALPHABET
from app.domain.receipt import ShopIdentity
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.keep_cash import open_cash
from app.usecases.link_marketplace import (
    LinkDone,
    LinkRefusal,
    LinkRequest,
    NoJoinCode,
    NotLinked,
    give_join_code,
    link_marketplace,
    text_of,
)
from app.usecases.link_ports import LinkFinding, LinkProblem, LinkTested, LinkWish
from app.usecases.ports import KeyStoreUnavailable, MarketplaceRefused
from tests.fakes.memory_store import MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import HandSetClock, MemorySecrets, a_counter

SHOP_ID = "vendure:boutique.example/lefevre"
CREDENTIALS = {"user": "lefevre", "password": "s3cret"}
WISH = LinkWish(MarketplaceKind.VENDURE, "https://boutique.example", CREDENTIALS, {"channel": "t0k"})
TESTED = LinkTested(SHOP_ID, ShopIdentity("Épicerie Lefèvre"), {"channel": "t0k", "location": "2"})
KEY = b"k" * 32


@dataclass
class ATill:
    """One till of the shop, with nothing in it."""

    tested: LinkTested = TESTED
    store: MemoryStore = field(default_factory=MemoryStore)
    secrets: MemorySecrets = field(default_factory=lambda: MemorySecrets({}))
    wishes: list[LinkWish] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counter = a_counter(self.store.unit_of_work, clock=HandSetClock(), secrets=self.secrets)
        self.store.tables.identity = replace(self.store.tables.identity, shop_id="", till_id="", paired_at=None)

    def test(self, wish: LinkWish) -> LinkTested:
        self.wishes.append(wish)
        return self.tested

    def link(self, **other: object) -> LinkDone | NotLinked:
        request = replace(LinkRequest(WISH, "Caisse"), **other)  # type: ignore[arg-type]  # a test's own words
        return link_marketplace(self.counter, self.secrets, self.test, request, lambda size: KEY[:size])

    def linked(self, **other: object) -> LinkDone:
        done = self.link(**other)
        assert isinstance(done, LinkDone)
        return done

    def join_code(self) -> JoinCode:
        code = give_join_code(self.counter, self.secrets)
        assert isinstance(code, JoinCode)
        return code


@pytest.fixture
def first() -> ATill:
    till = ATill()
    till.linked()
    return till


def refusal(answer: LinkDone | NotLinked) -> LinkRefusal:
    assert isinstance(answer, NotLinked)
    return answer.refusal


def test_the_first_till_is_a_and_makes_the_pickup_key() -> None:
    till = ATill()
    done = till.linked()
    identity = till.store.tables.identity
    assert (identity.shop_id, identity.till_letter, identity.till_name) == (SHOP_ID, "A", "Caisse")
    assert identity.shop.name == "Épicerie Lefèvre"
    assert identity.marketplace_url == "https://boutique.example"
    assert identity.paired_at is not None
    assert identity.till_id
    assert done.identity == identity
    assert till.store.tables.linked == Linked(MarketplaceKind.VENDURE, TESTED.options, only_till=True)
    assert json.loads(till.secrets.device_token() or "") == CREDENTIALS
    keys = till.secrets.pickup_keys()
    assert list(keys.values()) == [KEY]
    assert set(keys) <= set(ALPHABET)


def test_nothing_secret_is_in_the_database(first: ATill) -> None:
    kept = repr(vars(first.store.tables))
    assert "s3cret" not in kept
    assert repr(KEY) not in kept
    assert "s3cret" not in repr(WISH)


def test_what_the_marketplace_does_not_know_of_the_shop_stays_as_it_was_entered(first: ATill) -> None:
    tables = first.store.tables
    shop = replace(tables.identity.shop, address_lines=("3 rue du Marché",), siret="12345678900011")
    tables.identity = replace(tables.identity, shop=shop)
    first.tested = replace(TESTED, shop=ShopIdentity("lefevre-59"))
    first.linked()
    assert first.store.tables.identity.shop == shop
    first.linked(shop_name="Lefèvre et fils")
    assert first.store.tables.identity.shop == replace(shop, name="Lefèvre et fils")


def test_findings_are_handed_back_and_nothing_is_kept() -> None:
    till = ATill(replace(TESTED, findings=(LinkFinding(LinkProblem.NEEDED, "location"),)))
    answer = till.link()
    assert refusal(answer) is LinkRefusal.FINDINGS
    assert isinstance(answer, NotLinked)
    assert answer.tested is not None
    assert answer.tested.findings
    assert till.secrets.device_token() is None
    assert not till.store.tables.identity.shop_id


def test_a_till_of_another_shop_is_not_linked(first: ATill) -> None:
    first.tested = replace(TESTED, shop_id="vendure:boutique.example/autre")
    with pytest.raises(MarketplaceRefused, match="another_shop"):
        first.link()


def test_linked_again_it_is_still_itself_and_reads_everything_again(first: ATill) -> None:
    before, key = first.store.tables.identity, first.secrets.pickup_keys()
    first.store.tables.cursor = "42"
    first.tested = replace(TESTED, options={"channel": "t0k", "location": "3"}, letters_seen=frozenset("A"))
    first.linked()
    assert first.store.tables.identity.till_id == before.till_id
    assert first.store.tables.identity.till_letter == "A"
    assert first.secrets.pickup_keys() == key
    assert first.store.tables.linked.options["location"] == "3"
    assert first.store.tables.cursor == ""


def test_other_credentials_leave_no_older_ones_to_be_tried(first: ATill) -> None:
    first.linked(wish=replace(WISH, credentials={"user": "lefevre", "password": "n3w"}))
    assert not first.secrets.use_other_device_token()
    assert "n3w" in (first.secrets.device_token() or "")


def test_the_next_till_takes_the_key_over(first: ATill) -> None:
    code = first.join_code()
    assert (code.shop_id, code.letters_used, code.letter) == (SHOP_ID, "A", "B")
    assert read_join_code(text_of(code)) == code
    second = ATill(replace(TESTED, letters_seen=frozenset("A")))
    done = second.linked(join_code=text_of(code))
    assert done.identity.till_letter == "B"
    assert second.secrets.pickup_keys() == first.secrets.pickup_keys()
    assert not done.linked.only_till, "whatever was entered"
    assert not first.store.tables.linked.only_till, "from now on there are two"


def test_each_join_code_is_for_another_letter(first: ATill) -> None:
    assert [first.join_code().letter for _ in range(3)] == ["B", "C", "D"]
    assert first.store.tables.linked.letters_given == "BCD"
    first.store.tables.linked = replace(first.store.tables.linked, letters_given="BCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert give_join_code(first.counter, first.secrets) is NoJoinCode.NO_LETTER_LEFT


def test_a_till_of_the_reference_marketplace_gives_no_join_code(shop: Shop) -> None:
    assert give_join_code(shop.counter, shop.secrets) is NoJoinCode.NOT_LINKED


def test_the_next_tills_own_join_codes_know_the_letters_before_it(first: ATill) -> None:
    second = ATill()
    second.linked(join_code=text_of(first.join_code()))
    assert second.join_code().letter == "C"
    second.linked()
    assert second.store.tables.identity.till_letter == "B", "linked again it needs no join code"


@pytest.mark.parametrize("letter", ["B", "C"])
def test_without_a_join_code_the_next_till_is_refused(letter: str) -> None:
    """Its codes would be unknown at the first till, and the first till's here."""
    till = ATill(replace(TESTED, letters_seen=frozenset("A") if letter == "C" else frozenset()))
    assert refusal(till.link(letter=letter)) is LinkRefusal.JOIN_CODE_NEEDED
    assert till.secrets.device_token() is None


def test_a_shop_that_lost_all_its_tills_begins_with_another_key() -> None:
    till = ATill(replace(TESTED, letters_seen=frozenset("A")))
    answer = till.link()
    assert refusal(answer) is LinkRefusal.LETTER_TAKEN
    assert isinstance(answer, NotLinked)
    assert answer.letters == "A"
    assert refusal(till.link(letter="B")) is LinkRefusal.JOIN_CODE_NEEDED
    assert till.linked(letter="B", new_key=True).identity.till_letter == "B"
    assert list(till.secrets.pickup_keys().values()) == [KEY]


def test_a_key_that_got_out_is_replaced(first: ATill) -> None:
    first.secrets.set_pickup_keys({"7": b"o" * 32})
    first.linked(new_key=True)
    assert list(first.secrets.pickup_keys().values()) == [KEY], "the old one opens nothing more"
    assert first.store.tables.identity.till_letter == "A"


def test_a_letter_of_another_till_is_refused(first: ATill) -> None:
    code = text_of(first.join_code())
    second = ATill()
    assert refusal(second.link(join_code=code, letter="a")) is LinkRefusal.LETTER_TAKEN
    assert refusal(second.link(join_code=code, letter="7")) is LinkRefusal.BAD_LETTER
    assert refusal(second.link(join_code=code, letter="BB")) is LinkRefusal.BAD_LETTER


def test_join_codes_that_are_none_or_of_another_shop_are_refused(first: ATill) -> None:
    second = ATill()
    assert refusal(second.link(join_code="CJ1 22222")) is LinkRefusal.BAD_JOIN_CODE
    assert second.wishes == [], "nobody was asked"
    elsewhere = write_join_code(replace(first.join_code(), shop_id="vendure:elsewhere/x"))
    assert refusal(second.link(join_code=elsewhere)) is LinkRefusal.JOIN_CODE_OF_ANOTHER_SHOP


def test_another_letter_under_an_open_drawer_is_said_first(first: ATill) -> None:
    from app.domain.money import Money

    open_cash(first.counter, Money(5000), "Zoé")
    with pytest.raises(MarketplaceRefused, match="drawer_open"):
        first.link(letter="D")
    assert first.linked().identity.till_letter == "A", "the same letter changes nothing for the drawer"
    assert first.linked(letter="D", cash_passes=True).identity.till_letter == "D"


def test_a_key_store_that_fails_leaves_the_till_unlinked() -> None:
    class Locked(MemorySecrets):
        def set_device_token(self, token: str | None) -> None:
            raise KeyStoreUnavailable("denied")

    till = ATill(secrets=Locked({}))
    with pytest.raises(KeyStoreUnavailable):
        till.link()
    assert not till.store.tables.identity.shop_id
    assert till.store.tables.linked == Linked()
