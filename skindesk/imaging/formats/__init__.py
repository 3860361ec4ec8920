"""The kinds of picture file, each opened in its own way to the same `OpenPicture`."""
