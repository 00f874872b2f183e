"""Stages that need nothing but Python."""
