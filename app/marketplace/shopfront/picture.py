"""Owns the picture of a pickup or pairing code: a QR as SVG, drawn module by module. Never makes or judges a code."""

from __future__ import annotations

QUIET_ZONE = 4  # modules of white around it, as the standard asks


def qr_svg(code: str, told: str = "Code de retrait à présenter au comptoir") -> str:
    """A QR of error correction M; a pickup code fits version 2 in alphanumeric mode, so its modules stay large.

    Args: told: what a screen reader says of it.
    """
    import qrcode  # here, because it brings PIL along

    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    symbol.add_data(code)
    symbol.make(fit=True)
    matrix = symbol.get_matrix()
    size = len(matrix)
    dark = "".join(_runs(row, y) for y, row in enumerate(matrix))
    return (
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{told}" '
        f'shape-rendering="crispEdges" xmlns="http://www.w3.org/2000/svg">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{dark}"/></svg>'
    )


def _runs(row: list[bool], y: int) -> str:
    """The row's dark stretches as parts of a path."""
    parts = []
    x = 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
        x += 1
    return "".join(parts)
