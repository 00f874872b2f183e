"""Owns the tickets at the counter: found again, printed again, returned in part, cancelled, their payment corrected."""
