"""Owns where the texts of papers made on demand come from. Never fills one in."""

from __future__ import annotations

from app.paths import resources_dir
from app.usecases.make_attestation import AttestationTexts


def attestation_texts() -> AttestationTexts:
    """The attestation's page and its two sentences, from the resources of this Comptoir."""
    folder = resources_dir() / "attestation"
    page, at_till, elsewhere = (
        (folder / name).read_text(encoding="utf-8").strip()
        for name in ("attestation_fr.html", "prepaid_at_till.txt", "prepaid_elsewhere.txt")
    )
    return AttestationTexts(page, at_till, elsewhere)
