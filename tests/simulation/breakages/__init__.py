"""Safeguards taken away, one function each; `mutations` finds them. Every one is a mistake that somebody could make."""
