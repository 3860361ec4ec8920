"""What several test folders share: a tiny network, generated pictures, and inputs that are meant to fail."""
