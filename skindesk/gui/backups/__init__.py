"""Backups in the window: the daily one, their place in Settings, and the page that restores one."""
