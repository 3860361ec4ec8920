"""`skindesk knowledge list | show | search`: what the program tells of diagnoses."""

import argparse
import textwrap
from typing import TYPE_CHECKING, Any

from skindesk.cli.context import Context
from skindesk.cli.plain_json import to_json
from skindesk.cli.table import format_table

if TYPE_CHECKING:
    from skindesk.domain.knowledge import KnowledgePage

_HEADER = ("SLUG", "GROUP", "TITLE")
_WIDTH = 100


def register(commands: Any) -> None:
    """Add the sub-command's parser."""
    parser = commands.add_parser("knowledge", help="read about diagnoses", description=__doc__)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every page by title")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="one page")
    show.add_argument("slug", metavar="SLUG", help="the page's name as `list` prints it, such as melanoma")
    show.set_defaults(run=run_show)
    search = actions.add_parser("search", help="the pages that hold all the words, or words that begin with them")
    search.add_argument("words", nargs="+", metavar="WORD")
    search.set_defaults(run=run_search)
    for action in (listing, show, search):
        action.add_argument("--json", action="store_true", help="one JSON object a line, each a whole page")


def run_list(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a page."""
    _print(context.workspace.knowledge.pages, chosen.json)
    return 0


def run_show(chosen: argparse.Namespace, context: Context) -> int:
    """Print one page. Raises KnowledgeError where there is none of that name."""
    page = context.workspace.knowledge.page(chosen.slug)
    print(to_json(page) if chosen.json else _whole(page))
    return 0


def run_search(chosen: argparse.Namespace, context: Context) -> int:
    """Print one line a page, the one that fits best first."""
    _print(context.workspace.knowledge.search(" ".join(chosen.words)), chosen.json)
    return 0


def _print(pages: "tuple[KnowledgePage, ...]", as_json: bool) -> None:
    if as_json:
        for page in pages:
            print(to_json(page))
    elif pages:
        print(format_table(_HEADER, [(page.slug, page.group, page.title) for page in pages]))
    else:
        print("No page holds all these words.")


def _whole(page: "KnowledgePage") -> str:
    """A page as plain text, no line longer than a terminal likes."""
    from skindesk.domain.knowledge import NOTICE, codes_words

    parts = [page.title, f"{page.group}; {codes_words(page)}"]
    if page.synonyms:
        parts.append(f"Also: {', '.join(page.synonyms)}")
    parts.append(NOTICE)
    for section in page.sections:
        parts += [section.heading.upper(), *section.text.split("\n\n")]
    parts += ["SOURCES", "\n".join(f"- {source}" for source in page.sources)]
    parts.append(f"Last read through {page.reviewed.isoformat()}.")
    return "\n\n".join(_wrapped(part) for part in parts)


def _wrapped(part: str) -> str:
    """A paragraph or a list, each item with its further lines indented."""
    before, *items = f"\n{part}".split("\n- ")
    lines = [textwrap.fill(" ".join(before.split()), _WIDTH)] if before.strip() else []
    for item in items:
        lines.append(textwrap.fill(f"- {' '.join(item.split())}", _WIDTH, subsequent_indent="  "))
    return "\n".join(lines)
