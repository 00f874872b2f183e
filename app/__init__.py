"""Comptoir: the till and the click-and-collect counter of small shops."""
