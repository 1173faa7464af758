# SPDX-License-Identifier: GPL-2.0
"""The known values of slope-test.c, computed independently.

python3 slope-reference.py prints slope, low, high, tau, p of each series, from the
definitions in Documentation/leak.rst and the standard library's normal
distribution.
"""
from collections import Counter
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median

SERIES = [
    (range(10), range(1, 11)),
    (range(8), [1, 2, 2, 3, 3, 3, 4, 5]),
    ([0, 1, 3, 4, 6, 10, 11, 12], [5, 3, 8, 1, 9, 2, 7, 6]),
    (range(8), range(8, 0, -1)),
    (range(8), [4] * 8),
]


def reference(times, values):
    pairs = list(combinations(zip(times, values), 2))
    n, m = len(values), len(pairs)
    rises = sum((b[1] > a[1]) - (b[1] < a[1]) for a, b in pairs)
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs)
    ties = Counter(values).values()
    variance = (n * (n - 1) * (2 * n + 5) - sum(k * (k - 1) * (2 * k + 5) for k in ties)) / 18
    untied = m - sum(k * (k - 1) // 2 for k in ties)

    def at(rank):
        rank = max(0, min(m - 1, rank))
        below = min(int(rank), m - 2)
        return slopes[below] + (rank - below) * (slopes[below + 1] - slopes[below])

    spread = NormalDist().inv_cdf(0.975) * sqrt(variance)
    p = 0.5
    if rises:
        p = 1 - NormalDist().cdf((rises - (1 if rises > 0 else -1)) / sqrt(variance))
    return (median(slopes), at((m - spread) / 2 - 1), at((m + spread) / 2),
            rises / sqrt(m * untied) if untied else 0, p)


for times, values in SERIES:
    print(*(f"{value:.9g}" for value in reference(list(times), list(values))))
