"""Backups of a case log in a folder of the user's choice: each proven by opening it, and each picture kept once."""
