"""Arrays by what they hold."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]
"""Gray, 0 is black."""
Darkness: TypeAlias = NDArray[np.float32]
"""0 is paper, 1 is as black as the print."""
Mask: TypeAlias = NDArray[np.uint8]
Piece: TypeAlias = NDArray[np.bool_]
Matrix: TypeAlias = NDArray[np.float64]
