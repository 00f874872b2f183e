"""The shop front: what customers see in their browser."""
