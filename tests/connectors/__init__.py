"""The connector conformance suite: see docs/writing-a-connector.md."""
