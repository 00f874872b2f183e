"""The parts of the suite; begin with `stage.py` and `story.py`."""
