"""HTML written piece by piece: whatever is a text of somebody else's goes through ``esc`` first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from sheetsim.model.values import ExcelError

#: Light where the notebook is light, dark where it is dark: those that say it (JupyterLab, VS Code, Colab, marimo) are
#: believed, elsewhere the system's own choice counts. A cell's colours are those of the exported file in the light;
#: in the dark they keep their hue.
STYLE = """
.sheetsim{color-scheme:light dark;--paper:light-dark(#fff,#1b1d21);--ink:light-dark(#222,#d8dade);
--quiet:light-dark(#6b6b6b,#9aa0a8);--rule:light-dark(#e1e3e6,#343840);--head:light-dark(#f3f4f6,#26292f);
--good:light-dark(#1e5b2a,#8fd19b);--bad:light-dark(#8a1111,#f29a92);--mark:light-dark(#1f4e9e,#8fb8f2);
color:var(--ink);font:13px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums;max-width:100%}
[data-jp-theme-light=true] .sheetsim,.vscode-light .sheetsim,html[theme=light] .sheetsim{color-scheme:light}
[data-jp-theme-light=false] .sheetsim,.vscode-dark .sheetsim,html[theme=dark] .sheetsim,
.dark .sheetsim{color-scheme:dark}
.sheetsim p,.sheetsim div.line{margin:2px 0 4px;color:var(--ink);text-align:left}
.sheetsim .quiet{color:var(--quiet)}.sheetsim .good{color:var(--good)}.sheetsim .bad{color:var(--bad)}
.sheetsim code{font:12px/1.4 ui-monospace,monospace;color:inherit;background:none;white-space:pre-wrap;
overflow-wrap:anywhere;padding:0}
.sheetsim .box{overflow:auto;max-height:34em;max-width:100%;width:fit-content;border:1px solid var(--rule)}
.sheetsim table{border-collapse:separate;border-spacing:0;margin:0;border:0;color:var(--ink);font-size:12px}
.sheetsim td,.sheetsim th{border:0;border-right:1px solid var(--rule);border-bottom:1px solid var(--rule);
padding:0 3px;text-align:left;background:var(--paper);font-weight:normal;vertical-align:bottom;line-height:1.5}
.sheetsim tr:hover td{background:var(--paper)}
.sheetsim .list td,.sheetsim .list th{padding:2px 8px;max-width:34em;overflow-wrap:anywhere;vertical-align:top}
.sheetsim .list thead th{background:var(--head);position:sticky;top:0;white-space:nowrap}
.sheetsim td.n,.sheetsim th.n{text-align:right;white-space:nowrap}.sheetsim td.m{text-align:center}
.sheetsim .grid{table-layout:fixed;width:0}
.sheetsim .grid td{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.sheetsim .grid td.w{white-space:pre-wrap;vertical-align:top}
.sheetsim .grid th{background:var(--head);color:var(--quiet);text-align:center;padding:0;z-index:2}
.sheetsim .grid thead th{position:sticky;top:0;height:20px}.sheetsim .grid th.r{position:sticky;left:0}
.sheetsim .grid th.corner{left:0;z-index:4}.sheetsim .grid .top{position:sticky;z-index:3}
.sheetsim .grid .last>*{border-bottom:2px solid light-dark(#9a9a9a,#6a7078)}
.sheetsim .grid td.f,.sheetsim .grid tr:hover td.f{
background:light-dark(var(--f),oklch(from var(--f) calc(1.24 - l) calc(c*1.5) h))}
.sheetsim .grid td.k{color:light-dark(var(--k),oklch(from var(--k) .88 calc(c*.7) h))}
.sheetsim details{margin:1px 0}.sheetsim summary{cursor:pointer}.sheetsim details details,.sheetsim .leaf{
margin-left:18px}
.sheetsim svg{display:block;max-width:100%;height:auto}.sheetsim svg text{fill:var(--quiet);font:11px system-ui}
.sheetsim .row{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
.sheetsim .key{display:inline-block;width:14px;height:3px;vertical-align:middle;margin:0 4px 0 10px}
""".replace("\n", "")

_IGNORED = "tex2jax_ignore mathjax_ignore"  # or $B$1*$C$2 would be set as mathematics


def esc(text: object) -> str:
    """A text as HTML shows it, in an element or in an attribute: nothing in it is markup.

    >>> esc('<b onclick="x">&')
    '&lt;b onclick=&quot;x&quot;&gt;&amp;'
    """
    return escape(str(text), quote=True)


def whole(*pieces: str) -> str:
    """All that a notebook shows of one thing, from pieces that are HTML."""
    return f'<div class="sheetsim {_IGNORED}"><style>{STYLE}</style>{"".join(pieces)}</div>'


def line(*pieces: str, kind: str = "") -> str:
    """A line of HTML pieces."""
    return f'<div class="line {kind}">{" ".join(piece for piece in pieces if piece)}</div>'


def code(text: object) -> str:
    """A text as it would be typed."""
    return f"<code>{esc(text)}</code>"


def quiet(text: object) -> str:
    """A text beside the point."""
    return f'<span class="quiet">{esc(text)}</span>'


def strong(text: object) -> str:
    """A text that names what is shown."""
    return f"<b>{esc(text)}</b>"


def shown(value: Any) -> str:
    """A value in few words: a number in six digits, a text in quotation marks, TRUE, an error.

    >>> shown(24.960097789510424), shown("b"), shown(True), shown(None)
    ('24.9601', '&quot;b&quot;', 'TRUE', 'blank')
    """
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.6g}"
    return esc(value) if not isinstance(value, str) or isinstance(value, ExcelError) else esc(f'"{value}"')


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()) -> str:
    """A table of cells that are HTML already, under headings that are texts; ``numeric`` columns are set right."""
    right = {*numeric}

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f"<{tag}{' class=n' if at in right else ''}>{cell}</{tag}>" for at, cell in enumerate(row))

    head = cells("th", [esc(heading) for heading in headings])
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="box"><table class="list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def folded(summary: str, inside: str, is_open: bool = False) -> str:
    """Something that a click unfolds, by the browser itself; ``summary`` and ``inside`` are HTML."""
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary>{inside}</details>"
