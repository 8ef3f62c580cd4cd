"""Calibration as a picture (SVG): the share of counterfeits that was predicted, against the share that there is. Pure, to the byte.

Above, a point a bin with its interval of 95 %; on the diagonal predictions are right. Below, how many listings each bin holds, on a
logarithmic scale: mostly one bin holds nearly all.
"""

from collections.abc import Iterator
from math import log10
from xml.etree import ElementTree as ET

from pipeline.local.calibration import Bin, Calibration
from pipeline.printable import printable

WIDTH, HEIGHT = 640, 780
_LEFT, _SIDE = 90, 480  # pixels: the margin, and the square of the points
_TOP, _BARS_TOP, _BARS = 110, 660, 80
_INK, _PALE, _DATA = "#222222", "#d5d5d5", "#1f5fa8"
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def calibration_svg(calibration: Calibration, name: str) -> str:
    """Return the picture; `name` is that of the set."""
    svg = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=str(WIDTH), height=str(HEIGHT),
        role="img", fill=_INK, attrib={"font-family": "sans-serif", "font-size": "13"},
    )  # fmt: skip
    ET.SubElement(svg, "title").text = f"Calibration on {printable(name)}"
    ET.SubElement(svg, "rect", width=str(WIDTH), height=str(HEIGHT), fill="#ffffff")
    for number, line in enumerate(_captions(calibration, name)):
        _text(svg, 20, 28 + 20 * number, line, size=16 if number == 0 else 13)
    _axes(svg)
    for one in calibration.bins:
        _point(svg, one)
    _counts(svg, calibration.bins)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _captions(calibration: Calibration, name: str) -> Iterator[str]:
    yield f"Calibration on {printable(name)}"
    yield f"{calibration.n:,} listings that name a right; {calibration.unscored:,} more name none and have no score"
    yield f"Scores moved from the policy's base rate, {calibration.base_rate:.1%}, to this set's share, {calibration.prevalence:.1%}"
    yield f"Brier score {calibration.brier:.4f} (the share alone: {calibration.brier_of_prevalence:.4f}); " + (
        f"expected calibration error {calibration.expected_error:.4f}"
    )


def _axes(svg: ET.Element) -> None:
    """Draw the square, its grid with numbers, what they mean, and the diagonal."""
    for tick in _TICKS:
        _line(svg, _x(tick), _y(0), _x(tick), _y(1), _PALE)
        _line(svg, _x(0), _y(tick), _x(1), _y(tick), _PALE)
        _text(svg, _x(tick), _y(0) + 18, f"{tick:.1f}", anchor="middle")
        _text(svg, _x(0) - 8, _y(tick) + 4, f"{tick:.1f}", anchor="end")
    _line(svg, _x(0), _y(0), _x(1), _y(1), _INK, dashes="4 4")
    _text(svg, _x(0.5), _y(0) + 36, "predicted probability of a counterfeit", anchor="middle")
    turned = _text(svg, 40, _y(0.5), "share of counterfeits, with its interval of 95 %", anchor="middle")
    turned.set("transform", f"rotate(-90 40 {_y(0.5):g})")


def _point(svg: ET.Element, one: Bin) -> None:
    middle = _x(one.predicted)
    _line(svg, middle, _y(one.least), middle, _y(one.most), _DATA, width=2)
    for end in (one.least, one.most):
        _line(svg, middle - 5, _y(end), middle + 5, _y(end), _DATA, width=2)
    point = ET.SubElement(svg, "circle", cx=f"{middle:g}", cy=f"{_y(one.share):g}", r="5", fill=_DATA)
    ET.SubElement(point, "title").text = f"{one.counterfeit:,} of {one.n:,}"


def _counts(svg: ET.Element, bins: tuple[Bin, ...]) -> None:
    """Draw how many listings each bin holds, on a logarithmic scale."""
    base, most = _BARS_TOP + _BARS, max(one.n for one in bins)
    _line(svg, _x(0), base, _x(1), base, _INK)
    for one in bins:
        height = _BARS * (1 + log10(one.n)) / (1 + log10(most))
        left, right = _x(one.low) + 2, _x(one.high) - 2
        ET.SubElement(
            svg,
            "rect",
            x=f"{left:g}",
            y=f"{base - height:.5g}",
            width=f"{right - left:g}",
            height=f"{height:.5g}",
            fill=_DATA,
            opacity="0.6",
        )
        _text(svg, (left + right) / 2, base - height - 4, f"{one.n:,}", anchor="middle", size=11)
    _text(svg, _x(0.5), base + 20, "listings in each bin (each step of ten times as many adds the same height)", anchor="middle")


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 2)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 2)


def _line(svg: ET.Element, x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dashes: str = "none") -> None:
    ends = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"}
    ET.SubElement(svg, "line", {**ends, "stroke": colour, "stroke-width": f"{width:g}", "stroke-dasharray": dashes})


def _text(svg: ET.Element, x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> ET.Element:
    element = ET.SubElement(svg, "text", {"x": f"{x:g}", "y": f"{y:g}", "text-anchor": anchor, "font-size": str(size)})
    element.text = text
    return element
