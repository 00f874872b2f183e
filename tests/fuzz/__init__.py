"""Broken inputs by the thousand, against independent answers."""
