"""Owns how the interpreter imports, collects rubbish and shares its time in a process with a window: whoever waits at
the counter comes first.

Settings of the whole process, so set by whoever starts one; never by a library part.
"""

from __future__ import annotations

import builtins
import gc
import sys

SWITCH_INTERVAL_S = 0.0005
"""A tenth of the default: while the exchange with the marketplace computes, a key pressed waits that much less."""


def use_plain_import() -> None:
    """Put Python's own `import` back where PySide has put its own; call it before any other thread imports.

    PySide's looks through the source text of each module imported from then on, for the sake of `from __feature__
    import ...`, which nobody here uses: that takes as long as painting an empty window. It also runs PySide's code on
    the thread that imports, while the main thread paints, which may crash.
    """
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain


def hurry_loading() -> None:
    """Call before all that stays is loaded in another thread: nobody looks for rubbish, of which there is hardly any
    then, and the main thread has its turn often."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.disable()


def favour_the_counter() -> None:
    """Call when all that stays is loaded. It is set apart from the rubbish collector, which would otherwise walk
    through all of it (some 30 ms) in the middle of a scan."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.freeze()
    gc.enable()


def collect_all_again() -> None:
    """The window is going: what it was made of may be collected."""
    gc.unfreeze()
    gc.enable()
