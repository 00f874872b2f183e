"""Connectors to marketplaces that nobody here wrote, behind the marketplace port."""
