"""Owns the outbox screen: what waits to be sent or printed, what was refused, what a person must look at."""
