"""The same families by augraphy (PyPI, MIT): degradations that none of us wrote.

Forms are filled in by our own pens; printing, copying, scanning and light are augraphy's, only
turning, perspective, resolution and focus are ours. augraphy wants opencv-python, which collides
with opencv-python-headless, so it lives in an environment of its own, over the product's:

    AUG=$(mktemp -d); .venv/bin/python -m venv "$AUG"
    printf "$PWD/.venv/lib/python3.11/site-packages\\n$PWD\\n" \\
        > "$AUG"/lib/python3.*/site-packages/product.pth
    "$AUG"/bin/pip install --no-deps augraphy==8.2.6
    "$AUG"/bin/pip install numba matplotlib scikit-image scikit-learn scipy requests
    "$AUG"/bin/python -m tests.pdf.scan.bars --source augraphy --pages 500

augraphy draws from Python's, numpy's, OpenCV's and numba's global generators: all are seeded from
the page's own before each page. Nothing else imports it.
"""

import importlib
import random
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation import optics, phones
from tests.pdf.scan.simulation.levels import code_area
from tests.pdf.scan.simulation.optics import SOURCE_DPI, Glass
from tests.pdf.scan.simulation.phones import Phone
from tests.pdf.scan.simulation.scanners import Family, Level, Scan

Picture = NDArray[np.uint8]
Step = tuple[str, dict[str, Any]]
"""An augmentation's name and what is set of it; everything else it draws itself."""
Range = tuple[float, float]


def _steps(image: Picture, steps: tuple[Step, ...], rng: np.random.Generator) -> Picture:
    """Each of them in turn."""
    augraphy = importlib.import_module("augraphy")
    _seed(int(rng.integers(2**31)))
    for name, settings in steps:
        done = getattr(augraphy, name)(**settings)(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR))
        if done is None:
            # it drew not to do anything
            continue
        made = np.asarray(done, np.uint8)
        image = made if made.ndim == 2 else np.asarray(cv2.cvtColor(made, cv2.COLOR_BGR2GRAY))
    return image


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    cv2.setRNGSeed(seed)
    _numba_seed()(seed)


@cache
def _numba_seed() -> Callable[[int], None]:
    """Compiled code has generators of its own."""
    numba = importlib.import_module("numba")
    numba.set_num_threads(1)

    def seed_compiled(seed: int) -> None:
        random.seed(seed)
        np.random.seed(seed)

    compiled: Callable[[int], None] = numba.njit(seed_compiled)
    return compiled


def _scan(dpi: float, *steps: Step, skew: float = 3.0) -> Scan:
    """Fed into a scanner, and then all that augraphy does."""
    glass = Glass(dpi, skew=skew)

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = optics.placed(page, glass, rng)
        image = optics.turned(_steps(image, steps, rng), 0.1, rng)
        return np.ascontiguousarray(image), dpi

    return scan


