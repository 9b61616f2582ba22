"""Everything that the documentation answers, made once per public address: path → ready bytes."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import config
from docs.site import pages, search
from docs.site.pages import FOLDER, REFERENCE, DocsPage
from postman.generator import render_collection
from spec.document import BASE_PATH, read_document

HERE = Path(__file__).parent
BUNDLE = "scalar-api-reference-1.72.1.js"
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".LICENSE": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
HTML = "text/html; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@dataclass
class Content:
    """One answer. `has_inline_styles` loosens the style policy for the reference, whose bundle sets styles."""

    body: bytes
    media_type: str
    has_inline_styles: bool = False
    never_changes: bool = False

    @cached_property
    def etag(self) -> str:
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def gzipped(self) -> bytes | None:
        """None when packing would not help."""
        is_worth_it = len(self.body) > 1024 and self.media_type.startswith(COMPRESSIBLE)
        return gzip.compress(self.body, 6, mtime=0) if is_worth_it else None


@lru_cache(2)
def render_site(public_url: str) -> dict[str, Content]:
    made = {"/docs": _home(public_url)}
    for page in pages.list_pages():
        made[page.url] = _reference(public_url) if page is REFERENCE else _page(page, public_url)
        made[f"{page.url}.md"] = Content(pages.markdown(page, public_url).encode(), MARKDOWN)
    made["/docs/search.json"] = Content(search.index(pages.list_pages(), public_url), "application/json")
    made["/llms.txt"] = Content(_llms(public_url).encode(), PLAIN)
    made["/openapi/v1.postman.json"] = Content(_postman(public_url), "application/json")
    return made | _files()


def not_found(public_url: str) -> Content:
    return _html("not_found.html", public_url, page=None, title="Not found")


def _page(page: DocsPage, public_url: str) -> Content:
    order = pages.list_pages()
    at = order.index(page)
    around = {"before": order[at - 1] if at else None, "after": order[at + 1] if at + 1 < len(order) else None}
    shown = pages.rendered(page, public_url)
    return _html("page.html", public_url, page=page, title=shown.title, shown=shown, **around)


def _home(public_url: str) -> Content:
    facts = {"version": read_document()["info"]["version"], "base": BASE_PATH}
    return _html("home.html", public_url, page=None, title="Documentation", **facts)


def _reference(public_url: str) -> Content:
    made = _html("reference.html", public_url, page=REFERENCE, title="API reference", bundle=BUNDLE, base=BASE_PATH)
    made.has_inline_styles = True
    return made


def _html(template: str, public_url: str, **context: Any) -> Content:
    page = _templates().get_template(template).render(menu=_menu(), public_url=public_url, **context)
    return Content(page.encode(), HTML)


@lru_cache(1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _menu() -> dict[str, list[DocsPage]]:
    menu: dict[str, list[DocsPage]] = {}
    for page in pages.list_pages():
        menu.setdefault(page.group, []).append(page)
    return menu


def _llms(public_url: str) -> str:
    """https://llmstxt.org: what there is, with addresses of plain Markdown."""
    info = read_document()["info"]
    lines = [f"# {info['title']}", "", f"> {info['summary']}", ""]
    for group, own in _menu().items():
        lines += [f"## {group}", ""]
        lines += [f"- [{page.label}]({public_url}{page.url}.md): {page.about}" for page in own]
        lines.append("")
    lines += ["## Machine-readable", ""]
    lines.append(f"- [OpenAPI 3.1 document]({public_url}{BASE_PATH}/openapi.json): operations, webhooks, errors")
    lines.append(f"- [Postman collection]({public_url}/openapi/v1.postman.json): a run through the whole API")
    lines.append(f"- [Signature test vectors]({public_url}/docs/vectors.json): for webhook verifiers")
    return "\n".join(lines) + "\n"


def _postman(public_url: str) -> bytes:
    servers = [{"url": public_url + BASE_PATH, "description": "This installation"}]
    return render_collection({**read_document(), "servers": servers}).encode()


def _files() -> dict[str, Content]:
    """Our own styles and scripts, the reference's bundle, the recipes and their vectors."""
    own = [*sorted((HERE / "static").iterdir()), config.ROOT / "dashboard" / "static" / "mark.svg"]
    static = {f"/docs/static/{path.name}": _file(path) for path in own}
    recipes = {f"/docs/recipes/{path.name}": _file(path) for path in sorted((FOLDER / "recipes").iterdir())}
    vendor = {f"/docs/vendor/{path.name}": _file(path) for path in sorted((FOLDER / "vendor").iterdir())}
    for kept in vendor.values():
        kept.never_changes = True
    return static | recipes | vendor | {"/docs/vectors.json": _file(FOLDER / "vectors.json")}


def _file(path: Path) -> Content:
    return Content(path.read_bytes(), TYPES.get(path.suffix, PLAIN))
