"""What the program tells of diagnoses, beside the picture: pages, links between them, and a search over all."""
