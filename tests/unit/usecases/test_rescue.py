"""What one till could not tell is saved, and taken in at another: once, whole, and only if it is genuine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import rescue
from app.domain.facts import Fact, FactKind
from app.domain.rescue import RescueFile, RescueRefusal
from app.usecases.archive_ports import FileNotWritten
from app.usecases.marketplace_port import FactAnswer, FactOutcome
from app.usecases.ports import Touched
from app.usecases.rescue import NothingWritten, RescueImported, RescueWritten, import_rescue, write_rescue
from app.usecases.rescue_ports import RescuedPart
from tests.fakes.memory_store import A_TILL, MemoryStore
from tests.fakes.shop import Shop
from tests.fakes.surroundings import NOON, HandSetClock


def is_signed_by(public_pem: str, digest: bytes, signature: bytes) -> bool:
    """As `DigestSigner` signs."""
    name = public_pem.removeprefix("public key ")
    return signature == hashlib.sha512(name.encode() + digest).digest()


@dataclass
class Stick:
    """A `PutRescueFile` that keeps what it was given, as it changes it."""

    changes: Callable[[bytes], bytes] = lambda data: data
    files: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, name: str, data: bytes, is_whole: Callable[[bytes], bool]) -> str:
        if not is_whole(self.changes(data)):
            raise FileNotWritten("not_kept")
        self.files[name] = data
        return f"/stick/{name}"


def tell(shop: Shop, count: int, first: int = 1) -> list[Fact]:
    facts = []
    with shop.store.unit_of_work() as uow:
        for number in range(first, first + count):
            moment = NOON + timedelta(minutes=number)
            fact = Fact(
                f"fact-{number:04d}", uow.outbox.next_seq(), FactKind.STOCK_MOVED, f"product:{number}", moment, {}
            )
            uow.outbox.append(fact)
            facts.append(fact)
        uow.commit()
    return facts


def the_file(shop: Shop) -> bytes:
    stick = Stick()
    written = write_rescue(shop.counter, shop.queries, stick, is_signed_by)
    assert isinstance(written, RescueWritten)
    (data,) = stick.files.values()
    return data


def a_file_of_another_till(count: int = 3, **identity: Any) -> bytes:
    other = Shop(MemoryStore(), HandSetClock())
    with other.store.unit_of_work() as uow:
        who = {"till_id": "till-b", "till_letter": "B", **identity}
        uow.set_identity(replace(A_TILL, **who))
        uow.commit()
    tell(other, count)
    return the_file(other)


def next_part(shop: Shop) -> RescuedPart | None:
    with shop.store.unit_of_work() as uow:
        part: RescuedPart | None = uow.rescued.next_part(shop.clock.now())
    return part


def settle(shop: Shop, part: RescuedPart, *answers: FactAnswer) -> None:
    with shop.store.unit_of_work() as uow:
        uow.rescued.settle(part, answers)
        uow.commit()


def everything(part: RescuedPart, outcome: FactOutcome = FactOutcome.APPLIED, message: str = "") -> list[FactAnswer]:
    return [FactAnswer(fact["fact_id"], outcome, message) for fact in part.facts]


def take_in(shop: Shop, data: bytes) -> RescueImported:
    done = import_rescue(shop.counter, data, is_signed_by, "Léa")
    assert isinstance(done, RescueImported), done
    return done


# --- writing ---


def test_all_that_waits_goes_into_the_file_and_stays_in_the_outbox(shop: Shop) -> None:
    facts = tell(shop, 3)
    stick = Stick()
    written = write_rescue(shop.counter, shop.queries, stick, is_signed_by)
    name = "comptoir-rescue-A-20261121T120000Z"
    assert written == RescueWritten(f"/stick/{name}", 3, facts[0].happened_at, facts[2].happened_at)
    found = rescue.read_file(stick.files[name], is_signed_by)
    assert isinstance(found, RescueFile)
    assert [fact["fact_id"] for part in found.parts for fact in part] == [fact.fact_id for fact in facts]
    assert (found.shop_id, found.till_id, found.till_letter) == (A_TILL.shop_id, A_TILL.till_id, "A")
    assert shop.queries.outbox_state().waiting == 3


def test_what_was_refused_or_is_under_way_goes_along_what_was_told_does_not(shop: Shop) -> None:
    told, refused, under_way = tell(shop, 3)
    with shop.store.unit_of_work() as uow:
        uow.outbox.claim(3, shop.clock.now(), 60.0)
        answers = [
            FactAnswer(told.fact_id, FactOutcome.APPLIED),
            FactAnswer(refused.fact_id, FactOutcome.REFUSED, "no"),
        ]
        uow.outbox.settle(answers, shop.clock.now())
        uow.commit()
    found = rescue.read_file(the_file(shop), is_signed_by)
    assert isinstance(found, RescueFile)
    assert [fact["fact_id"] for fact in found.parts[0]] == [refused.fact_id, under_way.fact_id]


def test_nothing_waits(shop: Shop) -> None:
    stick = Stick()
    assert write_rescue(shop.counter, shop.queries, stick, is_signed_by) is NothingWritten.NOTHING_WAITS
    assert not stick.files


def test_a_till_of_no_shop_writes_nothing(shop: Shop) -> None:
    tell(shop, 1)
    with shop.store.unit_of_work() as uow:
        uow.set_identity(replace(A_TILL, shop_id="", till_id="", till_letter=""))
        uow.commit()
    assert write_rescue(shop.counter, shop.queries, Stick(), is_signed_by) is NothingWritten.NOT_PAIRED


def test_done_is_said_only_of_what_was_read_back_and_is_right(shop: Shop) -> None:
    tell(shop, 1)
    with pytest.raises(FileNotWritten) as failure:
        write_rescue(shop.counter, shop.queries, Stick(lambda data: data[:-1]), is_signed_by)
    assert failure.value.reason == "not_kept"


# --- taking in ---


def test_the_facts_of_another_till_wait_beside_our_own(shop: Shop) -> None:
    tell(shop, 2, first=100)
    own = shop.facts()
    done = take_in(shop, a_file_of_another_till(3))
    assert (done.till_letter, done.facts, done.waiting, done.known) == ("B", 3, 3, False)
    assert shop.heard[-1] == Touched(outbox=True)
    assert shop.facts() == own
    (row,) = shop.queries.rescued()
    assert (row.till_letter, row.facts, row.waiting, row.refused, row.imported_by) == ("B", 3, 3, 0, "Léa")
    assert (row.made_at, row.imported_at) == (NOON, NOON)
    assert shop.queries.rescued_waiting() == 3


def test_importing_twice_changes_nothing(shop: Shop) -> None:
    data = a_file_of_another_till(3)
    take_in(shop, data)
    before = next_part(shop)
    again = take_in(shop, data)
    assert (again.known, again.waiting) == (True, 3)
    assert next_part(shop) == before
    assert shop.queries.rescued_waiting() == 3


def test_importing_after_all_was_passed_on_changes_nothing(shop: Shop) -> None:
    data = a_file_of_another_till(3)
    take_in(shop, data)
    part = next_part(shop)
    assert part is not None
    settle(shop, part, *everything(part))
    again = take_in(shop, data)
    assert (again.known, again.waiting) == (True, 0)
    assert next_part(shop) is None


@pytest.mark.parametrize("outcome", [FactOutcome.APPLIED, FactOutcome.DUPLICATE, FactOutcome.CONFLICT])
def test_what_the_marketplace_has_waits_no_longer(shop: Shop, outcome: FactOutcome) -> None:
    take_in(shop, a_file_of_another_till(3))
    part = next_part(shop)
    assert part is not None
    assert [fact["fact_id"] for fact in part.facts] == ["fact-0001", "fact-0002", "fact-0003"]
    settle(shop, part, *everything(part, outcome))
    assert next_part(shop) is None
    (row,) = shop.queries.rescued()
    assert (row.facts, row.waiting, row.refused) == (3, 0, 0)


def test_parts_go_in_order_each_as_a_whole(shop: Shop) -> None:
    take_in(shop, a_file_of_another_till(230))
    sent = []
    while (part := next_part(shop)) is not None:
        sent.append((part.number, len(part.facts)))
        assert rescue.is_part_of(part.statement, part.number, part.facts)
        assert rescue.is_genuine(part.statement, part.signature, is_signed_by)
        settle(shop, part, *everything(part))
    assert sent == [(0, 100), (1, 100), (2, 30)]


def test_a_part_answered_in_part_goes_again_as_a_whole(shop: Shop) -> None:
    take_in(shop, a_file_of_another_till(3))
    part = next_part(shop)
    assert part is not None
    settle(shop, part, *everything(part)[:2])
    assert next_part(shop) == part
    assert shop.queries.rescued_waiting() == 1


def test_a_refused_fact_stays_with_its_sentence_until_it_is_imported_again(shop: Shop) -> None:
    data = a_file_of_another_till(3)
    take_in(shop, data)
    part = next_part(shop)
    assert part is not None
    first, *others = everything(part)
    settle(shop, part, replace(first, outcome=FactOutcome.REFUSED, message="No such order."), *others)
    assert next_part(shop) is None
    (row,) = shop.queries.rescued()
    assert (row.waiting, row.refused, row.message) == (0, 1, "No such order.")
    assert take_in(shop, data).waiting == 1
    assert next_part(shop) == part


def test_a_file_refused_whole_is_not_sent_again(shop: Shop) -> None:
    take_in(shop, a_file_of_another_till(120))
    part = next_part(shop)
    assert part is not None
    with shop.store.unit_of_work() as uow:
        uow.rescued.refuse(part, "The key is not known.")
        uow.commit()
    assert next_part(shop) is None
    (row,) = shop.queries.rescued()
    assert (row.refused, row.message) == (120, "The key is not known.")


def test_a_part_put_off_makes_way_and_comes_back(shop: Shop) -> None:
    take_in(shop, a_file_of_another_till(120))
    part = next_part(shop)
    assert part is not None
    with shop.store.unit_of_work() as uow:
        uow.rescued.postpone(part, shop.clock.now() + timedelta(minutes=10))
        uow.commit()
    following = next_part(shop)
    assert following is not None
    assert following.number == 1
    shop.clock.go_on(minutes=10)
    assert next_part(shop) == part


def test_two_files_of_one_till_overlap_without_harm(shop: Shop) -> None:
    take_in(shop, a_file_of_another_till(2))
    shop.clock.go_on(minutes=1)
    take_in(shop, a_file_of_another_till(3))
    numbers = []
    while (part := next_part(shop)) is not None:
        numbers.append(len(part.facts))
        settle(shop, part, *everything(part))
    assert numbers == [2, 3]
    assert [row.facts for row in shop.queries.rescued()] == [3, 2]


def test_an_older_copy_takes_its_own_file_in(shop: Shop) -> None:
    tell(shop, 2)
    assert take_in(shop, the_file(shop)).waiting == 2


# --- refusals: nothing is taken in ---


def refused(shop: Shop, data: bytes) -> RescueRefusal:
    heard = len(shop.heard)
    reason = import_rescue(shop.counter, data, is_signed_by, "Léa")
    assert isinstance(reason, RescueRefusal)
    assert len(shop.heard) == heard
    assert not shop.queries.rescued()
    return reason


def test_a_changed_file_is_refused(shop: Shop) -> None:
    data = bytearray(a_file_of_another_till())
    data[len(data) // 2] ^= 1
    assert refused(shop, bytes(data)) is RescueRefusal.ALTERED


def test_a_file_of_another_shop_is_refused(shop: Shop) -> None:
    assert refused(shop, a_file_of_another_till(shop_id="shop-2")) is RescueRefusal.OTHER_SHOP


def test_a_till_of_no_shop_takes_nothing(shop: Shop) -> None:
    with shop.store.unit_of_work() as uow:
        uow.set_identity(replace(A_TILL, shop_id=""))
        uow.commit()
    assert refused(shop, a_file_of_another_till()) is RescueRefusal.NOT_PAIRED


def test_no_rescue_file_is_refused(shop: Shop) -> None:
    assert refused(shop, b"PK\x03\x04 holiday pictures") is RescueRefusal.NOT_A_RESCUE_FILE
