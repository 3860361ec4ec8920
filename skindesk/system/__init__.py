"""Where things lie on this machine, what the user has set, and what is logged."""
