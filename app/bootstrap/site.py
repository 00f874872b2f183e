"""Owns what the settings are given to link this till to a marketplace nobody here wrote: the connectors joined to their
use case. Holds no rule. The workers rest while the link changes: a page of the old one must not be applied after it."""

from __future__ import annotations

import contextlib
import secrets as chance
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.ui.settings.site import SiteSurroundings

if TYPE_CHECKING:
    from app.bootstrap.core import Core
    from app.bootstrap.staff import Staff
    from app.bootstrap.window import Assembly
    from app.domain.join_code import JoinCode
    from app.usecases.link_marketplace import LinkDone, LinkRequest, NoJoinCode, NotLinked
    from app.usecases.link_ports import LinkTested, LinkWish


def site_surroundings(assembly: Assembly, core: Core, staff: Staff) -> SiteSurroundings:
    """All that the sheet needs."""
    from app.printing.qr import qr_modules

    return SiteSurroundings(
        queries=core.store.queries,
        runner=assembly.runner,
        approvals=staff.approvals,
        test=lambda wish: _test(assembly, wish),
        link=lambda request: _link(assembly, core, request),
        join_code=lambda: _join_code(assembly, core),
        qr_modules=qr_modules,
    )


def _test(assembly: Assembly, wish: LinkWish) -> LinkTested:
    assembly.check_may_link()
    from app.sync.connectors.registry import check_link

    return check_link(wish)


def _link(assembly: Assembly, core: Core, request: LinkRequest) -> LinkDone | NotLinked:
    assembly.check_may_link()
    from app.sync.connectors.registry import check_link
    from app.usecases.link_marketplace import link_marketplace

    with _workers_resting(assembly):
        return link_marketplace(core.counter, core.secrets, check_link, request, chance.token_bytes)


def _join_code(assembly: Assembly, core: Core) -> JoinCode | NoJoinCode:
    from app.usecases.link_marketplace import give_join_code

    with _workers_resting(assembly):  # from now on this is not the only till: its connection begins anew
        return give_join_code(core.counter, core.secrets)


@contextlib.contextmanager
def _workers_resting(assembly: Assembly) -> Iterator[None]:
    worker = assembly.worker
    if worker is not None:
        worker.stop()
    try:
        yield
    finally:
        if worker is not None:
            worker.start()