def _photo(phone: Phone, *steps: Step) -> Scan:
    """Seen from a phone, and then all that augraphy does."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = phones.on_table(page, phone, rng)
        focus = float(rng.uniform(*phone.blur)) * image.shape[0] / 2560
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), max(focus, 0.3)), np.uint8)
        return np.ascontiguousarray(_steps(image, steps, rng)), None

    return scan


def _on_code(*steps: Step) -> Scan:
    """Something happens to the paper around one code only; then an office scans it."""
    office = _scan(200, *_OFFICE_STEPS)

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        _, area = code_area(page, rng)
        mm, around = SOURCE_DPI / 25.4, 6
        top, left = (max(int((v - around) * mm), 0) for v in (area.top, area.left))
        bottom = int((area.top + area.height + around) * mm)
        right = int((area.left + area.width + around) * mm)
        page = page.copy()
        part = page[top:bottom, left:right]
        done = _steps(np.ascontiguousarray(part), steps, rng)
        page[top:bottom, left:right] = cv2.resize(done, part.shape[::-1])
        return office(page, rng)

    return scan


_BLEED: Step = ("InkBleed", {"intensity_range": (0.1, 0.5), "severity": (0.2, 0.4), "p": 0.5})
_GRAIN: Step = ("SubtleNoise", {"subtle_range": 8})
_BRIGHTNESS: Step = ("Brightness", {"brightness_range": (0.9, 1.1), "p": 0.7})
_LOW_INK: Step = ("LowInkRandomLines", {"count_range": (1, 5), "p": 0.3})
_JPEG: Step = ("Jpeg", {"quality_range": (50, 95)})
_BAD_JPEG: Step = ("Jpeg", {"quality_range": (25, 50)})
_OFFICE_STEPS = (_BLEED, _LOW_INK, _BRIGHTNESS, _GRAIN, _JPEG)
_BLACK_WHITE: Step = (
    "Faxify",
    {"scale_range": (1, 1), "monochrome": 1, "halftone": 0, "monochrome_method": "threshold_otsu"},
)


def _fax(*, halftone: Literal[0, 1]) -> Step:
    return ("Faxify", {"scale_range": (1.0, 1.2), "monochrome": 1 - halftone, "halftone": halftone})


_OFFICE = {
    "200": _scan(200, *_OFFICE_STEPS),
    "300": _scan(300, *_OFFICE_STEPS),
    "1bit": _scan(200, _BLEED, _LOW_INK, _GRAIN, _BLACK_WHITE),
    "light_toner": _scan(
        200,
        (
            "Letterpress",
            {"n_samples": (100, 300), "n_clusters": (100, 300), "value_range": (80, 150)},
        ),
        _GRAIN,
        _JPEG,
    ),
    "mottled": _scan(200, ("InkMottling", {}), _GRAIN, _JPEG),
    "paper": _scan(
        200,
        ("NoiseTexturize", {"sigma_range": (2, 4), "turbulence_range": (2, 5)}),
        ("BrightnessTexturize", {"texturize_range": (0.9, 0.99), "deviation": 0.03}),
        _JPEG,
    ),
    "both_sides": _scan(
        200, ("BleedThrough", {"intensity_range": (0.1, 0.3), "alpha": 0.15}), _GRAIN, _JPEG
    ),
}
_POOR = {
    "150": _scan(150, _BLEED, _LOW_INK, _BRIGHTNESS, _GRAIN, _BAD_JPEG),
    "fax": _scan(200, _BLEED, _fax(halftone=0), skew=1.5),
    "fax_halftone": _scan(200, _BLEED, _fax(halftone=1), skew=1.5),
    "photocopy": _scan(
        200,
        _BLEED,
        ("BadPhotoCopy", {"noise_value": (64, 160), "noise_sparsity": (0.3, 0.9)}),
        _GRAIN,
        skew=1.5,
    ),
    "drum": _scan(
        200, ("DirtyDrum", {"line_concentration": 0.03, "noise_intensity": 0.3}), _GRAIN, _JPEG
    ),
    "rollers": _scan(150, ("DirtyRollers", {}), _GRAIN, _JPEG),
    "folding": _scan(
        200,
        ("Folding", {"fold_count": 3, "gradient_width": (0.05, 0.2), "fold_noise": 0.01}),
        _GRAIN,
        _JPEG,
    ),
    "stains": _scan(200, ("Stains", {"stains_blend_alpha": 0.5}), _GRAIN, _JPEG),
    "bindings": _scan(200, ("BindingsAndFasteners", {}), _GRAIN, _JPEG),
    "broken_lines": _scan(200, ("LinesDegradation", {}), _LOW_INK, _GRAIN, _JPEG),
    "shifted_ink": _scan(150, ("InkShifter", {}), _GRAIN, _JPEG),
}
_PHONE = {
    "light": _photo(
        Phone(tilt=20),
        ("LightingGradient", {"max_brightness": 255, "min_brightness": 60}),
        _GRAIN,
        _JPEG,
    ),
    "shadow": _photo(
        Phone(tilt=20),
        ("ShadowCast", {"shadow_opacity_range": (0.2, 0.6)}),
        _GRAIN,
        _JPEG,
    ),
    "low_light": _photo(Phone(tilt=15), ("LowLightNoise", {}), _JPEG),
    "glare": _photo(
        Phone(tilt=25, sizes=(2048, 2560)),
        (
            "ReflectedLight",
            {
                # larger ones take half a minute a page
                "reflected_light_internal_radius_range": (0.0, 0.1),
                "reflected_light_external_radius_range": (0.1, 0.25),
                "reflected_light_gaussian_kernel_size_range": (5, 51),
                "reflected_light_internal_max_brightness_range": (0.2, 0.4),
                "reflected_light_external_max_brightness_range": (0.1, 0.3),
            },
        ),
        _GRAIN,
        _JPEG,
    ),
    "blur": _photo(Phone(tilt=25, blur=(0.9, 1.6)), ("Gamma", {}), _GRAIN, _JPEG),
}
_ONE_CODE = {
    "stains": _on_code(("Stains", {"stains_blend_alpha": 0.8})),
    "drum": _on_code(("DirtyDrum", {"line_concentration": 0.2, "noise_intensity": 0.7})),
    "folding": _on_code(("Folding", {"fold_count": 4, "gradient_width": (0.2, 0.4)})),
    "photocopy": _on_code(("BadPhotoCopy", {"noise_value": (0, 60)})),
}

_FAMILIES: dict[Family, dict[str, Scan]] = {
    "office": _OFFICE,
    "poor": _POOR,
    "phone": _PHONE,
    "one_code": _ONE_CODE,
}

LEVELS: dict[str, Level] = {
    f"augraphy_{family}_{name}": Level(
        f"augraphy_{family}_{name}", family, scan, printers=("laser", "laser", "fitted")
    )
    for family, scans in _FAMILIES.items()
    for name, scan in scans.items()
}
