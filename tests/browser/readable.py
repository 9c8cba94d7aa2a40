"""How well an output can be read, from what the browser has computed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
"""What the Web Content Accessibility Guidelines ask for text, and for marks that carry meaning (1.4.3, 1.4.11)."""


@dataclass(frozen=True)
class Seen:
    """A piece of text, or a mark, with its contrast to what is behind it."""

    kind: str
    what: str
    contrast: float


_MEASURE = """
section => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = colour => {  // the browser itself reads every way of writing a colour
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((x, i) => a * x + (1 - a) * below[i]);
  const behind = element => {
    if (element === null) return [255, 255, 255];
    return over(rgba(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  };
  const opacity = element => element === null ? 1 :
    Number(getComputedStyle(element).opacity) * opacity(element.parentElement);
  const luminance = colour => {
    const [r, g, b] = colour.map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (colour, element, more) => {
    const below = behind(element);
    const [r, g, b, a] = rgba(colour);
    const [one, other] = [over([r, g, b, a * more], below), below].map(luminance).sort((x, y) => y - x);
    return (one + 0.05) / (other + 0.05);
  };
  const seen = [];
  const see = (kind, what, colour, element, more = 1) =>
    seen.push({ kind, what, contrast: contrast(colour, element, more * opacity(element)) });
  const texts = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    const range = document.createRange();
    range.selectNodeContents(text);
    if (text.data.trim() && range.getBoundingClientRect().width)
      see('text', text.data.trim(), getComputedStyle(parent).color, parent);
  }
  for (const element of section.querySelectorAll('*')) {
    const style = getComputedStyle(element);
    if (element instanceof SVGRectElement)
      see('square', style.fill, style.fill, element, Number(style.fillOpacity));
    else if (parseFloat(style.borderLeftWidth) && style.borderLeftStyle !== 'none')
      see('line', element.localName, style.borderLeftColor, element.parentElement);
  }
  return seen;
}
"""


def seen_in(section: Locator) -> list[Seen]:
    """Return every text and every mark that is shown in an output of ours."""
    found: list[dict[str, Any]] = section.evaluate(_MEASURE)
    return [Seen(**each) for each in found]


def too_faint(seen: list[Seen]) -> list[Seen]:
    """Return what has less contrast than it needs."""
    return [each for each in seen if each.contrast < (TEXT_CONTRAST if each.kind == "text" else MARK_CONTRAST)]


def overflow(section: Locator) -> float:
    """Return by how many pixels anything in an output, or the output itself, is wider than the place for it."""
    return float(
        section.evaluate(
            """section => {
              const all = [section, ...section.querySelectorAll('*')].filter(e => e instanceof HTMLElement);
              const inner = all.filter(e => getComputedStyle(e).display !== 'inline');
              const areas = [];
              for (let e = section; e && !e.matches('.jp-Cell'); e = e.parentElement) areas.push(e);
              return Math.max(...[...inner, ...areas].map(e => e.scrollWidth - e.clientWidth));
            }"""
        )
    )
