"""One file per step, oldest first; each restates the tables that it touches and imports no models."""
