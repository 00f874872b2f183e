"""The only place that builds concrete classes: `core` without Qt, `window` on top. Importing this imports neither."""
