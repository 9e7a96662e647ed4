"""Files made by hand, entry by entry, to be hostile."""

import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image


def picture() -> Image.Image:
    image = Image.new("L", (170, 220), 255)
    image.paste(0, (20, 20, 90, 60))
    image.paste(100, (20, 60, 50, 200))
    return image


def save(path: Path, pages: int = 1, **how: Any) -> Path:
    picture().save(path, save_all=True, append_images=[picture()] * (pages - 1), **how)
    return path


def pdf(path: Path, pages: int = 1) -> Path:
    return save(path, pages, resolution=20)


def pdf_objects(*objects: str | bytes) -> bytes:
    """A file of numbered objects; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        raw = body if isinstance(body, bytes) else body.encode("latin-1")
        out += b"%d 0 obj\n%s\nendobj\n" % (number, raw)
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
TINY_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"


def stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def zeros(megabytes: int) -> bytes:
    """Deflated; made without ever being that large."""
    packer = zlib.compressobj(9)
    one = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    following = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return one + following * (megabytes - 1) + b"\3\0"


def png(width: int, height: int, data: bytes, *more: tuple[bytes, bytes]) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checked

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *more, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def tiff(*directories: dict[int, int], chain: tuple[int, ...] = ()) -> bytes:
    """Directories one after another, each tag a number; ``chain`` are the links between them."""
    size = 2 + 12 * len(directories[0]) + 4
    places = [8 + size * at for at in range(len(directories))]
    links = chain or (*places[1:], 0)
    out = b"II*\0" + struct.pack("<I", 8)
    for directory, link in zip(directories, links, strict=True):
        out += struct.pack("<H", len(directory))
        out += b"".join(struct.pack("<HHII", tag, 4, 1, v) for tag, v in sorted(directory.items()))
        out += struct.pack("<I", link)
    return out


def g4(width: int, height: int, place: int = 8, length: int = 8) -> dict[int, int]:
    return {256: width, 257: height, 258: 1, 259: 4, 262: 0, 273: place, 277: 1, 278: height,
            279: length}  # fmt: skip
