"""Owns the settings screen: shop and till, printer, display, scanner, catalogue, data."""
