"""Paper: layout, ESC/POS bytes, transports and the print queue's driver; no Qt, no database."""
