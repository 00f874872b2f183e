"""Comptoir: the till and the click-and-collect counter of small shops."""

__version__ = "0.2.0"
