"""What a person reads when a tracked link does not simply lead on, in Indonesian and English.

No page leads anywhere by itself, and the only address on one is that of the official post.
"""

from dataclasses import dataclass
from html import escape

from api.domain.campaign import QuietPeriod
from api.reads.link import ShownCorrection

_FRAME = """<!doctype html><html lang="id"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}}
blockquote{{margin:0;border-left:.25rem solid #888;padding-left:1rem}}</style>
<h1>{title}</h1>{body}</html>"""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A page and the status under which it is sent."""

    status: int
    body: bytes


def _page(status: int, title: str, body: str) -> LinkPage:
    return LinkPage(status, _FRAME.format(title=title, body=body).encode())


_ADVICE = """<p>{indonesian} Periksa kembali alamatnya, atau cari informasinya di situs resmi
instansi. Berbagi tautan ini selalu sukarela.</p>
<p lang="en">{english} Check the address, or look for the information on the agency's official
site.</p>"""

UNKNOWN = _page(
    404,
    "Tautan ini tidak (lagi) berlaku",
    _ADVICE.format(
        indonesian="Kami tidak mengenal tautan ini.", english="We do not know this link."
    ),
)
EXPIRED = _page(
    410,
    "Tautan ini tidak (lagi) berlaku",
    _ADVICE.format(
        indonesian="Masa berlaku tautan ini sudah habis.", english="This link has expired."
    ),
)
WITHDRAWN = _page(
    410,
    "Unggahan ini telah ditarik",
    _ADVICE.format(
        indonesian="Unggahan di balik tautan ini telah ditarik oleh instansi.",
        english="The agency has withdrawn the post behind this link.",
    ),
)


def correction_page(correction: ShownCorrection, target: str | None) -> LinkPage:
    """Show the old and the new fact; `target` leads to a post that still stands."""
    old_fact, new_fact = escape(correction.old_fact), escape(correction.new_fact)
    body = f"""<p>Unggahan di balik tautan ini telah dikoreksi.</p>
<p lang="en">The post behind this link was corrected.</p>
<h2>Sebelumnya / Before</h2><blockquote><del>{old_fact}</del></blockquote>
<h2>Yang benar / Correct</h2><blockquote>{new_fact}</blockquote>
<p>{_link(correction.source_url, "Sumber / Source")}</p>"""
    onward = "" if target is None else f"<p>{_link(target, 'Unggahan resmi / Official post')}</p>"
    return _page(200, "Koreksi / Correction", body + onward)


def quiet_page(period: QuietPeriod, target: str) -> LinkPage:
    """Say that a quiet period holds; the link keeps working, by a step of the reader's own."""
    ground, until = escape(period.legal_ground), period.to_on.isoformat()
    body = f"""<p>Sampai {until} berlaku masa tenang ({ground}). Tautan ini tetap berfungsi, tetapi
mohon tidak membagikannya lagi selama masa itu.</p>
<p lang="en">A quiet period holds until {until} ({ground}). This link keeps working; please do not
share it again during that time.</p>
<p>{_link(target, "Lanjut ke unggahan resmi / Go on to the official post")}</p>"""
    return _page(200, "Masa tenang / Quiet period", body)


def _link(url: str, text: str) -> str:
    """Return an anchor to an https address, else the plain text."""
    if not url.startswith("https://"):
        return text
    return f'<a rel="noreferrer" href="{escape(url, quote=True)}">{text}</a>'
