"""What staff or the marketplace can make happen: one verb a module, one unit of work each. No SQL, HTTP, Qt or device
here."""
