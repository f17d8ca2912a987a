"""The chart says in a picture what the table says in digits."""

from xml.etree import ElementTree as ET

import pytest

from api.domain.chart import Bars, svg

SPACE = "{http://www.w3.org/2000/svg}"
CHART = Bars(
    "Suka & <tidak>", ("nDCG@25", "captured@25"), {"share_count": (0.1, 0.0), "amp-1": (0.4, 1)}
)


def test_the_longer_bar_is_the_larger_value_and_every_value_is_written() -> None:
    picture = ET.fromstring(svg(CHART))  # noqa: S314 (our own text)

    bars = [r for r in picture.iter(f"{SPACE}rect") if r.get("height") == "12"]
    widths = [float(bar.get("width", "")) for bar in bars]
    words = [text.text for text in picture.iter(f"{SPACE}text")]
    assert widths == [49.0, 0.0, 196.0, 490.0]
    assert [w for w in words if w and w[:2] in {"0.", "1."}] == ["0.100", "0.000", "0.400", "1.000"]
    assert {"share_count", "amp-1", "nDCG@25", "Suka & <tidak>"} <= set(words)


@pytest.mark.parametrize("values", [(0.1,), (0.1, 1.1), (0.1, -0.1), (0.1, float("nan"))])
def test_what_cannot_be_drawn_truly_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"legend|between"):
        svg(Bars("Salah", ("nDCG@25", "captured@25"), {"amp-1": values}))
