"""SkinDesk: offline decision support for photographs of skin lesions."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("skindesk")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
