"""Codes in: images and keystrokes become scans; no Qt, no database."""
