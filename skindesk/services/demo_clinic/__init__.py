"""A generated clinic: invented patients and drawn pictures, so that everything can be seen without anybody's data."""
