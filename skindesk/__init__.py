"""SkinDesk: offline decision support for photographs of skin lesions."""

__version__ = "0.1.0"
