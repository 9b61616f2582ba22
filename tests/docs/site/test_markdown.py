"""Markdown: tabs, anchors, escaping, and the text for the search index."""

from docs.site.markdown import render, slugify
from tests.docs.reading import Html


def test_neighbouring_blocks_with_tabs_become_one_group() -> None:
    page = render(
        '# T\n\n```bash tab="curl"\na\n```\n\n```python tab="Python"\nb\n```\n\ntext\n\n```bash tab="curl"\nc\n```\n'
    )
    assert page.html.count('class="tabs"') == 2
    assert page.html.count('type="radio"') == 3
    assert page.html.count(" checked") == 2


def test_raw_html_is_shown_as_text_and_comments_vanish() -> None:
    page = render("# T\n\n<!-- marker -->\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b>\n")
    assert Html.of(page.html).inline == []
    assert "&lt;script&gt;" in page.html
    assert "marker" not in page.html


def test_code_is_escaped_in_known_and_unknown_languages() -> None:
    for language in ("html", "nosuchlanguage"):
        page = render(f"# T\n\n```{language}\n<script>x</script>\n```\n")
        assert "<script" not in page.html


def test_equal_headings_get_anchors_of_their_own() -> None:
    page = render("# T\n\n## Same\n\n## Same\n")
    assert [heading.anchor for heading in page.headings] == ["same", "same-1"]


def test_codes_and_event_types_are_their_own_anchors() -> None:
    assert slugify("listing_not_available") == "listing_not_available"
    assert slugify("order.received") == "order.received"
    assert slugify("What you can rely on") == "what-you-can-rely-on"


def test_title_and_text_are_kept_apart() -> None:
    page = render("# Title\n\nFirst\nline.\n\n## Part\n\nSecond.\n")
    assert (page.title, [text.strip() for text in page.texts]) == ("Title", ["First line.", "Second."])
    assert "Title" not in page.html
