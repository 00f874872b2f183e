"""Owns the sales journal: one balanced entry for each closed day, in the 18 columns of the French FEC, on the accounts
that the shop's accountant chose. Never keeps the accounts themselves (fiscal-fr section 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from app.domain.archive_tables import amount_text
from app.domain.catalogue import LineNature
from app.domain.day_books import DayBook

FEC_COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)

_ACCOUNT = re.compile(r"[1-9][0-9A-Z]{2,11}")
_DEFAULT_ACCOUNTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "goods_2000": ("707200", "Ventes de marchandises 20 %"),
        "goods_1000": ("707100", "Ventes de marchandises 10 %"),
        "goods_550": ("707055", "Ventes de marchandises 5,5 %"),
        "goods_210": ("707021", "Ventes de marchandises 2,1 %"),
        "goods_0": ("707000", "Ventes de marchandises sans TVA"),
        "goods_other": ("707900", "Ventes de marchandises, autres taux"),
        "service_2000": ("706200", "Prestations de services 20 %"),
        "service_1000": ("706100", "Prestations de services 10 %"),
        "service_550": ("706055", "Prestations de services 5,5 %"),
        "service_210": ("706021", "Prestations de services 2,1 %"),
        "service_0": ("706000", "Prestations de services sans TVA"),
        "service_other": ("706900", "Prestations de services, autres taux"),
        "vat_2000": ("445712", "TVA collectée 20 %"),
        "vat_1000": ("445711", "TVA collectée 10 %"),
        "vat_550": ("445715", "TVA collectée 5,5 %"),
        "vat_210": ("445716", "TVA collectée 2,1 %"),
        "vat_other": ("445719", "TVA collectée, autres taux"),
        "cash": ("530000", "Caisse"),
        "card": ("511500", "Cartes bancaires à encaisser"),
        "cheque": ("511200", "Chèques à encaisser"),
        "meal_voucher": ("511600", "Titres-restaurant à encaisser"),
        "gift_voucher": ("467100", "Bons d'achat et cartes cadeaux"),
        "online": ("511700", "Paiements en ligne à encaisser"),
        "account": ("411000", "Clients"),
        "voucher": ("467100", "Bons d'achat et cartes cadeaux"),
        "deposit": ("419100", "Clients, acomptes reçus"),
        "container": ("419600", "Clients, consignes"),
        "settlement": ("411000", "Clients"),
        "cash_short": ("658000", "Écarts de caisse, manquants"),
        "cash_over": ("758000", "Écarts de caisse, excédents"),
        "transfers": ("580000", "Virements internes"),
    }
)


class WrongAccounts(ValueError):
    """The table of accounts cannot be used; `name` is the entry that is wrong."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Accounts:
    """On which account each kind of money is booked: number and label by name."""

    by_name: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _DEFAULT_ACCOUNTS)
    journal_code: str = "CA"
    journal_label: str = "Caisse"

    def of(self, name: str) -> tuple[str, str]:
        return self.by_name[name]

    def at_rate(self, what: str, rate_bp: int) -> tuple[str, str]:
        return self.by_name.get(f"{what}_{rate_bp}") or self.by_name[f"{what}_other"]


def accounts_of(raw: Mapping[str, Any]) -> Accounts:
    """The shop's accounts over the defaults.

    Args:
        raw: `journal` with `code` and `label`; `accounts`: by name a number, or a number and a label. A rate that the
            defaults do not have is `goods_850`, `vat_850` ...

    Raises:
        WrongAccounts: a name that does not exist, or what is no account number.
    """
    known = dict(_DEFAULT_ACCOUNTS)
    journal = _table(raw, "journal")
    for name, value in _table(raw, "accounts").items():
        if name not in known and not re.fullmatch(r"(goods|service|vat)_[0-9]{1,4}", name):
            raise WrongAccounts(name)
        number, label = (value, known.get(name, ("", ""))[1]) if isinstance(value, str) else _pair(name, value)
        if not _ACCOUNT.fullmatch(number):
            raise WrongAccounts(name)
        known[name] = number, _one_cell(label)
    code, label = journal.get("code", "CA"), journal.get("label", "Caisse")
    if not (isinstance(code, str) and re.fullmatch(r"[0-9A-Z]{1,5}", code)):
        raise WrongAccounts("code")
    if not isinstance(label, str):
        raise WrongAccounts("label")
    return Accounts(MappingProxyType(known), code, _one_cell(label))


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name, {})
    if not isinstance(table, Mapping):
        raise WrongAccounts(name)
    return table


def _pair(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return value[0], value[1]
    raise WrongAccounts(name)


def _one_cell(text: str) -> str:
    """Without what separates columns and rows."""
    return re.sub(r"[\t\r\n|]+", " ", text).strip()


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry; `debit_minor` is negative for a credit, never nought."""

    account: tuple[str, str]
    debit_minor: int


def postings_of(book: DayBook, accounts: Accounts) -> list[Posting]:
    """A closed day as one entry: what came in is debited, what it came for is credited, and both are the same."""
    totals, cash = book.closure.totals, book.closure.cash
    sums: dict[tuple[str, str], list[int]] = {}

    def book_it(account: tuple[str, str], debit: int) -> None:
        sums.setdefault(account, []).append(debit)

    for means, amount in totals.means:
        book_it(accounts.of(means.value), amount.minor)
    for (nature, rate), booked in book.all.slots():
        book_it(accounts.at_rate(_SALES[nature], rate), -booked.net)
        if booked.vat:
            book_it(accounts.at_rate("vat", rate), -booked.vat)
    for nature, amount in totals.outside:
        book_it(accounts.of(nature.value), -amount.minor)
    difference = cash.difference.minor + cash.corrections.minor
    book_it(accounts.of("cash"), difference)
    book_it(accounts.of("cash_over" if difference > 0 else "cash_short"), -difference)
    moved = cash.float_change.minor + cash.ins.minor - cash.outs.minor - cash.banked.minor
    book_it(accounts.of("cash"), moved)
    book_it(accounts.of("transfers"), -moved)
    return [Posting(account, sum(debits)) for account, debits in sums.items() if sum(debits)]


_SALES = {LineNature.GOODS: "goods", LineNature.SERVICE: "service"}


def fec_rows(books: Iterable[DayBook], accounts: Accounts) -> Iterator[list[str]]:
    """The journal's rows; a day on which nothing moved has none."""
    for book in books:
        day = book.day.strftime("%Y%m%d")
        piece = book.closure.display_number
        entry = f"{book.closure.till_letter}{book.number:06d}"
        label = f"Ventes du {book.day:%d/%m/%Y}, {piece}"
        for posting in postings_of(book, accounts):
            number, name = posting.account
            debit, credit = max(posting.debit_minor, 0), max(-posting.debit_minor, 0)
            row = [accounts.journal_code, accounts.journal_label, entry, day, number, name, "", ""]
            row += [piece, day, label, amount_text(debit), amount_text(credit), "", "", day, "", ""]
            yield row
