"""Owns how amounts, quantities and times are written and read by people, in the language spoken. No Qt, no Babel.

French screens write `1 234,50 €` with non-breaking spaces and `sam. 22 nov., 14 h 30`; English ones `€1,234.50` and
`Sat 22 Nov, 14:30`. Storage and the wire never see these forms. Times are shown in the counter's local time.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from app.domain.catalogue import Unit
from app.domain.money import Money
from app.i18n import language, tr, trn

NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
"""As wide as a figure and a plus: amounts stand under one another."""
_WHOLE_NUMBER = re.compile(r"^\d{1,9}$")
_MEASURE = re.compile(r"^(\d{1,6})(?:[.,](\d{1,3}))?$")


def amount(money: Money, plus: bool = False) -> str:
    """`1 234,50 €`, `−0,05 €`; `plus` writes the sign of what is added."""
    sign = MINUS if money.minor < 0 else ("+" if plus and money.minor > 0 else "")
    whole, cents = divmod(abs(money.minor), 100)
    if language() == "fr":
        return f"{sign}{_grouped(whole, THIN)},{cents:02d}{NBSP}€"
    return f"{sign}€{_grouped(whole, ',')}.{cents:02d}"


def vat_rate(rate_bp: int) -> str:
    """`5,5 %` from basis points."""
    text = f"{rate_bp / 100:.2f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')}{NBSP}%" if language() == "fr" else f"{text}%"


def quantity(base_units: int, unit: Unit) -> str:
    """`3`, `0,456 kg`, `1,5 l`, `1 h 30` from base units (pieces, grams, millilitres, minutes)."""
    sign = "-" if base_units < 0 else ""
    size = abs(base_units)
    if unit is Unit.PIECE:
        return f"{sign}{_grouped(size, THIN if language() == 'fr' else ',')}"
    if unit is Unit.HOUR:
        hours, minutes = divmod(size, 60)
        return f"{sign}{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{sign}{hours}{NBSP}h"
    return f"{sign}{_thousandths(size)}{NBSP}{unit_word(unit)}"


def times_quantity(base_units: int, unit: Unit) -> str:
    """`3 ×` or `0,456 kg`: how many, before a name."""
    return f"{quantity(base_units, unit)}{NBSP}×" if unit is Unit.PIECE else quantity(base_units, unit)


def unit_word(unit: Unit) -> str:
    """The unit after a number or a slash."""
    return {Unit.PIECE: tr("piece"), Unit.KG: "kg", Unit.LITRE: tr("L"), Unit.HOUR: "h"}[unit]


def unit_price(price: Money, unit: Unit) -> str:
    """`12,90 €/kg`; the piece goes without saying."""
    return amount(price) if unit is Unit.PIECE else f"{amount(price)}/{unit_word(unit)}"


def parse_quantity(text: str, unit: Unit) -> int | None:
    """Base units from what a person typed: `24` pieces, `0,456` or `456 g` for kilograms, `1h30`. None if it is none.

    A sign is no part of a quantity: whether goods come or go is said by the action.
    """
    typed = "".join(text.split()).lower()
    if unit is Unit.PIECE:
        return int(typed) if _WHOLE_NUMBER.match(typed) else None
    if unit is Unit.HOUR:
        return _minutes(typed)
    small, whole = {Unit.KG: ("g", "kg"), Unit.LITRE: ("ml", "l")}[unit]
    if typed.endswith(small) and not typed.endswith(whole):
        number = typed.removesuffix(small).strip()
        return int(number) if _WHOLE_NUMBER.match(number) else None
    match = _MEASURE.match(typed.removesuffix(whole).strip())
    if match is None:
        return None
    return int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))


def clock_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """`14 h 30`, local time."""
    local = moment.astimezone(zone)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}" if language() == "fr" else f"{local.hour}:{local.minute:02d}"


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """`sam. 22 nov.`, local day."""
    local = moment.astimezone(zone)
    return f"{_weekday(local.weekday())}{NBSP}{local.day}{NBSP}{_month(local.month)}"


def day_and_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """`sam. 22 nov., 14 h 30`."""
    return f"{day(moment, zone)}, {clock_time(moment, zone)}"


def when(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """The time today, else day and time: `10 h 42`, `hier 17 h 05`, `ven. 20 nov., 17 h 05`."""
    days = (now.astimezone(zone).date() - moment.astimezone(zone).date()).days
    if days == 0:
        return clock_time(moment, zone)
    if days == 1:
        return tr("yesterday {time}").format(time=clock_time(moment, zone))
    if days == -1:
        return tr("tomorrow {time}").format(time=clock_time(moment, zone))
    return day_and_time(moment, zone)


def slot(begin: datetime | None, end: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """When an order is fetched, as short as it can be: `dès 14 h 30`, `avant mar. 24 nov.`; "" if anybody's guess."""
    if begin is not None and begin > now:
        return tr("from {time}").format(time=when(begin, now, zone))
    if end is not None:
        today = end.astimezone(zone).date() == now.astimezone(zone).date()
        return tr("until {time}").format(time=clock_time(end, zone) if today else day(end, zone))
    return ""


def duration(span: timedelta) -> str:
    """How long, in the largest unit that tells: `moins d'une minute`, `12 min`, `3 h`, `2 jours`."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return tr("less than a minute")
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600}{NBSP}h"
    days = seconds // 86400
    return trn("{count} day", "{count} days", days).format(count=days)


def _grouped(whole: int, mark: str) -> str:
    return f"{whole:,}".replace(",", mark)


def _thousandths(size: int) -> str:
    whole, part = divmod(size, 1000)
    decimals = f"{part:03d}".rstrip("0")
    mark = "," if language() == "fr" else "."
    return f"{whole}{mark}{decimals}" if decimals else str(whole)


def _minutes(typed: str) -> int | None:
    hours = re.fullmatch(r"(\d{1,6})\s*h\s*(\d{1,2})?", typed)
    if hours is not None:
        minutes = int(hours[2] or 0)
        return int(hours[1]) * 60 + minutes if minutes < 60 else None
    only = re.fullmatch(r"(\d{1,6})\s*min", typed)
    if only is not None:
        return int(only[1])
    match = _MEASURE.match(typed)
    if match is None:
        return None
    thousandths = int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))
    minutes, rest = divmod(thousandths * 60, 1000)
    return minutes if rest == 0 else None


def _weekday(number: int) -> str:
    return (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))[number]


def _month(number: int) -> str:
    months = (
        tr("Jan"),
        tr("Feb"),
        tr("Mar"),
        tr("Apr"),
        tr("May"),
        tr("Jun"),
        tr("Jul"),
        tr("Aug"),
        tr("Sep"),
        tr("Oct"),
        tr("Nov"),
        tr("Dec"),
    )
    return months[number - 1]
