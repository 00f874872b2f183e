"""Owns the stock screen: an article's levels, the movements that explain them, goods in, counts and losses."""
