"""What staff or the server can make happen: one verb, one unit of work each; no Qt, no SQL, no HTTP."""
