"""Owns how both sides of a disagreement are shown: line by line, what is meant, how it is here, how it is on the other
side. No Qt: what came over the wire is read tolerantly, and what makes no sense is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.catalogue import Unit
from app.domain.money import Money
from app.i18n import tr
from app.ui import formats
from app.usecases.exception_queries import ExceptionRow


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line. `there` is "" where both sides say the same, or only one speaks."""

    name: str
    here: str
    there: str = ""


def side_lines(row: ExceptionRow) -> list[SideLine]:
    """What is known of a disagreement, most telling first; lines that say nothing are left out."""
    view = row.view
    match row.kind:
        case "price_changed":
            lines = _article(view)
        case "oversold":
            lines = _oversold(view)
        case "return_unknown":
            lines = [
                SideLine(tr("Ticket of the return"), _text(view.get("number"))),
                SideLine(tr("Amount"), _amount(view.get("total_minor"))),
            ]
        case "order_edited":
            lines = [SideLine(tr("Total"), _amount(view.get("total_minor_before")), _amount(view.get("total_minor")))]
        case "ledger_forked":
            lines = [
                SideLine(tr("Till"), " ".join(part for part in (_text(view.get("letter")), _name_of(view)) if part)),
                SideLine(tr("Number told twice"), _text(view.get("number"))),
            ]
        case "older_copy":
            lines = [
                SideLine(tr("Till"), _text(view.get("till"))),
                SideLine(tr("Last thing told, by number"), _text(view.get("drawn")), _text(view.get("known"))),
            ]
        case _:
            lines = _order(view)
    return [line for line in lines if line.here or line.there]


def settled_words(row: ExceptionRow, answer: str) -> str:
    """Who settled it, when and how; "" while it is open."""
    if row.settled_at is None:
        return ""
    who = row.settled_by or tr("somebody")
    said = tr("Settled by {who}, {time}: {answer}.").format(
        who=who, time=formats.day_and_time(row.settled_at), answer=answer or tr("without an answer")
    )
    return f"{said} {row.settled_note}".strip()


# --- by kind ----------------------------------------------------------------------------------------------------------


def _article(view: Mapping[str, Any]) -> list[SideLine]:
    ours, theirs = _mapping(view.get("ours")), _mapping(view.get("theirs"))
    fields = (
        (tr("Price"), "price_minor", _amount),
        (tr("Name"), "name", _text),
        (tr("VAT"), "vat_rate_bp", _rate),
        (tr("Category"), "category", _text),
        (tr("Shelf"), "shelf", _text),
    )
    lines = []
    for name, key, shown in fields:
        here, there = shown(ours.get(key)), shown(theirs.get(key))
        if here != there or key == "price_minor":
            lines.append(SideLine(name, here, there))
    return lines


def _oversold(view: Mapping[str, Any]) -> list[SideLine]:
    unit = _text(view.get("unit"))
    return [
        SideLine(tr("Left in the shop"), _quantity(view.get("physical"), unit)),
        SideLine(tr("Promised on line"), _quantity(view.get("promised"), unit)),
        SideLine(tr("Missing"), _quantity(view.get("missing"), unit)),
    ]


def _order(view: Mapping[str, Any]) -> list[SideLine]:
    handed = _moment(view.get("handed_over_at"))
    by = _text(view.get("handed_over_by"))
    return [
        SideLine(tr("Handed over first"), tr("{time} by {who}").format(time=handed, who=by) if by else handed),
        SideLine(tr("Cancelled"), _moment(view.get("cancelled_at"))),
        SideLine(tr("Articles concerned"), _goods(view.get("lines"))),
    ]


def _goods(lines: Any) -> str:
    """The lines of an order, one below the other."""
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        return ""
    shown = []
    for line in lines:
        if isinstance(line, Mapping) and line.get("label"):
            quantity = _quantity(line.get("quantity", line.get("after")), _text(line.get("unit")))
            shown.append(f"{line['label']}, {quantity}" if quantity else _text(line["label"]))
    return "\n".join(shown)


# --- values -----------------------------------------------------------------------------------------------------------


def _name_of(view: Mapping[str, Any]) -> str:
    name = _text(view.get("till"))
    return f"({name})" if name else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _amount(value: Any) -> str:
    return formats.amount(Money(value)) if isinstance(value, int) and not isinstance(value, bool) else ""


def _rate(value: Any) -> str:
    return formats.vat_rate(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _quantity(value: Any, unit: str) -> str:
    """Without a unit it could be pieces or grams: then it is left out."""
    if not isinstance(value, int) or isinstance(value, bool) or unit not in set(Unit):
        return ""
    return formats.quantity(value, Unit(unit))


def _moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(value)
        return formats.day_and_time(moment) if moment.tzinfo is not None else ""
    except (TypeError, ValueError, OverflowError):
        return ""
