"""SQLAlchemy Core and the database; SQL is written nowhere else in the till. Importing the package imports nothing."""
