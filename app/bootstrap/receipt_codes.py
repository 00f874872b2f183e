"""Owns making the QR that holds a ticket as text, for the customer's phone. Called on a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.checkout.state import ReceiptCode

if TYPE_CHECKING:
    from app.usecases.ports import Counter


def receipt_code(counter: Counter, sale_id: str, language: str, *, practice: bool) -> ReceiptCode | None:
    """The code of a sale's ticket; None if there is no such sale."""
    from app.printing.qr import qr_modules
    from app.printing.receipt_text import receipt_text
    from app.usecases.show_receipt import receipt_to_show

    receipt = receipt_to_show(counter, sale_id)
    if receipt is None:
        return None
    told = receipt_text(receipt, language, practice=practice)
    modules = tuple(tuple(row) for row in qr_modules(told.text, on_screen=True))
    return ReceiptCode(sale_id, modules, told.whole)
