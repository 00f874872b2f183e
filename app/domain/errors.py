"""Owns the broken invariants: faults of the program itself, never refusals a shop should read.

Expected refusals are verdicts (values); the world failing is `usecases.ports.Unavailable`. Never raise one of these for
bad input from a person or a server.
"""


class BrokenInvariant(Exception):
    """A rule that the program must keep was about to be broken: a bug, shown by the crash dialog."""


class MoneyDoesNotAddUp(BrokenInvariant):
    """I6: lines, totals, VAT or payments of a document differ by at least one cent."""
