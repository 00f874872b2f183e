"""A town of tills and their marketplace on a clock, a network and disks of its own, all moved by one seed.

`python -m tests.simulation --seed 7 --days 30` plays it; `make simulate SEED=7 DAYS=30` sets up what it needs first.
What is real: the use cases, the till's store on SQLite files, the lanes of the sync, the HTTP client above its
transport, the marketplace's application and its SQLite file. What is made here: time, chance, ids, the wire, the moment
a machine dies and what its disk has kept. `registry` says how to add something that happens, or something that must
always hold.
"""
