"""The set-up of a till that was never set up."""
