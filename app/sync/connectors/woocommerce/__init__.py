"""The connector to the REST API v3 of WooCommerce. Importing the package imports nothing."""
