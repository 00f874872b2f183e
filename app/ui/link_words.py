"""Owns the words about linking to a marketplace: its kinds, what is entered, what must be put right, and what a
marketplace cannot do with how this till makes up for it. No Qt: the command line uses them too.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.abilities import Ability
from app.i18n import tr
from app.usecases.connector_kinds import CODE_PAGE_OPTION, abilities_of
from app.usecases.connector_ports import Linked, MarketplaceKind
from app.usecases.link_marketplace import LinkRefusal, NoJoinCode, NotLinked
from app.usecases.link_ports import LinkFinding, LinkProblem


def kind_name(kind: MarketplaceKind) -> str:
    """A name, not translated but for ours."""
    return {
        MarketplaceKind.COMPTOIR: tr("Town marketplace (Comptoir)"),
        MarketplaceKind.VENDURE: "Vendure",
        MarketplaceKind.WOOCOMMERCE: "WooCommerce",
    }[kind]


def field_label(name: str) -> str:
    """Of a field of the link, by its name."""
    return {
        "user": tr("User name"),
        "password": tr("Password"),
        "consumer_key": tr("Consumer key"),
        "consumer_secret": tr("Consumer secret"),
        "channel": tr("Channel token"),
        "location": tr("Stock location"),
        "pickup_methods": tr("Shipping methods that mean collection"),
        "counter_methods": tr("Payment methods that mean payment at the counter"),
        CODE_PAGE_OPTION: tr("Page that shows codes as QR"),
    }.get(name, name)


def field_hint(name: str) -> str:
    """What helps to enter it, "" if nothing is needed."""
    return {
        "channel": tr("Ask the site’s owner: each shop has its own."),
        "location": tr("Empty if there is only one."),
        "pickup_methods": tr("Their codes, with commas between; empty if there is only one."),
        "counter_methods": tr("Their codes, with commas between; empty if all is paid on line."),
        CODE_PAGE_OPTION: tr("Empty if the town has none."),
    }.get(name, "")


def missing_words(ability: Ability) -> str:
    """What it means at the counter that the marketplace cannot do it, and what is done instead."""
    return {
        Ability.CHANGE_FEED: tr("New orders are looked for every few seconds; other changes come within minutes."),
        Ability.IDEMPOTENT_FACTS: tr("After a cut this till first reads what arrived, then sends the rest."),
        Ability.STOCK_MOVEMENTS: tr(
            "Stock is compared as levels. Where till and site cannot tell who is right, a person counts."
        ),
        Ability.READY_STATE: tr("The site does not know that an order is ready: tell the customer."),
        Ability.PARTIAL_HANDOVER: tr("The site learns of an order handed over in parts when its last part has left."),
        Ability.SIGNED_CODES: tr(
            "The site gives no pickup codes: this shop makes them. Print the slip or send the text from the order."
        ),
        Ability.LEASES: tr(
            "The site cannot say which till may hand over: with several tills, off line hand over only what was made "
            "ready here."
        ),
        Ability.PRODUCT_CHANGES: tr("Names and prices are changed on the web site, not here."),
        Ability.DISAGREEMENTS: tr("What must be settled is shown at the till that found it, not at the others."),
        Ability.COMPARISON: tr("This site cannot be compared with the till line by line; its orders and levels are."),
        Ability.RESCUE: tr("The site takes no rescue file: send what waits from this till itself."),
        Ability.TOKEN_RENEWAL: tr("What opens the site does not renew itself: change the password there now and then."),
        Ability.LEDGER_WITNESS: tr("The site remembers nothing of the till’s journal: keep the printed Z."),
    }[ability]


_MOST_NEEDED_FIRST = (
    Ability.SIGNED_CODES,
    Ability.PRODUCT_CHANGES,
    Ability.LEASES,
    Ability.STOCK_MOVEMENTS,
    Ability.READY_STATE,
    Ability.PARTIAL_HANDOVER,
    Ability.CHANGE_FEED,
    Ability.COMPARISON,
    Ability.DISAGREEMENTS,
    Ability.RESCUE,
    Ability.IDEMPOTENT_FACTS,
    Ability.TOKEN_RENEWAL,
    Ability.LEDGER_WITNESS,
)


def missing_sentences(linked: Linked) -> list[str]:
    """All that the marketplace of this till cannot do, what matters at the counter first."""
    there = abilities_of(linked.kind)
    alone = {Ability.LEASES} if linked.only_till else set()
    return [missing_words(ability) for ability in _MOST_NEEDED_FIRST if ability not in there | alone]


def finding_sentence(finding: LinkFinding) -> str:
    """What is to be put right before the till can be linked."""
    field = field_label(finding.option)
    match finding.problem:
        case LinkProblem.UNKNOWN:
            text = tr("{field}: the site does not know {value}.").format(field=field, value=finding.about)
        case LinkProblem.NEEDED if finding.choices:
            text = tr("{field}: choose one.").format(field=field)
        case LinkProblem.NEEDED:
            text = tr("{field}: enter it.").format(field=field)
        case LinkProblem.NOT_ALLOWED:
            text = tr("This account may not do everything. Ask the site’s owner for the right {right}.")
            text = text.format(right=finding.about)
        case LinkProblem.OTHER_CURRENCY:
            text = tr("This shop sells in {currency}; this till takes euros only.").format(currency=finding.about)
    if not finding.choices:
        return text
    choices = ", ".join(f"{choice.code} ({choice.name})" if choice.name else choice.code for choice in finding.choices)
    return f"{text} {tr('There are: {choices}.').format(choices=choices)}"


def finding_sentences(findings: Sequence[LinkFinding]) -> list[str]:
    return [finding_sentence(finding) for finding in findings]


def not_linked_words(answer: NotLinked) -> str:
    """Why this till was not linked, and what to do."""
    match answer.refusal:
        case LinkRefusal.FINDINGS:
            return "\n".join(finding_sentences(answer.tested.findings if answer.tested else ()))
        case LinkRefusal.BAD_JOIN_CODE:
            return tr("This is no join code, or it was misread. Show it again at the first till and scan it.")
        case LinkRefusal.JOIN_CODE_OF_ANOTHER_SHOP:
            return tr("This join code belongs to another shop or another site.")
        case LinkRefusal.JOIN_CODE_NEEDED:
            return tr(
                "Another till makes pickup codes for this shop. Show its join code (settings, marketplace) and enter "
                "it here; if all other tills are lost, begin with a new pickup key."
            )
        case LinkRefusal.BAD_LETTER:
            return tr("A till’s letter is one capital from A to Z.")
        case LinkRefusal.LETTER_TAKEN:
            return tr("Another till has this letter (in use: {letters}). Choose another one.").format(
                letters=", ".join(answer.letters)
            )


def no_join_code_words(why: NoJoinCode) -> str:
    return {
        NoJoinCode.NOT_LINKED: tr(
            "This till has no pickup key of its own to pass on: a town marketplace gives each till its keys."
        ),
        NoJoinCode.NO_LETTER_LEFT: tr("All letters from A to Z are in use."),
    }[why]
