"""The records page: closures, check of the ledger, archives, exports, invoices, attestation."""
