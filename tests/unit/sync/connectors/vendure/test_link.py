"""How the door to a Vendure is opened, and what its refusals mean: errors in HTTP 200, sessions that end, keys that
nobody looks at, a channel that is not ours."""

from __future__ import annotations

import threading

import pytest

from app.sync.connectors.offer import Surroundings
from app.sync.connectors.vendure import connect
from app.usecases.connector_ports import MarketplaceKind
from app.usecases.link_ports import LinkProblem, LinkTested, LinkWish
from app.usecases.ports import MarketplaceRefused, MarketplaceUnreachable, TokenUnknown
from tests.fakes.fake_vendure import FakeVendure
from tests.fakes.fake_vendure_api import FakeAdminApi
from tests.fakes.fake_vendure_http import FakeVendureAdapter, on_loopback
from tests.fakes.vendure_till import VendureTill


@pytest.fixture
def till() -> VendureTill:
    return VendureTill()


def wish(site: FakeVendure, **options: str) -> LinkWish:
    return LinkWish(
        MarketplaceKind.VENDURE,
        "http://127.0.0.1:1",
        {"user": site.user, "password": site.password},
        {"channel": site.channel_token} | options,
    )


def asked_for(site: FakeVendure, wished: LinkWish) -> LinkTested:
    return connect.test_link(wished, Surroundings(adapter=FakeVendureAdapter(FakeAdminApi(site))))


def test_it_logs_in_once(till: VendureTill) -> None:
    till.marketplace.status()
    till.marketplace.status()
    assert till.api.asked.count("ComptoirLogin") == 1


def test_a_session_that_ended_is_begun_again(till: VendureTill) -> None:
    till.marketplace.status()
    till.site.sessions.clear()
    till.marketplace.status()
    assert till.api.asked.count("ComptoirLogin") == 2


