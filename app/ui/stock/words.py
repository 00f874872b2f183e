"""Owns the wording of the stock screen. No Qt, no decision."""

from __future__ import annotations

from app.domain.catalogue import DEFAULT_LOCATION, LineNature, Product, StockMovement, Unit
from app.i18n import tr, trn
from app.ui import messages
from app.ui.code_words import no_article_words
from app.ui.input_grammar import StockAction, parse_stock_input, quantity_in_base_units
from app.ui.label_words import no_label_words, shelf_labels_words
from app.ui.stock.presenter import Said, StockNotice, StockState
from app.ui.style.tokens import Role

_GOOD = frozenset(
    {
        *(StockNotice.RECEIVED, StockNotice.CORRECTED, StockNotice.COUNT_AGREES, StockNotice.LOST),
        *(StockNotice.LABELS, StockNotice.TAKEN_BACK),
    }
)


def rules_line(product: Product) -> str:
    """What French rules ask of an article, "" for nothing special."""
    nature = {
        LineNature.SERVICE: tr("service"),
        LineNature.CONTAINER: tr("container deposit"),
        LineNature.DEPOSIT: tr("advance payment"),
        LineNature.VOUCHER: tr("gift voucher"),
        LineNature.SETTLEMENT: tr("account paid"),
    }.get(product.nature, "")
    told = (
        nature,
        tr("VAT {rate}").format(rate=messages.vat_rate(product.vat_rate_bp)) if product.nature.in_turnover else "",
        tr("meal vouchers") if product.meal_voucher else "",
        tr("legal guarantee on the ticket") if product.legal_guarantee else "",
        tr("weighing slip") if product.weigh_slip else "",
        tr("from {age} years of age").format(age=product.age_limit) if product.age_limit else "",
    )
    return "  ·  ".join(part for part in told if part)


def said_role(said: Said) -> Role:
    if said.kind is StockNotice.STORE_FAILED:
        return Role.DANGER
    return Role.SUCCESS if said.kind in _GOOD else Role.WARNING


def said_words(said: Said) -> str:
    """The sentence: what was recorded, or why not and what to do."""
    values = dict(said.values)
    if said.kind is StockNotice.STORE_FAILED:
        return messages.describe_failure(values["error"])
    if said.kind is StockNotice.NOT_AN_ARTICLE:
        return no_article_words(values["found"])
    if said.kind is StockNotice.LABELS:
        return shelf_labels_words(values["queued"])
    if said.kind is StockNotice.NO_LABEL:
        return no_label_words(values["why"])
    unit = values.get("unit", Unit.PIECE)
    for name in ("quantity", "difference"):
        if name in values:
            values[name] = signed(values[name], unit) if name == "difference" else messages.quantity(values[name], unit)
    if "location" in values:
        values["location"] = location_words(str(values["location"]))
    return _sentence(said.kind, unit).format(**values)


def _sentence(kind: StockNotice, unit: Unit) -> str:
    unclear = (
        tr("“{text}” is not clear: type a whole number.")
        if unit is Unit.PIECE
        else tr("“{text}” is not clear: type a number such as 2.5.")
    )
    return {
        StockNotice.RECEIVED: tr("{quantity} received in: {location}."),
        StockNotice.CORRECTED: tr("Level set to {quantity} ({difference}) in: {location}."),
        StockNotice.COUNT_AGREES: tr("{quantity} counted in: {location}. The level was right."),
        StockNotice.LOST: tr("Loss of {quantity} recorded in: {location}."),
        StockNotice.TAKEN_BACK: tr("Taken back by a movement of {quantity}; both stay in the list."),
        StockNotice.NOTHING_TO_UNDO: tr("Nothing to take back: nothing was just recorded for this article."),
        StockNotice.NOT_TRACKED: tr("The stock of {name} is not counted."),
        StockNotice.UNCLEAR: unclear,
        StockNotice.TOO_MUCH: tr("So much at once? Was a bar code typed as a quantity? Type it again."),
        StockNotice.UNKNOWN_CODE: tr("No article has the code {code}."),
        StockNotice.NO_MATCH: tr("Nothing found for “{text}”. Type part of the name or a code."),
        StockNotice.QUANTITY_FIRST: tr("How many? Type the quantity, then press the button again."),
        StockNotice.NO_ARTICLE: tr("First choose an article: scan it or type part of its name."),
    }[kind]


def signed(quantity: int, unit: Unit) -> str:
    """`+24`, `-2`, `+1,5 kg`."""
    return ("+" if quantity > 0 else "") + messages.quantity(quantity, unit)


def location_words(location: str) -> str:
    return {
        DEFAULT_LOCATION: tr("Shop"),
        "store_room": tr("Store room"),
        "stall": tr("Stall"),
    }.get(location, location)


def preview_words(state: StockState, text: str, highlighted: str) -> str:
    """What Enter would do."""
    wanted = parse_stock_input(text) if state.card is not None else None
    if wanted is None:
        return tr("Open {name}").format(name=highlighted) if highlighted else (tr("Search") if text.strip() else "")
    quantity = quantity_in_base_units(wanted.thousandths, state.unit) if wanted.thousandths else 0
    if quantity is None:
        return tr("whole numbers only")
    said = messages.quantity(quantity, state.unit)
    return {
        StockAction.GOODS_IN: tr("{quantity} came in"),
        StockAction.COUNTED: tr("{quantity} counted"),
        StockAction.LOSS: tr("{quantity} lost"),
    }[wanted.action].format(quantity=said)


def movement_detail(movement: StockMovement) -> str:
    """Who, where and the note of a movement."""
    where = location_words(movement.location)
    who = movement.operator or ("" if movement.till_id else tr("marketplace"))
    return "  ·  ".join(part for part in (where, who, movement.note) if part)


def waiting_words(count: int) -> str:
    words = trn("{count} change not sent yet", "{count} changes not sent yet", count)
    return words.format(count=count)
