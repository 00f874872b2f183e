"""The closing screen (F10) and the drawer: what stands in the way, count, difference, closed."""
