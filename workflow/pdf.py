"""A page as a tagged PDF (PDF/UA-1), written by WeasyPrint; nothing is fetched from anywhere."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string


class PdfUnavailable(Exception):
    """PDFs cannot be written here; `sentence` says what is missing."""

    sentence = (
        "This machine cannot write PDFs: WeasyPrint needs the system library Pango. Print the page instead; "
        "docs/operations/deployment.md says what to install."
    )


def pdf_of(template: str, context: dict[str, Any], *, css: str) -> bytes:
    """`template` as PDF, styled by the static file `css`. Raises PdfUnavailable.

    The document says its language and has headings, lists and tables as such; PDF/UA is what readers of screens
    need (ECOSYSTEM, annual report).
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    styles = finders.find(css)
    if not isinstance(styles, str):
        raise LookupError(f"There is no static file {css}.")
    document = weasyprint.HTML(string=render_to_string(template, context), url_fetcher=_refuse)
    written: bytes = document.write_pdf(stylesheets=[weasyprint.CSS(filename=styles)], pdf_variant="pdf/ua-1")
    return written


def _refuse(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise ValueError(f"A document asks for {url}, and nothing is fetched while it is written.")
