"""Owns what a shop does on the settings screen to link this till to a marketplace nobody here wrote: try, link, show
the join code for the next till. No widget, no wording. What was typed to open the site is passed on and not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from app.domain.join_code import JoinCode
from app.domain.operators import Right
from app.ui.components.approval import Approvals
from app.ui.task_runner import Lane, Runner
from app.usecases.connector_kinds import LINKABLE, fields_of
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_marketplace import LinkDone, LinkRequest, NoJoinCode, NotLinked
from app.usecases.link_ports import LinkTested, LinkWish
from app.usecases.ports import MarketplaceRefused, TillIdentity
from app.usecases.queries import Queries


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """The fields as typed. `fields`: of the kind, by their names; among them what is secret."""

    kind: MarketplaceKind
    address: str
    fields: Mapping[str, str] = field(repr=False)
    till_name: str = ""
    shop_name: str = ""
    letter: str = ""
    only_till: bool = True
    join_code: str = field(default="", repr=False)
    new_key: bool = False

    @property
    def wish(self) -> LinkWish:
        known = fields_of(self.kind)
        return LinkWish(
            self.kind,
            self.address.strip().rstrip("/"),
            {each.name: self.fields.get(each.name, "") for each in known if each.credential},
            {each.name: text for each in known if not each.credential and (text := self.fields.get(each.name, ""))},
        )


Said = LinkTested | LinkDone | NotLinked | NoJoinCode | Exception


@dataclass(frozen=True, slots=True)
class SiteState:
    """All that the sheet shows.

    Attributes:
        identity, linked: as kept, None until read.
        kind: whose fields are shown.
        draft_no: changes whenever the fields are to be filled anew.
        join_code: shown at this moment, None mostly.
    """

    identity: TillIdentity | None = None
    linked: Linked | None = None
    kind: MarketplaceKind = LINKABLE[0]
    draft_no: int = 0
    busy: bool = False
    said: Said | None = None
    join_code: JoinCode | None = None

    @property
    def is_linked(self) -> bool:
        """Whether it is linked to a marketplace of the kind that is shown."""
        return self.linked is not None and self.linked.kind is self.kind


class SiteView(Protocol):
    """What the presenter shows itself with."""

    def show_site(self, state: SiteState) -> None: ...


@dataclass(frozen=True, slots=True)
class SiteSurroundings:
    """What the sheet is given.

    Attributes:
        test: asks the marketplace, keeps nothing; called in the net lane.
        link: links this till while its workers rest; called in the net lane.
        join_code: gives another letter each time; called in the net lane, for the workers begin anew.
        qr_modules: draws a QR.
    """

    queries: Queries
    runner: Runner
    approvals: Approvals
    test: Callable[[LinkWish], LinkTested]
    link: Callable[[LinkRequest], LinkDone | NotLinked]
    join_code: Callable[[], JoinCode | NoJoinCode]
    qr_modules: Callable[[str], Sequence[Sequence[bool]]]


class SitePresenter:
    """One thing at a time; what came of it is said below the buttons."""

    def __init__(self, around: SiteSurroundings, view: SiteView) -> None:
        self._around = around
        self._view = view
        self.state = SiteState()

    def read(self) -> None:
        """Read how this till is linked."""
        queries = self._around.queries
        self._around.runner.run(Lane.LISTS, lambda: (queries.identity(), queries.linked()), self._came, self._failed)

    def choose_kind(self, kind: MarketplaceKind) -> None:
        if kind is not self.state.kind:
            self._change(kind=kind, said=None, join_code=None, draft_no=self.state.draft_no + 1)

    def try_link(self, entry: SiteEntry) -> None:
        """Ask the marketplace whether this would do."""
        wish = entry.wish
        self._begin(lambda: self._around.test(wish))

    def link(self, entry: SiteEntry) -> None:
        """Link this till, once somebody with the right has said yes."""
        request = LinkRequest(
            entry.wish,
            entry.till_name,
            shop_name=entry.shop_name,
            letter=entry.letter,
            only_till=entry.only_till,
            join_code=entry.join_code,
            new_key=entry.new_key,
            cash_passes=self._is_drawer_open_told(),
        )
        self._with_leave(lambda: self._begin(lambda: self._around.link(request)))

    def show_join_code(self) -> None:
        """For the shop's next till: the key by which codes are made, so only with leave."""
        self._with_leave(lambda: self._begin(self._around.join_code))

    def hide_join_code(self) -> None:
        if self.state.join_code is not None:
            self._change(join_code=None)

    # --- inside ---

    def _with_leave(self, act: Callable[[], None]) -> None:
        def answered(approved_by: str | None) -> None:
            if approved_by is not None:
                act()

        self._around.approvals.ask_approval(Right.CHANGE_SETTINGS, answered, at_once=True)

    def _is_drawer_open_told(self) -> bool:
        """Whether the last thing said was that the drawer is open: who goes on knows it."""
        told = self.state.said
        return isinstance(told, MarketplaceRefused) and told.reason == "drawer_open"

    def _begin(self, work: Callable[[], Said | JoinCode]) -> None:
        if self.state.busy:
            return
        self._change(busy=True, said=None, join_code=None)
        self._around.runner.run(Lane.NET, work, self._done, self._failed)

    def _done(self, came: Said | JoinCode) -> None:
        if isinstance(came, JoinCode):
            self._change(busy=False, join_code=came)
            return
        self._change(busy=False, said=came)
        if isinstance(came, LinkDone):
            self.read()

    def _came(self, read: tuple[TillIdentity, Linked]) -> None:
        identity, linked = read
        if (identity, linked) == (self.state.identity, self.state.linked):
            return
        kind = linked.kind if linked.kind in LINKABLE else self.state.kind
        self._change(identity=identity, linked=linked, kind=kind, draft_no=self.state.draft_no + 1)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, said=error)

    def _change(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self._view.show_site(self.state)
