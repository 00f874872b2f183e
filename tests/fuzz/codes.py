"""Random and mutated texts through all that reads codes, against answers found another way.

What must hold for each text, however broken:

- nothing raises, and what a text is stays what it is when it is asked again;
- it opens an order only if, blanks, hyphens and case aside, it is one of the shop's own pickup codes: a list says so;
- as figures alone it sells the article that biip's own GTIN and UPC parsers name, or whose label of the scale it is by
  plain slicing; anything else sells an article only if that article's 14 figures, check digit right, stand in the text
  behind their mark;
- no text is both; the scanner's judge is sure of nothing that is neither.
"""

from __future__ import annotations

import random
import resource
import string
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from biip import ParseError
from biip.gtin import Gtin
from biip.upc import Upc

from app.domain.barcodes import gtin_check_digit, normalise_code
from app.domain.catalogue import Product, Unit
from app.domain.join_code import JoinCode, read_join_code, write_join_code
from app.domain.money import Money
from app.domain.pickup_code import ALPHABET, CodeJudgement, judge_pickup_code, make_pickup_code, parse_pickup_code
from app.domain.scale_labels import LabelKind, LabelTemplate
from app.domain.scanned import ArticleNumber, what_is
from app.scanning.gs1 import read_gs1
from app.scanning.wedge import Confidence, judge_code
from app.usecases.find_article import ArticleFound, CodeReading, find_article
from app.usecases.queries import ProductRow, Queries

SHOP, KEY_ID, KEY = "shop-1", "7", bytes(range(32))
YEAR = 2026
LABEL_PREFIXES = {"21": LabelKind.PRICE, "22": LabelKind.WEIGHT}
TEMPLATES = tuple(LabelTemplate(prefix, 5, 5, kind) for prefix, kind in LABEL_PREFIXES.items())
_PLAIN_SYMBOLOGIES = 3
_EVIL = "\x00\x1d\x1e\n\t \u00a0\u202f\u200b\u0130\u0131\u017f\u212a٣３Ⅷ—-'\"&é(§è!çà)|~^{}[]<>#%$@`\\\ud800😀"
_SLOW_MS = 100.0


class Shelf:
    """A catalogue in a dictionary, by the stored form of codes; it also has what looks like other things."""

    def __init__(self, chance: random.Random) -> None:
        self.rows: dict[str, ProductRow] = {}
        self.gtins: dict[int, str] = {}
        self.by_scale: dict[str, str] = {}
        for number in range(150):
            length = chance.choice((8, 12, 13, 13, 13, 14))
            first = chance.choice("345679") if length in (8, 13) else chance.choice("0134567")
            body = first + "".join(chance.choices(string.digits, k=length - 2))
            self._stock(f"p-{number}", body + str(gtin_check_digit(body)), Unit.PIECE)
        for number in range(20):
            item = f"{chance.randrange(1, 99999):05d}"
            self.by_scale.setdefault(item, f"s-{number}")
            self._add(self.by_scale[item], item, Unit.KG)
        for number, code in enumerate(("ART-00042", "CJ-Vélo", "É12", "https", "(01)", "]C1", "P1")):
            self._add(f"w-{number}", code, Unit.PIECE)

    def _stock(self, product_id: str, gtin: str, unit: Unit) -> None:
        if int(gtin) not in self.gtins:
            self.gtins[int(gtin)] = product_id
            self._add(product_id, normalise_code(gtin), unit)

    def _add(self, product_id: str, code: str, unit: Unit) -> None:
        product = Product(product_id, product_id, Money(1890), 550, unit, codes=(code,))
        self.rows[code] = ProductRow(product, 0, 0)

    def product_by_code(self, code: str) -> ProductRow | None:
        return self.rows.get(normalise_code(code))


@dataclass
class Broken:
    """What came of it.

    Attributes:
        ways: texts by what was done to them; ends: by what they were taken for.
        wrong: what must not be; "" never.
        unseen: figures changed in a GS1 code where nothing could tell: a date or a lot has no check digit of its own.
        slowest_ms: processor time of the slowest text; memory: most used bytes at each quarter's end.
    """

    ways: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unseen: int = 0
    one_changed: int = 0
    slowest_ms: float = 0.0
    slowest: str = ""
    memory: list[int] = field(default_factory=list)

    @property
    def growth_mb(self) -> float:
        return (self.memory[-1] - self.memory[0]) / 1_000_000


