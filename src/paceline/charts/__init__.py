"""Pictures of numbers as inline SVG: plain numbers in, a string out. No script, no style attribute, no engine, no Django.

Colours and line widths come from the page's stylesheet through classes. Small ones (``sparkline``, ``bullet``) have their numbers
beside them and are silent to screen readers unless they get a title; large ones are a ``Picture``: the drawing with its name and
description, and the same numbers as a table. Texts keep their size at any width: geometry is in percent, only lines stretch.
"""

from paceline.charts.bullet import bullet
from paceline.charts.control import control
from paceline.charts.curves import Band, Curve, curves
from paceline.charts.fan import fan
from paceline.charts.intervals import Ranged, intervals
from paceline.charts.markup import Svg
from paceline.charts.picture import Picture, standalone
from paceline.charts.reliability import Said, reliability
from paceline.charts.rows import Stage, Step, Stretch, funnel, timeline, waterfall
from paceline.charts.sparkline import sparkline
from paceline.charts.strip import Dot, strip

__all__ = [
    "Band", "Curve", "Dot", "Picture", "Ranged", "Said", "Stage", "Step", "Stretch", "Svg", "bullet", "control", "curves", "fan",
    "funnel", "intervals", "reliability", "sparkline", "standalone", "strip", "timeline", "waterfall",
]  # fmt: skip
