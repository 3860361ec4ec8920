"""Measures speed and memory on this machine: `make bench`. Nothing here is a test; nothing passes or fails."""