class Town:
    """The shop's genuine codes, and one text's way through all that reads it."""

    def __init__(self, seed: int) -> None:
        chance = self.chance = random.Random(seed)
        self.shelf = Shelf(chance)
        self._queries = cast(Queries, cast(Any, self.shelf))
        self._reading = CodeReading(TEMPLATES, lambda text: read_gs1(text, YEAR))
        self.orders = {self._pickup_code() for _ in range(200)}
        self.genuine = self._genuine_codes()

    def _pickup_code(self) -> str:
        return make_pickup_code(KEY_ID, KEY, SHOP, "".join(self.chance.choices(ALPHABET, k=7)))

    def _genuine_codes(self) -> Sequence[tuple[str, str]]:
        chance = self.chance
        foreign = [make_pickup_code("9", b"x" * 32, "other", "".join(chance.choices(ALPHABET, k=7))) for _ in range(50)]
        join = write_join_code(JoinCode(SHOP, KEY_ID, KEY, "A", "B"))
        made = [("order", code) for code in sorted(self.orders)] + [("foreign", code) for code in foreign]
        made.append(("join", join))
        for number in self.shelf.gtins:
            gtin = f"{number:014d}"
            day = f"{chance.randrange(25, 29)}{chance.randrange(1, 13):02d}{chance.randrange(0, 29):02d}"
            lot = "".join(chance.choices(string.ascii_uppercase + string.digits, k=chance.randrange(1, 12)))
            plain = gtin.lstrip("0").rjust(8, "0")
            made += [
                ("gtin", plain if len(plain) in (8, 12, 13, 14) else gtin[1:]),
                ("gtin14", gtin),
                ("elements", f"]C101{gtin}17{day}10{lot}"),
                ("elements", f"01{gtin}10{lot}\x1d15{day}"),
                ("brackets", f"(01){gtin}(17){day}(10){lot}"),
                ("link", f"https://id.gs1.org/01/{gtin}/10/{lot}?17={day}"),
                ("address", f"https://example.org/p/{plain}"),
            ]
        for item in self.shelf.by_scale:
            for prefix in LABEL_PREFIXES:
                body = f"{prefix}{item}{chance.randrange(1, 99999):05d}"
                made.append(("label", body + str(gtin_check_digit(body))))
        return made

    # --- one text ----------------------------------------------------------------------------------------------------

    def look_at(self, text: str, done: Broken) -> tuple[str, str]:
        """(what it came to, of which order or article); notes what must not be."""
        meant = what_is(text)
        again = what_is(meant.code if isinstance(meant, ArticleNumber) else meant.text)
        order = self._order(text)
        found = find_article(self._queries, self._reading, text)
        article = found.row.product.product_id if isinstance(found, ArticleFound) else ""
        sure = judge_code(text, lambda code: self.shelf.product_by_code(code) is not None) is Confidence.SURE
        told = repr(text[:120])
        if again != meant:
            done.wrong.append(f"{told} is {meant!r}, then {again!r}")
        if bool(order) != (self._bare(text) in self.orders):
            done.wrong.append(f"{told}: order {order!r}")
        if order and article:
            done.wrong.append(f"{told}: order and article")
        if isinstance(found, ArticleFound) and not self._names(text, found):
            done.wrong.append(f"{told}: article {article}, {found.quantity}, {found.price}")
        if sure and not self._is_sound(text):
            done.wrong.append(f"{told}: sure")
        kind = "order" if order else "article" if article else type(meant).__name__
        done.ends[kind] += 1
        return kind, order or article

    def _order(self, text: str) -> str:
        """As the pickup screen does: what it is, then its seal."""
        meant = what_is(text)
        if type(meant).__name__ != "OrderCode":
            return ""
        judgement, code = judge_pickup_code(meant.text, SHOP, {KEY_ID: KEY})  # type: ignore[union-attr]  # its type
        genuine = judgement is CodeJudgement.GENUINE and code is not None and str(code) in self.orders
        return str(code) if genuine else ""

    @staticmethod
    def _bare(text: str) -> str:
        """A pickup code as a person would compare it; "" for what has a GS1 scanner's mark, or is far too long."""
        came = text.strip()
        if (
            came[:1] == "]"
            and came[1:2].isascii()
            and came[1:2].isalpha()
            and came[2:3].isascii()
            and came[2:3].isalnum()
        ):
            if came[:_PLAIN_SYMBOLOGIES] in ("]C1", "]e0", "]d2", "]Q3", "]J1"):
                return ""
            came = came[_PLAIN_SYMBOLOGIES:]
        bare = "".join(char for char in came if not char.isspace() and char != "-")
        return bare.upper() if bare.isascii() and len(text) <= 200 else ""

    def _names(self, text: str, found: ArticleFound) -> bool:
        """Whether the text names this article by another way of reading."""
        product = found.row.product
        came = text.strip()
        bare = came[_PLAIN_SYMBOLOGIES:] if came.startswith("]") else came
        figures = bare.replace(" ", "")
        if figures in product.codes or bare in product.codes or came in product.codes:
            return True
        if figures.isascii() and figures.isdigit() and len(figures) <= 14:
            thirteen = figures[1:] if len(figures) == 14 and figures[0] == "0" else figures
            return self._is_label_of(thirteen, found) or product.product_id in self._by_figures(figures)
        numbers = [number for number, owner in self.shelf.gtins.items() if owner == product.product_id]
        marks = ("01", "(01)", "/01/")
        forms = {f"{number:014d}" for number in numbers} | {
            f"{number:0{n}d}" for number in numbers for n in (8, 12, 13)
        }
        spoken = "".join(text.split()) if "(" in text else text  # blanks do not count between brackets
        return any(mark + form in spoken for mark in marks for form in forms)

    def _by_figures(self, figures: str) -> set[str]:
        """What biip makes of figures: its GTIN, and the GTIN of a UPC-E."""
        owners = set()
        for read in (lambda: Gtin.parse(figures).value, lambda: Upc.parse(figures).as_upc_a()):
            try:
                owners.add(self.shelf.gtins.get(int(read()), ""))
            except ParseError:
                continue
        return owners - {""}

    def _is_label_of(self, figures: str, found: ArticleFound) -> bool:
        if (
            len(figures) != 13
            or gtin_check_digit(figures[:-1]) != int(figures[-1])
            or figures[:2] not in LABEL_PREFIXES
        ):
            return False
        value = int(figures[7:12])
        owner = self.shelf.by_scale.get(figures[2:7]) == found.row.product.product_id
        if LABEL_PREFIXES[figures[:2]] is LabelKind.PRICE:
            return owner and found.price == Money(value)
        return owner and found.quantity == value and found.price is None

    def _is_sound(self, text: str) -> bool:
        bare = self._bare(text)
        if self.shelf.product_by_code(text.strip()) is not None or (bare and parse_pickup_code(bare) is not None):
            return True
        came = text.strip()
        came = came[_PLAIN_SYMBOLOGIES:] if came.startswith("]") else came
        if read_join_code(came) is not None or self.shelf.product_by_code(came) is not None:
            return True
        figures = "".join(char for char in came if char in string.digits)
        windows = (figures[at : at + n] for n in (8, 12, 13, 14) for at in range(len(figures) - n + 1))
        return any(gtin_check_digit(part[:-1]) == int(part[-1]) for part in windows)


