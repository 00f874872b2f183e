"""Owns reading GS1 element strings and Digital Links, with biip, which is loaded at the first one. Never decides what
is sold.

A code that says one thing twice in two ways, a day that does not exist, or anything biip refuses gives no reading at
all: half a label is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from app.domain.barcodes import is_gtin
from app.domain.gs1_goods import Gs1Goods, date_of
from app.domain.money import Money, divide_half_up
from app.domain.scanned import GoodsCode, what_is

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

_DEAREST_MINOR = 9_999_99
"""A price above is a misread label."""

_BRACKETED = re.compile(r"(?:\([0-9]{2,4}\)[^()]+)+")
_DAY, _DAY_WITH_HOUR = 6, "7003"
_NO_DAY = "000000"
"""Some makers print it for "no date"."""


class _ContradictionError(ValueError):
    """The code says two things at once, or something impossible."""


def read_gs1(text: str, this_year: int) -> Gs1Goods | None:
    """What the code says; None if it is no GS1 code or cannot be trusted as a whole.

    Args:
        text: as scanned; anything.
        this_year: for years of two figures.
    """
    meant = what_is(text)
    if not isinstance(meant, GoodsCode):
        return None
    from biip import ParseError  # 0.1 s, and most shops never scan one

    try:
        goods = _goods(_elements(meant.text), this_year)
    except (ParseError, ValueError):
        return None
    return goods if goods.gtin == meant.gtin or not meant.gtin else None


def _elements(text: str) -> Iterable[GS1ElementString]:
    from biip import ParseConfig
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    # its own dates would need its own clock
    config = ParseConfig(gs1_element_strings_verify_date=False)
    if text[:4].lower() == "http":
        _refuse_two_answers(text)
        return GS1DigitalLinkURI.parse(text, config=config).element_strings
    elements = text[3:] if text.startswith("]") else text
    if elements.startswith("("):
        if _BRACKETED.fullmatch(elements) is None:
            raise _ContradictionError("brackets")  # biip would read over what is misread
        return GS1Message.parse_hri(elements, config=config).element_strings
    return GS1Message.parse(elements, config=config).element_strings


def _refuse_two_answers(link: str) -> None:
    asked = parse_qsl(urlsplit(link).query)
    if len({key for key, _ in asked}) < len(set(asked)):
        raise _ContradictionError("query")  # biip would take the last


def _goods(elements: Iterable[GS1ElementString], this_year: int) -> Gs1Goods:
    said: dict[str, GS1ElementString] = {}
    for element in elements:
        kind = element.ai.ai[:3] if element.ai.ai[:3] in ("310", "392", "393") else element.ai.ai
        if kind in said and said[kind] != element:
            raise _ContradictionError(kind)
        said[kind] = element
    if not said:
        raise _ContradictionError("nothing")
    if "392" in said and "393" in said:
        raise _ContradictionError("price")
    return Gs1Goods(
        gtin=_gtin(said.get("01")),
        contained_gtin=_gtin(said.get("02")),
        use_by=_earliest(_date(said.get("17"), this_year), _date(said.get(_DAY_WITH_HOUR), this_year)),
        best_before=_date(said.get("15"), this_year),
        sell_by=_date(said.get("16"), this_year),
        lot=_text(said.get("10")),
        serial=_text(said.get("21")),
        net_weight_g=_grams(said.get("310")),
        count=_count(said.get("30") or said.get("37")),
        price=_price(said.get("392") or said.get("393")),
        currency=said["393"].pattern_groups[0] if "393" in said else "",
    )


def _text(element: GS1ElementString | None) -> str:
    return element.value if element is not None else ""


def _gtin(element: GS1ElementString | None) -> str:
    if element is None:
        return ""
    if not is_gtin(element.value):
        raise _ContradictionError("gtin")
    return element.value


def _date(element: GS1ElementString | None, this_year: int) -> date | None:
    if element is None or element.value[:_DAY] == _NO_DAY:
        return None
    day = date_of(element.value[:_DAY], this_year)
    if day is None:
        raise _ContradictionError("date")
    return day


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _grams(element: GS1ElementString | None) -> int | None:
    return divide_half_up(int(element.value) * 1000, 10 ** int(element.ai.ai[3])) if element is not None else None


def _count(element: GS1ElementString | None) -> int | None:
    return int(element.value) if element is not None else None


def _price(element: GS1ElementString | None) -> Money | None:
    if element is None:
        return None
    minor = divide_half_up(int(element.pattern_groups[-1]) * 100, 10 ** int(element.ai.ai[3]))
    if minor > _DEAREST_MINOR:
        raise _ContradictionError("price")
    return Money(minor)
