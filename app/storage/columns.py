"""Owns the kinds of columns that the tables are made of. Never names a table."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Text


def text_column(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def whole_column(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def flag_column(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


def bytes_column(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)
