"""The demo shop and the guided tour of the real window."""
