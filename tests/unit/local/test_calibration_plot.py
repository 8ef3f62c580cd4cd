from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from pipeline.local.calibration import Calibration, calibrate
from pipeline.local.calibration_plot import HEIGHT, WIDTH, calibration_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def calibration() -> Calibration:
    found = calibrate([(-4.0, number < 9) for number in range(300)] + [(2.0, number < 15) for number in range(20)], 7, 0.018)
    assert found is not None
    return found


def test_it_is_a_picture_with_a_point_and_a_bar_for_each_bin(calibration: Calibration) -> None:
    svg = ET.fromstring(calibration_svg(calibration, "counterfeit"))
    assert svg.tag == f"{SVG}svg"
    assert len(svg.findall(f"{SVG}circle")) == len(calibration.bins) == 2
    assert len(svg.findall(f"{SVG}rect")) == 1 + 2  # the ground, and the bars
    assert [point.findtext(f"{SVG}title") for point in svg.findall(f"{SVG}circle")] == ["9 of 300", "15 of 20"]


def test_points_stand_where_the_figures_say(calibration: Calibration) -> None:
    right = replace(calibration, bins=tuple(replace(one, predicted=one.share) for one in calibration.bins))
    for point in ET.fromstring(calibration_svg(right, "x")).iter(f"{SVG}circle"):
        assert float(point.attrib["cx"]) - 90 == pytest.approx(590 - float(point.attrib["cy"]))  # on the diagonal


def test_nothing_stands_outside(calibration: Calibration) -> None:
    for element in ET.fromstring(calibration_svg(calibration, "x")).iter():
        assert all(0 <= float(element.attrib[name]) <= WIDTH for name in ("x", "x1", "x2", "cx") if name in element.attrib)
        assert all(0 <= float(element.attrib[name]) <= HEIGHT for name in ("y", "y1", "y2", "cy") if name in element.attrib)


def test_a_name_from_outside_stays_text(calibration: Calibration) -> None:
    name = 'a<script>alert("&")</script>\x1b\u202e'
    svg = ET.fromstring(calibration_svg(calibration, name))
    assert svg.findtext(f"{SVG}title") == r'Calibration on a<script>alert("&")</script>\u001b\u202e'
    assert not any("script" in element.tag for element in svg.iter())


def test_the_same_figures_give_the_same_bytes(calibration: Calibration) -> None:
    assert calibration_svg(calibration, "x") == calibration_svg(calibration, "x")
    assert calibration_svg(calibration, "x") != calibration_svg(replace(calibration, brier=0.5), "x")