# --- what is done to a text -----------------------------------------------------------------------------------------

_ANY = string.digits + string.ascii_letters + string.punctuation + " \x1d"


def _one_other(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    pool = string.digits if text[at] in string.digits and chance.random() < 0.7 else _ANY
    other = chance.choice([char for char in pool if char.upper() != text[at].upper()])
    return text[:at] + other + text[at + 1 :]


def _swapped(text: str, chance: random.Random) -> str:
    at = chance.randrange(max(1, len(text) - 1))
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _dropped(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :]


def _put_in(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_ANY + _EVIL) + text[at:]


def _cut(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] if chance.random() < 0.5 else text[at:]


def _marked(text: str, chance: random.Random) -> str:
    return (
        chance.choice(("]C1", "]Q1", "]Q3", "]E0", "]d2", "]C0", "(01)", "01", "https://x.fr/01/", " ", "P1", "CJ1"))
        + text
    )


def _dressed(text: str, chance: random.Random) -> str:
    """Blanks, hyphens and case, which people and screens add."""
    made = "".join(char.lower() if chance.random() < 0.3 else char for char in text)
    at = chance.randrange(len(made) + 1)
    return made[:at] + chance.choice(" -\u00a0\t") + made[at:]


def _several(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(2, 6)):
        text = chance.choice((_one_other, _swapped, _dropped, _put_in))(text, chance) or "0"
    return text


def _noise(_text: str, chance: random.Random) -> str:
    pool = chance.choice((string.digits, ALPHABET, _ANY, _ANY + _EVIL, "01()]C1\x1d/:https.", "0123456789 "))
    return "".join(chance.choices(pool, k=chance.choice((0, 1, 6, 8, 13, 14, 25, 40, 90, 200, 501))))


def _endless(text: str, chance: random.Random) -> str:
    return chance.choice(
        (text * 50, "(" * 499, "(01)" * 124, "01" * 249, "https://" * 62, text[:1] * 10_000, "/01/" * 124)
    )


_WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "whole": lambda text, _chance: text,
    "one other": _one_other,
    "swapped": _swapped,
    "dropped": _dropped,
    "put in": _put_in,
    "cut": _cut,
    "marked": _marked,
    "dressed": _dressed,
    "several": _several,
    "noise": _noise,
    "endless": _endless,
}
_WEIGHTS = {"whole": 6, "one other": 30, "endless": 1}


