"""The steps from each release's tables to the next. A step is frozen: it never calls live code."""
