"""Owns what the sync chip says for each state of the link: words, role, icon. Knows no widget."""

from __future__ import annotations

from datetime import datetime

from app.i18n import tr
from app.ui.messages import link_words
from app.ui.style.tokens import Role
from app.usecases.marketplace_port import LinkState, LinkStatus


def chip_for(status: LinkStatus, now: datetime) -> tuple[str, Role, str]:
    """The chip's words, role and icon; what waits is always said."""
    match status.state:
        case LinkState.ONLINE:
            role, icon = (Role.INFO, "cloud-upload") if status.waiting else (Role.SUCCESS, "cloud")
            words = link_words(True, status.waiting, None, now)
            return (
                (f"{words}, {tr('clock wrong')}", Role.WARNING, "clock") if status.clock_skew_s else (words, role, icon)
            )
        case LinkState.OFFLINE:
            return link_words(False, status.waiting, status.since, now), Role.OFFLINE, "cloud-off"
        case LinkState.REFUSED:
            return tr("To see to: the marketplace refuses this till"), Role.DANGER, "triangle-alert"
        case LinkState.NOT_PAIRED:
            return tr("Not linked to a shop"), Role.WARNING, "unlink"
        case LinkState.STARTING:
            return tr("Starting"), Role.MUTED, "clock"
