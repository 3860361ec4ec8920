"""Widgets that several pages share. They show values and emit wishes."""
