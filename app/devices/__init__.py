"""The devices on a line beside the printer: customer display and scale."""
