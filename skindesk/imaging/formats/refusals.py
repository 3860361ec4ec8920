"""Why a picture file is refused, in the same words for every format, and the sizes that are not."""

from skindesk.domain.errors import ImageRejectedError, RejectionReason

MAX_PIXELS = 128_000_000
"""About 390 MB once decoded; the largest phone sensors in clinical use deliver 108 megapixels."""
MOST_PIXELS_PER_BYTE, HARMLESS_PIXELS = 200, 24_000_000
"""What has more pixels than this for each byte of its file, and this many, is no photograph.

Of 50 megapixels of skin without any grain the smallest JPEG has 164; with a camera's grain it has at most 50."""
MIN_SIDE_PX = 32
"""Below this a picture holds less than one cell of any shipped network's 7 x 7 feature grid."""

_READABLE = "Use JPEG, PNG, TIFF, WebP, BMP, HEIC or DICOM."


def check_size(width_px: int, height_px: int, size_bytes: int, name: str) -> None:
    """Raises ImageRejectedError where a picture that is to be decoded is over MAX_PIXELS or under MIN_SIDE_PX.

    So too where it has more pixels than a photograph's file of `size_bytes` can hold.
    """
    if width_px * height_px > MAX_PIXELS:
        raise too_large(name)
    if width_px * height_px > max(HARMLESS_PIXELS, MOST_PIXELS_PER_BYTE * size_bytes):
        raise ImageRejectedError(
            RejectionReason.TOO_LARGE,
            f"{name} unpacks to {width_px} x {height_px} pixels, far more than a photograph in so small a file has.",
            "Ask whoever sent it.",
        )
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise ImageRejectedError(
            RejectionReason.TOO_SMALL,
            f"{name} has only {width_px} x {height_px} pixels.",
            f"Use a picture of at least {MIN_SIDE_PX} x {MIN_SIDE_PX} pixels.",
        )


def too_large(name: str, most_pixels: int = MAX_PIXELS) -> ImageRejectedError:
    """More pixels than are read."""
    return ImageRejectedError(
        RejectionReason.TOO_LARGE,
        f"{name} has more than {most_pixels / 1e6:.0f} million pixels.",
        "Export a smaller copy.",
    )


def damaged(name: str, size_bytes: int) -> ImageRejectedError:
    """A file that begins as a picture and does not go on as one."""
    return ImageRejectedError(
        RejectionReason.DAMAGED,
        f"{name} is damaged or cut off after {size_bytes / 1000:,.0f} kB.",
        "Copy it from the camera again.",
    )


def not_a_picture(name: str) -> ImageRejectedError:
    """Bytes of no format that is read."""
    return ImageRejectedError(
        RejectionReason.NOT_AN_IMAGE, f"{name} is not a picture that SkinDesk can read.", _READABLE
    )


def unknown_way(name: str, way: str) -> ImageRejectedError:
    """A known format with pixels packed in a way that no decoder here knows; `way` names it."""
    return ImageRejectedError(
        RejectionReason.NOT_AN_IMAGE,
        f"{name} holds its picture as {way}, which SkinDesk cannot read.",
        "Export it as JPEG or PNG.",
    )
