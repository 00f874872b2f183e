"""Owns the pickup screen: lists of orders, the card of one, and what a person at the counter does with it."""
