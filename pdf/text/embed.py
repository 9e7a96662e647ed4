"""Fonts inside a file: Type 0 fonts over HarfBuzz's subsets, and the way back to Unicode.

A character code (CID) stands for a glyph *and* the text it carries. It is the glyph's own id
unless one glyph stands for two texts in this document (a mark that is drawn first here and
second there); then the second gets a code above all glyphs. So ToUnicode alone gives every
reader the text, cluster by cluster: readers that know no ActualText too.
"""

from collections.abc import Mapping

import uharfbuzz as hb

from pdf.file import Name, PdfFile, Reference, Stream, Value, Written, number
from pdf.fonts import FontFace
from pdf.text.kept import Need

_DROPPED = ("GSUB", "GPOS", "GDEF", "name", "post", "OS/2", "cmap", "STAT", "gasp", "meta", "DSIG")
UNREAD = "\u200f"
"""The text of a glyph that nothing is read from, a right-to-left mark: every used code must have
a text in PDF/UA (7.21.7), and none of U+0000, U+FEFF and U+FFFE. Where readers look at it, they
show nothing."""


class FontUse:
    """What one document uses of one font."""

    def __init__(self, face: FontFace, resource: str) -> None:
        self.face = face
        self.resource = resource
        self._codes: dict[tuple[int, str], str] = {}
        self._glyph: dict[int, int] = {}
        self._text: dict[int, str] = {}
        self._last = len(face.advances) - 1

    def code(self, glyph: int, text: str) -> str:
        """The character code, as a page's operators show it, for a glyph that carries this text.

        One that another glyph speaks for carries UNREAD.
        """
        found = self._codes.get((glyph, text))
        if found is not None:
            return found
        code = glyph if glyph not in self._glyph else self._free()
        self._glyph[code] = glyph
        self._text[code] = text
        shown = self._codes[glyph, text] = f"<{code:04x}>"
        return shown

    def has(self, codes: Mapping[tuple[int, str], str]) -> bool:
        """Whether these glyphs with their texts have these codes here; those without one get it."""
        if codes.items() <= self._codes.items():
            return True
        return all(self.code(glyph, text) == code for (glyph, text), code in codes.items())

    def advance(self, glyph: int) -> int:
        """How far the pen goes on after a glyph, in font units."""
        return self.face.advances[glyph]

    def embed(self, file: PdfFile) -> Reference:
        """Write font, descriptor, subset and maps; a reference to the Type 0 font."""
        name = Name(f"{self._tag()}+{_post_script_name(self.face)}")
        scale = 1000 / self.face.units_per_em
        descriptor: dict[str, Value] = {
            "Type": Name("FontDescriptor"),
            "FontName": name,
            "Flags": 4,
            "FontBBox": [-1000, round(self.face.descent * scale), 3000,
                         round(self.face.ascent * scale)],
            "ItalicAngle": 0,
            "Ascent": round(self.face.ascent * scale),
            "Descent": round(self.face.descent * scale),
            "CapHeight": 714,
            "StemV": 160 if self.face.weight > 400 else 80,
            "FontFile2": file.add(self._subset()),
        }  # fmt: skip
        descendant: dict[str, Value] = {
            "Type": Name("Font"),
            "Subtype": Name("CIDFontType2"),
            "BaseFont": name,
            "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": b"Identity", "Supplement": 0},
            "FontDescriptor": file.add(descriptor),
            "DW": 0,
            "W": self._widths(),
            "CIDToGIDMap": self._glyph_map(file),
        }
        return file.add(
            {
                "Type": Name("Font"),
                "Subtype": Name("Type0"),
                "BaseFont": name,
                "Encoding": Name("Identity-H"),
                "DescendantFonts": [file.add(descendant)],
                "ToUnicode": file.add(Stream(_to_unicode(self._text))),
            }
        )

    def _free(self) -> int:
        self._last += 1
        return self._last

    def _tag(self) -> str:
        """Six letters that differ between subsets (9.6.4), made from what is in this one."""
        seed = _hash_of(sorted(self._codes))
        return "".join(chr(65 + seed // 26**i % 26) for i in range(6))

    def _subset(self) -> Stream:
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(set(self._glyph.values()))
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
            {int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED}
        )
        wanted.flags = (
            hb.SubsetFlags.RETAIN_GIDS
            | hb.SubsetFlags.NO_HINTING
            | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        )
        data = bytes(hb.subset(self.face.prepared, wanted).blob.data)
        return Stream(data, {"Length1": len(data)})

    def _widths(self) -> Written:
        """Runs of neighbouring codes, each with its widths (9.7.4.3)."""
        pieces: list[str] = []
        previous = -2
        for code in sorted(self._glyph):
            if code != previous + 1:
                pieces.append(f"{']' if pieces else ''}{code}[")
            width = number(self.advance(self._glyph[code]) * 1000 / self.face.units_per_em)
            pieces.append(f"{width} ")
            previous = code
        return Written(f"[{''.join(pieces)}]]")

    def _glyph_map(self, file: PdfFile) -> Value:
        if all(code == glyph for code, glyph in self._glyph.items()):
            return Name("Identity")
        table = bytearray(2 * (max(self._glyph) + 1))
        for code, glyph in self._glyph.items():
            table[2 * code : 2 * code + 2] = glyph.to_bytes(2, "big")
        return file.add(Stream(bytes(table)))


class DocumentFonts:
    """The fonts of one document, in the order of their first use."""

    def __init__(self) -> None:
        self._uses: dict[tuple[FontFace, bool], FontUse] = {}

    def use(self, face: FontFace, *, backwards: bool = False) -> FontUse:
        """The use of a font; begun when it is first asked for.

        Text from right to left has one of its own: a change of font tells readers that a
        bracket of the Arabic sentence isn't part of the Latin word that it touches.
        """
        key = (face, backwards)
        found = self._uses.get(key)
        if found is None:
            found = self._uses[key] = FontUse(face, f"F{len(self._uses) + 1}")
        return found

    def fit(self, need: Need) -> bool:
        """Whether a line that was written for another document can be used in this one."""
        use = self.use(need.face, backwards=need.backwards)
        return use.resource == need.resource and use.has(need.codes)

    def embed(self, file: PdfFile) -> dict[str, Value]:
        """Write all fonts; the dictionary for the pages' resources."""
        return {use.resource: use.embed(file) for use in self._uses.values()}


def _hash_of(codes: list[tuple[int, str]]) -> int:
    """A number that is the same for the same codes on every machine."""
    total = 0
    for glyph, text in codes:
        for value in (glyph, *map(ord, text)):
            total = (total * 1_000_003 + value) % (1 << 61)
    return total


def _post_script_name(face: FontFace) -> str:
    family = "".join(part.capitalize() for part in face.family.split("-"))
    return f"{family}-{'Bold' if face.weight > 400 else 'Regular'}"


def _to_unicode(text: Mapping[int, str]) -> bytes:
    rows = [
        f"<{code:04x}> <{value.encode('utf-16-be', 'replace').hex()}>"
        for code, value in sorted(text.items())
    ]
    blocks = []
    for start in range(0, len(rows), 100):
        block = rows[start : start + 100]
        blocks.append("\n".join([f"{len(block)} beginbfchar", *block, "endbfchar"]))
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <ffff> endcodespacerange",
            *blocks,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    ).encode()