def fuzz(texts: int, seed: int) -> Broken:
    """So many texts; the same ones for the same seed."""
    town, done = Town(seed), Broken()
    ways = list(_WAYS)
    weights = [_WEIGHTS.get(way, 8) for way in ways]
    for number in range(texts):
        if number and number % max(1, texts // 4) == 0:
            done.memory.append(_most_used_bytes())
        kind, genuine = town.chance.choice(town.genuine)
        way = town.chance.choices(ways, weights)[0]
        text = _WAYS[way](genuine, town.chance)
        done.ways[way] += 1
        began = time.thread_time()
        try:
            end = town.look_at(text, done)
        except Exception as error:  # noqa: BLE001  # that nothing raises is what is looked for
            done.wrong.append(f"{text[:120]!r}: {error!r}")
            continue
        took_ms = (time.thread_time() - began) * 1000
        if took_ms > done.slowest_ms:
            done.slowest_ms, done.slowest = took_ms, text[:60]
        if (
            way == "whole"
            and kind not in ("foreign", "join", "address")
            and not end[1]
            and not _may_be_refused(kind, genuine)
        ):
            done.wrong.append(f"{genuine!r} is genuine and was refused")
        if way == "one other":
            _one_changed(town, kind, genuine, text, end, done)
    done.memory.append(_most_used_bytes())
    return done


def _may_be_refused(kind: str, genuine: str) -> bool:
    """A date such as 29 February of another year."""
    return kind in ("elements", "brackets", "link") and read_gs1(genuine, YEAR) is None


def _one_changed(town: Town, kind: str, genuine: str, text: str, end: tuple[str, str], done: Broken) -> None:
    """One wrong character: never this order nor another, never another article; of figures with a check digit, none."""
    done.one_changed += 1
    if not end[1]:
        return
    same = end == town.look_at(genuine, Broken())
    checked = kind in ("order", "foreign", "gtin14", "label") or (kind == "gtin" and len(genuine) > 8)
    if end[0] == "order" or not same or (checked and _number_in(text) != _number_in(genuine)):
        done.wrong.append(f"{text!r}, one character off {genuine!r}, is {end}")
    else:
        done.unseen += 1


def _number_in(text: str) -> int:
    """A blank in the place of a leading nought leaves the number what it was."""
    return int("".join(char for char in text if char in string.digits) or "0")


def _most_used_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def report(done: Broken) -> str:
    return (
        f"{sum(done.ways.values())} texts: {dict(done.ways)}\n"
        f"taken for: {dict(done.ends)}\n"
        f"one character off: {done.one_changed}; of these {done.unseen} named the same article still (date, lot or "
        f"address changed, which have no check digit)\n"
        f"slowest {done.slowest_ms:.1f} ms of processor ({done.slowest!r}); memory grew by {done.growth_mb:.1f} MB\n"
        f"wrong: {len(done.wrong)}"
    )


def is_slow(done: Broken) -> bool:
    return done.slowest_ms > _SLOW_MS
