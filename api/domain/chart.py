"""A bar chart as SVG: plain text, no fonts or scripts of others, readable without colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from api.domain.evaluation import Figure

WIDTH, LABELS, FIGURES = 720, 170, 60
BAR, GAP, HEAD = 14, 12, 56
FILLS = ("#0b5394", "#9fc5e8", "#38761d", "#b6d7a8")


@dataclass(frozen=True, slots=True)
class Bars:
    """Rows of bars between 0 and 1: each row has a value for each name of the legend."""

    title: str
    legend: Sequence[str]
    rows: Mapping[str, Sequence[float]]

    @property
    def height(self) -> int:
        """Return the height of the picture."""
        return HEAD + len(self.rows) * (len(self.legend) * BAR + GAP) + GAP


def svg(bars: Bars) -> str:
    """Draw the chart; every value also stands beside its bar.

    Raises:
        ValueError: a row has more or fewer values than the legend, or a value is not in 0 to 1.
    """
    if any(len(values) != len(bars.legend) for values in bars.rows.values()):
        raise ValueError("every row needs one value for each name of the legend")
    if any(not 0 <= value <= 1 for values in bars.rows.values() for value in values):
        raise ValueError("values lie between 0 and 1")
    size = f'width="{WIDTH}" height="{bars.height}" viewBox="0 0 {WIDTH} {bars.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"'
        ' font-family="sans-serif" font-size="12">',
        f"<title>{escape(bars.title)}</title>",
        f'<rect width="{WIDTH}" height="{bars.height}" fill="#ffffff"/>',
        f'<text x="{GAP}" y="20" font-size="15">{escape(bars.title)}</text>',
        *_legend(bars.legend),
        *(line for place, name in enumerate(bars.rows) for line in _row(bars, place, name)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def drawn_figures(horizon_days: int, by_method: Mapping[str, Mapping[int, Figure]]) -> str:
    """Draw what each method found of the days after a ranking."""
    title = f"What a ranking foresees of the next {horizon_days} days"
    cutoffs = next(iter(by_method.values()), {})
    legend = [f"{kind}@{k}" for k in cutoffs for kind in ("nDCG", "captured")]
    rows = {
        name: [value for k in cutoffs for value in (of[k].ndcg, of[k].captured)]
        for name, of in by_method.items()
    }
    return svg(Bars(title, legend, rows))


def _legend(names: Sequence[str]) -> list[str]:
    lines = []
    for place, name in enumerate(names):
        x = LABELS + place * 130
        lines.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{_fill(place)}"/>')
        lines.append(f'<text x="{x + 15}" y="41">{escape(name)}</text>')
    return lines


def _row(bars: Bars, place: int, name: str) -> list[str]:
    top = HEAD + place * (len(bars.legend) * BAR + GAP)
    lines = [f'<text x="{LABELS - 8}" y="{top + 11}" text-anchor="end">{escape(name)}</text>']
    for at, value in enumerate(bars.rows[name]):
        y = top + at * BAR
        width = round(value * (WIDTH - LABELS - FIGURES), 1)
        shape = f'x="{LABELS}" y="{y}" width="{width}" height="{BAR - 2}"'
        lines.append(f'<rect {shape} fill="{_fill(at)}"/>')
        lines.append(f'<text x="{LABELS + width + 5}" y="{y + 11}">{value:.3f}</text>')
    return lines


def _fill(place: int) -> str:
    return FILLS[place % len(FILLS)]
