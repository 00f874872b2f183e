"""The reference marketplace server; a sibling the till never imports, nor it the till, the domain aside."""
