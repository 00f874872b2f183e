"""The connector to Vendure's Admin API. Importing the package imports nothing."""
