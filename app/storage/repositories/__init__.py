"""The repositories, one aggregate each: they load and save inside a unit of work and never commit."""
