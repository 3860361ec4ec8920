"""How the names of picture files end; known without loading what decodes them."""

EXTENSIONS = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".dib",
        ".heic", ".heif", ".hif", ".dcm", ".dicom",
    }
)  # fmt: skip
"""File endings that look like a picture this program reads, in lower case."""
