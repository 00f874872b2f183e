"""Owns how Comptoir looks: sizes, colours by role, type, icons. Nothing else names a colour or a size."""
