"""The window; Qt is used nowhere else but at start-up and in the demo."""
