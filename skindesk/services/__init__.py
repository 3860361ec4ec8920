"""The use cases that the command line and the desktop program share."""
