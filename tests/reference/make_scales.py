"""Makes scales.json: net and mean of scales counted answer by answer in exact fractions.

The program works on counts and takes slices; this walks over single answers and asks each which side it is on.

Run: python tests/reference/make_scales.py > tests/reference/scales.json
"""

import json
from fractions import Fraction

CASES = [
    [10, 20, 30, 25, 15],
    [0, 0, 0, 0, 7],
    [3, 0, 0, 4],
    [12, 5, 9],
    [5, 15],
    [1, 2, 3, 4, 5, 6, 7],
    [0, 1, 0, 0, 0],
]


def main() -> None:
    """Prints all cases as JSON."""
    made = []
    for counts in CASES:
        answers = [point for point, count in enumerate(counts, start=1) for _ in range(count)]
        ends = 1 if len(counts) <= 3 else 2
        sides = [(answer > len(counts) - ends) - (answer <= ends) for answer in answers]
        net, mean = Fraction(sum(sides), len(answers)), Fraction(sum(answers), len(answers))
        made.append({"counts": counts, "net": float(net), "mean": float(mean)})
    print(json.dumps(made, indent=1))


if __name__ == "__main__":
    main()
