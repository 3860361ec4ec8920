"""The desktop program: windows, pages and widgets. Qt lives here and nowhere else."""
