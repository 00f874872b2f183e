"""Owns the protocols of the fiscal till: ledger, signer, copies. Never holds an implementation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.card import CardAttempt
from app.domain.fiscal import KnownHead, LedgerHead, LedgerRow, Series
from app.domain.invoice import Invoice, IssuedInvoice
from app.usecases.ledger_books import EndsReader


class Signer(Protocol):
    """Signs digests with this till's private key, which never leaves the key store (R5).

    What it needs is loaded, and the key made if there is none, when it is first used.
    """

    @property
    def key_id(self) -> str:
        """Tells keys apart: the first 16 hexadecimal digits of SHA-256 over the public key's DER form. Raises
        KeyStoreUnavailable."""

    @property
    def public_pem(self) -> str:
        """The public key (SubjectPublicKeyInfo, PEM), for the database and the archive. Raises KeyStoreUnavailable."""

    def sign(self, digest: bytes) -> bytes:
        """ECDSA P-256, deterministic (RFC 6979), over a SHA-256 digest: r and s, 32 bytes each. Raises
        KeyStoreUnavailable."""


class SignatureCheck(Protocol):
    """Whether a signature over a digest is of the key with this public PEM."""

    def __call__(self, public_pem: str, digest: bytes, signature: bytes) -> bool: ...


class FiscalSecrets(Protocol):
    """What the key store keeps for the ledger."""

    def fiscal_key(self) -> str | None:
        """The private key (PKCS8 PEM), None if none was made yet. Raises KeyStoreUnavailable."""

    def set_fiscal_key(self, pem: str) -> None: ...

    def known_heads(self) -> Sequence[KnownHead]:
        """The chains' ends as last witnessed outside the database. Raises KeyStoreUnavailable."""

    def set_known_heads(self, heads: Sequence[KnownHead]) -> None: ...


class Ledger(EndsReader, Protocol):
    """The chains. Rows are added, never changed (R1)."""

    def head(self, till_letter: str, series: Series) -> LedgerHead:
        """The end of a chain, GENESIS if it is empty."""

    def append(self, row: LedgerRow) -> None:
        """Add the row and move the head: number, bytes and totals in one transaction (R7)."""

    def row_of(self, record_id: str) -> LedgerRow | None:
        """The row that seals a record."""

    def rows(self, till_letter: str, series: Series, first: int, last: int) -> Iterator[LedgerRow]:
        """Rows first..last of a chain in order, read in pages."""

    def knows_key(self, key_id: str) -> bool: ...

    def knows_any_key(self) -> bool: ...

    def add_key(self, key_id: str, public_pem: str, created_at: datetime) -> None: ...

    def set_head(self, till_letter: str, series: Series, head: LedgerHead) -> None:
        """Go on after rows that are lost: only the start-up check may, with the head that a witness knows, so that no
        number is drawn twice."""


class CardAttempts(Protocol):
    """What was asked of the card terminal (R28)."""

    def add(self, attempt: CardAttempt) -> None: ...
    def get(self, attempt_id: str) -> CardAttempt | None: ...
    def change(self, attempt: CardAttempt) -> None:
        """What is known of it now; amount, moment and who asked stay."""

    def open(self) -> Sequence[CardAttempt]:
        """Those somebody must see to, oldest first."""


class Invoices(Protocol):
    """Invoices and credit notes, one for a ticket at most (R25)."""

    def add(self, issued: IssuedInvoice, file: bytes) -> None:
        """Keep it; buyer and file in a table of their own, which may be erased."""

    def of_sale(self, sale_id: str) -> IssuedInvoice | None: ...

    def was_cancelled(self, sale_id: str) -> bool:
        """Whether a cancellation took the whole ticket back."""


class InvoiceWriter(Protocol):
    """Makes the file that the customer gets: a PDF for people with the same invoice for programs in it (Factur-X)."""

    def __call__(self, invoice: Invoice) -> bytes: ...


class Copies(Protocol):
    """How often a document was put on paper (R11)."""

    def count(self, document_id: str) -> int: ...

    def add(self, document_id: str, copy_no: int, kind: str, made_at: datetime, operator: str) -> None: ...
