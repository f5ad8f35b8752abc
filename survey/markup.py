"""The one way by which words of authors become HTML: Markdown, and no tag, attribute or address but those named here.

Both doors and the pages of staff show notes through it. A picture is not among the tags: it would ask another host.
"""

import nh3
from markdown_it import MarkdownIt

TAGS = frozenset(
    (
        *("a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol"),
        *("p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
    )
)
SCHEMES = frozenset(("http", "https", "mailto", "tel"))
LINKS = "noopener noreferrer nofollow ugc"
"""A page that a link leads to learns nothing of ours and gets no hold of it."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
_SANITISER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel=LINKS,
    strip_comments=True,
)


def html_of(markdown: str) -> str:
    """A text with its marks as HTML; tags in it are shown, not obeyed."""
    return clean(_MARKDOWN.render(markdown))


def clean(markup: str) -> str:
    """HTML from elsewhere with what is allowed; the words of anything else stay."""
    return _SANITISER.clean(markup)


def plain(text: str) -> str:
    """Words for the middle of a line of Markdown, where they are shown letter for letter: no link, picture or mark."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in " ".join(text.split()))


_SIGNS = frozenset("\\`*_[]<>~$")
