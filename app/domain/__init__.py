"""The rules of the counter: pure values and functions, standard library only, no clock, chance, log or file."""
