"""Owns what several papers have in common: the head of the shop, marks of copies and training, the foot. Knows of no
document as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.domain.merchant import Merchant
from app.domain.receipt import NOBODY, ShopIdentity
from app.printing.fiscal_words import TRAINING_MARK, TRAINING_MENTION, FiscalWords
from app.printing.lines import Size
from app.printing.paper import Paper
from app.printing.words import Words

LocalTime = Callable[[datetime], datetime]
"""Aware UTC to the time on the shop's wall."""


def shop_head(paper: Paper, words: Words, shop: ShopIdentity) -> None:
    """The shop as it names itself, on papers that are no fiscal documents."""
    shop_name(paper, shop)
    _numbers(paper, words, shop, NOBODY, vat_is_charged=True)
    paper.rule()


def legal_head(
    paper: Paper, words: Words, fiscal: FiscalWords, shop: ShopIdentity, merchant: Merchant, *, vat_is_charged: bool
) -> None:
    """The shop and who is behind it: what the law wants at the head of a ticket. The merchant's own details win over
    what the marketplace said of the shop; without VAT there is no VAT number either (R21)."""
    shop_name(paper, shop)
    legal_name = " ".join(part for part in (merchant.legal_form, merchant.legal_name) if part)
    if legal_name and legal_name.casefold() != shop.name.casefold():
        paper.centred(legal_name)
    registered = tuple(line for line in merchant.address_lines if line)
    if registered and registered != shop.address_lines:
        paper.centred(fiscal.registered_address.format(address=", ".join(registered)))
    _numbers(paper, words, shop, merchant, vat_is_charged=vat_is_charged)
    if merchant.rcs:
        paper.centred(merchant.rcs)
    paper.rule()


def shop_name(paper: Paper, shop: ShopIdentity) -> None:
    """Name and address."""
    paper.centred(shop.name, bold=True, size=Size.DOUBLE)
    for line in shop.address_lines:
        paper.centred(line)


def _numbers(paper: Paper, words: Words, shop: ShopIdentity, merchant: Merchant, *, vat_is_charged: bool) -> None:
    siret = siret_in_groups(merchant.siret) or shop.siret
    if siret:
        paper.centred(words.siret.format(number=siret))
    vat_number = merchant.vat_number or shop.vat_number
    if vat_number and vat_is_charged:
        paper.centred(words.vat_number.format(number=vat_number))


def siret_in_groups(siret: str) -> str:
    """`123 456 789 00012`, as it is read out."""
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}".strip()


def title(paper: Paper, text: str) -> None:
    """What kind of paper this is."""
    if text:
        paper.centred(text, bold=True, size=Size.TALL)


def duplicate(paper: Paper, words: Words, copy_no: int) -> None:
    """Which copy this is; nothing on the original (R11)."""
    if copy_no:
        title(paper, words.duplicate.format(copy_no=copy_no))


def training_mark(paper: Paper, training: bool, *, explained: bool = False) -> None:
    """`FACTICE`, large, on what was made for practice (R12)."""
    if training:
        paper.centred(TRAINING_MARK, bold=True, size=Size.DOUBLE)
        if explained:
            paper.centred(TRAINING_MENTION, bold=True)


def foot(paper: Paper, footer: str, software: str) -> None:
    """The shop's own last words, and the program's name."""
    for text in (footer, software):
        if text:
            paper.feed()
            paper.centred(text)


def proof(paper: Paper, fiscal: FiscalWords, software: str, fiscal_version: str, extract: str) -> None:
    """Which program sealed the document, and four characters of its signature (R17)."""
    core = fiscal.fiscal_version.format(version=fiscal_version) if fiscal_version else ""
    made_by = ", ".join(part for part in (software, core) if part)
    if made_by or extract:
        paper.feed()
    if made_by:
        paper.centred(made_by)
    if extract:
        paper.centred(fiscal.signature.format(extract=extract))


def counted(forms: tuple[str, str], count: int) -> str:
    """`1 ligne`, `2 lignes`."""
    return forms[0 if count == 1 else 1].format(count=count)
