"""The way through a table, column by column, on which all fits best together."""

import numpy as np
from numpy.typing import NDArray

from pdf.scan.arrays import Matrix


def best_way(scores: Matrix, *, steepest: int, step_cost: float) -> NDArray[np.int64]:
    """The row in each column (dynamic programming).

    From one column to the next it rises or falls by ``steepest`` rows at most, and each of them
    costs.
    """
    states, columns = scores.shape
    steps = np.arange(-steepest, steepest + 1)
    index = np.arange(states)
    before = np.clip(index[:, None] + steps, 0, states - 1)
    cost = step_cost * np.abs(steps)
    total = scores[:, 0].copy()
    came = np.zeros((columns, states), np.int64)
    for column in range(1, columns):
        options = total[before] - cost
        best = options.argmax(axis=1)
        came[column] = before[index, best]
        total = options[index, best] + scores[:, column]
    way = np.zeros(columns, np.int64)
    way[-1] = int(total.argmax())
    for column in range(columns - 1, 0, -1):
        way[column - 1] = came[column, way[column]]
    return way
