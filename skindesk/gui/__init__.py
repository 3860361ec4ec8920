"""The desktop program: windows, pages and widgets. Qt lives here and nowhere else."""

import builtins

_import = builtins.__import__
import PySide6.QtCore  # noqa: E402, F401  its own import statement is the one to be undone

# PySide6 has every module that is imported after it read and searched for its name, for the sake of `__feature__`,
# which this program does not use: an eighth of all that Python works up to the first answer.
builtins.__import__ = _import
