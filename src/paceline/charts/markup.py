"""Writing SVG: elements with escaped text, short numbers, percent coordinates."""

from __future__ import annotations

from html import escape


class Svg(str):
    """Markup that may be put into a page as it is: everything from outside was escaped when it was written."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return str(self)


def short(number: float) -> str:
    """A coordinate in few characters: one decimal at most, no trailing zero."""
    text = f"{number:.1f}"
    return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")


def percent(share: float) -> str:
    """A share of the width (0 to 1) as a coordinate."""
    text = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text}%"


def element(name: str, *children: Svg, **attributes: str | float | None) -> Svg:
    """An element. ``class_`` writes ``class``, other underscores are hyphens; None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value if isinstance(value, str) else short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return Svg(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def text(words: str, **attributes: str | float | None) -> Svg:
    """A ``text`` element with escaped words."""
    return element("text", Svg(escape(words)), **attributes)


def named(title: str, description: str = "") -> tuple[Svg, ...]:
    """``title`` and ``desc``: an image's name and description."""
    parts = [element("title", Svg(escape(title)))]
    if description:
        parts.append(element("desc", Svg(escape(description))))
    return tuple(parts)


def plot(height: float, *children: Svg, top: float = 0, view: tuple[float, float] = (100, 100)) -> Svg:
    """What is drawn in a box of ``view`` units and stretched to the full width; strokes keep their width by the stylesheet."""
    return element(
        "svg", *children, class_="plot", y=top, width="100%", height=height, viewBox=f"0 0 {short(view[0])} {short(view[1])}",
        preserveAspectRatio="none",
    )  # fmt: skip
