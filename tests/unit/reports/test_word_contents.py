"""The table of contents of the Word report names every heading, and each line leads to it."""

import io

from docx import Document
from docx.oxml.ns import qn

from app.reports.word_layout import default_layout


def test_contents_name_every_chapter_and_section_in_order() -> None:
    paragraphs = Document(io.BytesIO(default_layout())).paragraphs
    styled = [(one.style.name or "", one.text) for one in paragraphs if one.style]
    headings = [(name, text) for name, text in styled if name in ("Heading 1", "Heading 2")]
    lines = [(name.replace("toc", "Heading"), text) for name, text in styled if name in ("toc 1", "toc 2")]
    assert lines == headings
    assert headings[0] == ("Heading 1", "BAB I PENDAHULUAN")
    assert headings[-1][1].startswith("LAMPIRAN 3")


def test_each_line_leads_to_its_heading() -> None:
    document = Document(io.BytesIO(default_layout()))
    targets = {}
    for paragraph in document.paragraphs:
        for mark in paragraph._p.iter(qn("w:bookmarkStart")):
            targets[mark.get(qn("w:name"))] = paragraph.text
    links = {
        link.get(qn("w:anchor")): "".join(one.text or "" for one in link.iter(qn("w:t")))
        for link in document.element.body.iter(qn("w:hyperlink"))
    }
    assert len(links) > 15
    assert links == {name: targets[name] for name in links}


def test_the_field_begins_parts_and_ends_once() -> None:
    body = Document(io.BytesIO(default_layout())).element.body
    kinds = [one.get(qn("w:fldCharType")) for one in body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
