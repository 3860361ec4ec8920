"""Reads an ONNX file's metadata without loading the network: the program lists networks before it runs one.

An ONNX file is one protobuf message, `ModelProto` of onnx.proto3; its field 14 repeats `StringStringEntryProto`,
whose fields 1 and 2 are key and value. The wire format is that of protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_METADATA_PROPS, _KEY, _VALUE = 14, 1, 2
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def read_metadata(file: Path, key: str) -> str | None:
    """The first metadata entry under this key; None where there is none. What lies behind it is not looked at.

    Raises OSError where the file cannot be read, ValueError where it is no such message.
    """
    with file.open("rb") as stream:
        entries = (_entry(content) for _, content in _fields(stream, file.stat().st_size, {_METADATA_PROPS}))
        return next((value for name, value in entries if name == key), None)


def _entry(content: bytes) -> tuple[str, str]:
    parts = {field: part.decode("utf-8") for field, part in _fields(BytesIO(content), len(content), {_KEY, _VALUE})}
    return parts.get(_KEY, ""), parts.get(_VALUE, "")


def _fields(stream: BinaryIO, size: int, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """The wanted fields of a message with their contents; the others are skipped unread."""
    while stream.tell() < size:
        tag = _varint(stream)
        field, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            _varint(stream)
            continue
        if wire not in (_FIXED32, _FIXED64, _LENGTH):
            raise ValueError(f"a field has the wire type {wire}")
        length = {_FIXED32: 4, _FIXED64: 8}.get(wire) or _varint(stream)
        if stream.tell() + length > size:
            raise ValueError("a field ends behind its message")
        if wire == _LENGTH and field in wanted:
            yield field, stream.read(length)
        else:
            stream.seek(length, 1)


def _varint(stream: BinaryIO) -> int:
    """The next number: seven bits a byte, lowest first."""
    value = 0
    for shift in range(0, 70, 7):
        (byte,) = stream.read(1) or b"\xff"
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value
    raise ValueError("a number is too long, or cut off")
