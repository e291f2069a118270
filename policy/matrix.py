"""Likelihood by impact: where a single risk or opportunity stands on a policy's matrix.

Pure functions beside the model, because the register rates its rows by them and the rules compare their levels.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from policy.model import Band, Matrix


class OffTheMatrix(ValueError):
    """A likelihood or impact that the matrix does not have; the message says what to give instead."""


class Score(NamedTuple):
    """A place on a likelihood-by-impact matrix."""

    score: Decimal
    level: str
    impact_level: str | None
    needs_contingency_plan: bool


def place_on_matrix(matrix: Matrix, likelihood: Decimal, impact: Decimal, *, has_plan: bool = True) -> Score:
    """The score and level of a likelihood and an impact (DEF-01); a high impact asks for a plan (FIG-17).

    Raises OffTheMatrix for a figure that the matrix does not have.
    """
    axes: tuple[tuple[Literal["likelihood", "impact"], Decimal], ...] = (("likelihood", likelihood), ("impact", impact))
    for name, value in axes:
        offered = [point.number for point in getattr(matrix, name)]
        if value not in offered:
            raise OffTheMatrix(f"{name}: write one of {', '.join(str(each) for each in offered)}, not {value}")
    score = likelihood * impact
    impact_level = _band(matrix.impact_bands, impact)
    order = [each.id for each in matrix.levels]
    asked = matrix.contingency_plan_from
    needs = bool(asked and impact_level and order.index(impact_level) >= order.index(asked) and not has_plan)
    return Score(score, _band(matrix.bands, score) or order[-1], impact_level, needs)


def _band(bands: Iterable[Band], figure: Decimal) -> str | None:
    return next((band.level for band in bands if band.up_to is None or figure <= band.up_to), None)


def place_by_ids(matrix: Matrix, likelihood: str, impact: str, *, has_plan: bool = True) -> Score:
    """The same for the ids of two points. Raises OffTheMatrix for a point that the matrix does not have."""
    figures = {}
    for name, chosen in (("likelihood", likelihood), ("impact", impact)):
        numbers = {point.id: point.number for point in getattr(matrix, name)}
        if (number := numbers.get(chosen)) is None:
            raise OffTheMatrix(f'{name}: write one of {", ".join(numbers)}, not "{chosen}"')
        figures[name] = number
    return place_on_matrix(matrix, figures["likelihood"], figures["impact"], has_plan=has_plan)
