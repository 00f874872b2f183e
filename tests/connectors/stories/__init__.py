"""What every connector must get through."""
