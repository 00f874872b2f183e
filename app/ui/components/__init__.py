"""Owns the widgets all screens share. None of them knows an order, a sale or a use case."""