def test_two_lanes_begin_one_session(till: VendureTill) -> None:
    lanes = [threading.Thread(target=till.marketplace.status) for _ in range(2)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    assert till.api.asked.count("ComptoirLogin") == 1


def test_a_wrong_password_shuts_out(till: VendureTill) -> None:
    till.credentials["password"] = "other"
    with pytest.raises(TokenUnknown) as refusal:
        till.marketplace.status()
    assert refusal.value.reason == "revoked"


def test_a_session_that_may_nothing_shuts_out(till: VendureTill) -> None:
    till.marketplace.status()
    till.site.sessions = _Forgetful()
    with pytest.raises(MarketplaceRefused) as refusal:
        till.marketplace.status()
    assert refusal.value.reason == "revoked"


class _Forgetful(set[str]):
    def __contains__(self, _: object) -> bool:
        return False


def test_an_unknown_channel_shuts_out(till: VendureTill) -> None:
    till.site.channel_token = "another"
    with pytest.raises(MarketplaceRefused) as refusal:
        till.marketplace.status()
    assert refusal.value.reason == "revoked"


@pytest.mark.parametrize("code", ["USER_INPUT_ERROR", "QUERY_TOO_COMPLEX"])
@pytest.mark.parametrize("question", ["ComptoirOrders", "ComptoirVariants", "ComptoirStock"])
def test_a_question_that_is_declined_is_asked_again_later(till: VendureTill, question: str, code: str) -> None:
    """A lane that it went through would never be seen again."""
    till.site.add_variant("Pain", 450, 5.5, 20)
    till.api.declines[question] = code
    with pytest.raises(MarketplaceUnreachable):
        till.round()
    till.api.declines.clear()
    till.round()
    assert till.level("1") == 20


def test_a_declined_question_is_no_bug_when_the_till_asks_who_it_is(till: VendureTill) -> None:
    till.api.declines["ComptoirSettings"] = "USER_INPUT_ERROR"
    with pytest.raises(MarketplaceUnreachable):
        till.marketplace.status()


def test_a_key_opens_where_the_shop_lets_it(till: VendureTill) -> None:
    till.credentials.clear()
    till.credentials["api_key"] = till.site.api_key
    with pytest.raises(MarketplaceRefused):
        till.marketplace.status()
    till.site.takes_api_keys = True
    till.marketplace.status()
    assert "ComptoirLogin" not in till.api.asked


def test_the_servers_clock_is_heard(till: VendureTill) -> None:
    assert till.marketplace.clock_reading() is None
    status = till.marketplace.status()
    assert status.server_time == till.clock.now()


def test_what_is_no_vendure_is_not_understood() -> None:
    site = FakeVendure()
    wished = wish(site)
    elsewhere = LinkWish(wished.kind, "http://127.0.0.1:1/blog", wished.credentials, wished.options)
    with pytest.raises(MarketplaceUnreachable) as failure:
        asked_for(site, elsewhere)
    assert failure.value.reason == "not_understood"


def test_it_answers_over_real_sockets_too() -> None:
    site = FakeVendure()
    with on_loopback(FakeAdminApi(site)) as address:
        wished = wish(site, pickup_methods="click-and-collect")
        found = connect.test_link(LinkWish(wished.kind, address, wished.credentials, wished.options))
    assert found.findings == []


# --- the test of a link ---


def test_a_link_that_can_be_made() -> None:
    site = FakeVendure()
    found = asked_for(site, wish(site, pickup_methods="click-and-collect"))
    assert found.findings == []
    assert found.shop_id == "vendure:127.0.0.1:1/ferme"
    assert found.options == {
        "channel": "ferme-token",
        "location": "2",
        "pickup_methods": "click-and-collect",
        "counter_methods": "",
    }


def test_which_methods_mean_collection_must_be_said_where_there_are_several() -> None:
    site = FakeVendure()
    (finding,) = asked_for(site, wish(site)).findings
    assert (finding.problem, finding.option) == (LinkProblem.NEEDED, "pickup_methods")
    assert [choice.code for choice in finding.choices] == ["click-and-collect", "parcel"]


def test_another_sellers_stock_location_is_found_out() -> None:
    site = FakeVendure()
    (finding,) = asked_for(site, wish(site, location="7", pickup_methods="parcel")).findings
    assert (finding.problem, finding.option, finding.about) == (LinkProblem.UNKNOWN, "location", "7")


def test_a_wrong_password_is_told_before_anything_is_kept() -> None:
    site = FakeVendure()
    wished = wish(site)
    site.password = "changed"
    with pytest.raises(MarketplaceRefused) as refusal:
        asked_for(site, wished)
    assert refusal.value.reason == "wrong_login"


def test_a_channel_is_named_by_its_code_too_or_not_at_all_where_there_is_one() -> None:
    site = FakeVendure()
    for said in ("ferme-token", "ferme", ""):
        found = asked_for(site, wish(site, channel=said, pickup_methods="parcel"))
        assert (found.findings, found.options["channel"]) == ([], "ferme-token")


def test_a_channel_that_is_not_this_sellers_is_found_out() -> None:
    site = FakeVendure()
    (finding,) = asked_for(site, wish(site, channel="atelier-token")).findings
    assert (finding.problem, finding.option, finding.about) == (LinkProblem.UNKNOWN, "channel", "atelier-token")
    assert [(choice.code, choice.name) for choice in finding.choices] == [("ferme-token", "ferme")]


def test_what_this_user_may_not_do_is_named() -> None:
    site = FakeVendure()
    site.permissions = site.permissions.replace("UpdateOrder ", "")
    (finding,) = asked_for(site, wish(site)).findings
    assert (finding.problem, finding.about) == (LinkProblem.NOT_ALLOWED, "UpdateOrder")


def test_a_key_that_opens_nothing_is_a_wrong_login() -> None:
    site = FakeVendure()
    wished = LinkWish(MarketplaceKind.VENDURE, "http://127.0.0.1:1", {"api_key": "x"}, {"channel": "ferme-token"})
    with pytest.raises(MarketplaceRefused) as refusal:
        asked_for(site, wished)
    assert refusal.value.reason == "wrong_login"


def test_the_letters_of_tills_that_wrote_there_are_seen() -> None:
    till = VendureTill(letter="C")
    bread = till.site.add_variant("Pain", 450, 5.5, 20)
    order_id = till.site.place({bread: 1})
    till.round()
    till.ready(order_id)
    till.round()
    found = asked_for(till.site, wish(till.site, pickup_methods="parcel"))
    assert found.letters_seen == frozenset({"C"})
