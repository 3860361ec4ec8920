"""Formats in which results leave the program."""
