"""Pictures of every scene of the program in each theme, language and size: made, laid side by side, held against those
that a person approved.

`make pictures`, `make pictures-check`, `make pictures-approve`. Scenes come from tests/ui/stages.py.
"""
