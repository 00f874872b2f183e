"""Owns the wording of the set-up. No Qt, no decision."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.trades import Trade, preset_of
from app.i18n import tr, trn
from app.ui.first_run.presenter import FirstRunState, Said, Step
from app.ui.messages import describe_failure
from app.ui.style.tokens import Role


def step_words(step: Step) -> tuple[str, str, str]:
    """A step's name, what it is good for, its icon."""
    return {
        Step.LINK: (tr("Link to the shop"), tr("Orders and articles come down by themselves."), "link"),
        Step.TRADE: (tr("What the shop sells"), tr("The till is set as your trade usually wants it."), "store"),
        Step.PRINTER: (tr("Printer"), tr("Found on USB or the network; one test page."), "printer"),
        Step.SCANNER: (tr("Scanner"), tr("Scan any code now: it is ticked off."), "scan-line"),
        Step.CAMERA: (tr("Camera"), tr("Reads the code on a customer’s phone."), "camera"),
        Step.TEAM: (tr("Team and PINs"), tr("A PIN for the owner, one for each helper."), "user"),
        Step.PRACTICE: (
            tr("Practice"),
            tr("One sale and one pickup that are not real, to end with."),
            "shopping-basket",
        ),
    }[step]


def trade_words(trade: Trade) -> str:
    return {
        Trade.FOOD: tr("Food"),
        Trade.BAKERY: tr("Bakery"),
        Trade.CLOTHES: tr("Clothes"),
        Trade.CRAFT: tr("Craft"),
        Trade.SERVICES: tr("Services"),
        Trade.MARKET: tr("Market stall"),
    }[trade]


def preset_words(trade: Trade) -> str:
    """What choosing it sets."""
    preset = preset_of(trade)
    days = trn(
        "Customers’ names are kept {count} day after the pickup.",
        "Customers’ names are kept {count} days after the pickup.",
        preset.keep_customer_days,
    ).format(count=preset.keep_customer_days)
    stock = (
        tr("Says when stock runs out.") if preset.warn_on_negative_stock else tr("Says nothing about stock at a sale.")
    )
    sun = [tr("Colours for the sun.")] if preset.in_the_open else []
    return " ".join((days, stock, *sun))


def catalogue_words(state: FirstRunState) -> str:
    """How far the catalogue is."""
    if not state.is_linked:
        return ""
    if not state.articles:
        return tr("The articles are on their way. You can go on, and sell, meanwhile.")
    words = trn("{count} article is here.", "{count} articles are here.", state.articles)
    return words.format(count=f"{state.articles:,}".replace(",", "\u202f"))


def to_finish_words(left: Sequence[Step]) -> str:
    """What is left, for the settings; "" if nothing is."""
    names = ", ".join(step_words(step)[0] for step in left)
    return tr("To finish: {steps}.").format(steps=names) if names else ""


def said_words(state: FirstRunState) -> str:
    """The sentence about what happened, "" for none."""
    match state.said:
        case None:
            return ""
        case Said.ADDRESS_SHAPE:
            return tr("The address begins with https://, as in your marketplace account.")
        case Said.CODE_SHAPE:
            return tr("The code has 8 letters and figures; it stands in your marketplace account.")
        case Said.SCANNED:
            return tr("The scanner reads: {text}").format(text=state.read)
        case Said.NOT_SAVED:
            words = tr("Not saved: {detail} cannot be written. Free some space or ask for the rights.")
            return words.format(detail=state.read)
        case Said.PRACTISING:
            return tr("The practice shop opens in a window of its own. Close that window to come back here.")
        case Said.PRACTICE_LEFT:
            return tr("The practice was left early. Take it up again whenever you like.")
        case Said.NO_PRACTICE:
            return tr("The practice shop could not be opened. If it is open already, close its window and try again.")
        case failure:
            return describe_failure(failure)


def said_role(state: FirstRunState) -> Role:
    if state.said is Said.SCANNED:
        return Role.SUCCESS
    return Role.INFO if state.said in (Said.PRACTISING, Said.PRACTICE_LEFT) else Role.DANGER
