"""Owns the practice shop: a shop of its own in a folder of its own, whose marketplace and printer misbehave on a plan,
and ten exercises that lead through it. Never opens anything of the person's own till.
"""
