"""Takes apart what a reading process sends back, trusting it with data only.

A hostile file may have taken that process over. A pickle could then make us call anything, so only
plain data, arrays, and the dataclasses and enums of the reader are put together here.
"""

import importlib
import io
import pickle
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

_ARRAYS = frozenset({
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
})  # fmt: skip
_BUILTINS = frozenset({"set", "frozenset", "complex", "bytearray"})


class NotData(Exception):
    """A process sent something else than the findings about a page."""


def load(data: bytes | bytearray, modules: frozenset[str]) -> Any:
    """What was pickled; of ``modules`` (and pdf's own) the dataclasses and enums are allowed."""
    try:
        return _Loader(io.BytesIO(data), modules).load()
    except NotData:
        raise
    except Exception as error:
        raise NotData(repr(error)) from error


class _Loader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, modules: frozenset[str]) -> None:
        super().__init__(file)
        self._modules = modules

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _ARRAYS or (module == "builtins" and name in _BUILTINS):
            return super().find_class(module, name)
        if module in self._modules or module.startswith("pdf."):
            # by hand: pickle would follow dots, out of the module
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module and _is_data(found):
                return found
        raise NotData(f"{module}.{name}")


def _is_data(found: type) -> bool:
    return is_dataclass(found) or issubclass(found, Enum)
