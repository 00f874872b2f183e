"""What the sheet about other marketplaces asks, over the store in memory: real use cases, a connector to nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.join_code import JoinCode
from app.usecases.link_marketplace import (
    LinkDone,
    LinkRequest,
    NoJoinCode,
    NotLinked,
    give_join_code,
    link_marketplace,
)
from app.usecases.link_ports import LinkTested, LinkWish
from app.usecases.ports import Counter, Secrets
from tests.fakes.offered_connector import OfferedConnector


@dataclass
class ASite:
    """`asked`: the links that were tried to make."""

    counter: Counter
    secrets: Secrets
    offered: OfferedConnector = field(default_factory=OfferedConnector)
    asked: list[LinkRequest] = field(default_factory=list)

    def test(self, wish: LinkWish) -> LinkTested:
        return self.offered.test_link(wish)

    def link(self, request: LinkRequest) -> LinkDone | NotLinked:
        self.asked.append(request)
        return link_marketplace(self.counter, self.secrets, self.test, request, lambda size: b"k" * size)

    def join_code(self) -> JoinCode | NoJoinCode:
        return give_join_code(self.counter, self.secrets)
