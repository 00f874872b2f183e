"""Owns the wording of what came of trying or making a link on the settings screen. No Qt, no decision."""

from __future__ import annotations

from app.i18n import tr
from app.ui.link_words import finding_sentences, no_join_code_words, not_linked_words
from app.ui.messages import describe_failure
from app.ui.settings.site import Said
from app.ui.style.tokens import Role
from app.usecases.link_marketplace import LinkDone, NoJoinCode, NotLinked
from app.usecases.link_ports import LinkTested


def said_words(said: Said | None) -> str:
    match said:
        case None:
            return ""
        case LinkDone():
            words = tr("Linked: {shop}, till {letter}. Orders and articles are coming down.")
            return words.format(shop=said.identity.shop.name, letter=said.identity.till_letter)
        case NotLinked():
            return not_linked_words(said)
        case LinkTested() if said.findings:
            return "\n".join(finding_sentences(said.findings))
        case LinkTested():
            return tr("It works: {shop}. Now link this till.").format(shop=said.shop.name)
        case NoJoinCode():
            return no_join_code_words(said)
        case _:
            return describe_failure(said)


def said_role(said: Said | None) -> Role:
    is_good = isinstance(said, LinkDone) or (isinstance(said, LinkTested) and not said.findings)
    return Role.SUCCESS if is_good else Role.DANGER
