"""HTTP between the till and the marketplace; no Qt and no SQL."""
