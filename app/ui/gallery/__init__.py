"""Owns the window that shows every shared widget in every state. Only `comptoir gallery` opens it."""
