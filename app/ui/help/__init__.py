"""The help beside a screen: the chapter of the guide that belongs to it, the keys that count there, search."""
