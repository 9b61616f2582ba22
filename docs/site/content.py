"""Renders the whole site once per public URL, as response bodies by path."""

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
from postman.environment import render_environment
from postman.generator import render_collection
from spec.document import BASE_PATH, read_document, with_server
from spec.releases import list_releases

HERE = Path(__file__).parent
REFERENCE_BUNDLE = "scalar-api-reference-1.72.1.js"
COMPRESSIBLE_TYPES = ("text/", "application/", "image/svg+xml")
MIN_GZIP_BYTES = 1024
MEDIA_TYPES = {
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
    """The body of a response, and what its headers depend on.

    `has_inline_styles` relaxes the style policy for the API reference, whose bundle sets styles. `is_immutable` is for
    files whose name changes with their content: clients cache them for a year.
    """

    body: bytes
    media_type: str
    has_inline_styles: bool = False
    is_immutable: bool = False

    @cached_property
    def etag(self) -> str:
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def gzipped(self) -> bytes | None:
        """The compressed body, or None if compression would not help."""
        is_worthwhile = len(self.body) > MIN_GZIP_BYTES and self.media_type.startswith(COMPRESSIBLE_TYPES)
        return gzip.compress(self.body, 6, mtime=0) if is_worthwhile else None


def render_site(public_url: str) -> dict[str, Content]:
    """Render every page and read every file of the site. Returns content by path.

    Commands and links in the text contain `public_url`, this installation's URL.
    """
    site = {"/docs": _render_home(public_url)}
    for page in pages.list_pages():
        site[page.url] = _render_reference(public_url) if page is REFERENCE else _render_page(page, public_url)
        site[f"{page.url}.md"] = Content(pages.render_markdown(page, public_url).encode(), MARKDOWN)
    search_index = search.render_index(pages.list_pages(), public_url)
    site["/docs/search.json"] = Content(search_index, "application/json")
    site["/llms.txt"] = Content(_render_llms_txt(public_url).encode(), PLAIN)
    return site | _render_postman_files(public_url) | _read_files()


def render_not_found(public_url: str) -> Content:
    return _render_template("not_found.html", public_url, page=None, title="Not found")


def _render_page(page: DocsPage, public_url: str) -> Content:
    all_pages = pages.list_pages()
    index = all_pages.index(page)
    neighbours = {
        "before": all_pages[index - 1] if index else None,
        "after": all_pages[index + 1] if index + 1 < len(all_pages) else None,
    }
    shown = pages.render_html(page, public_url)
    return _render_template("page.html", public_url, page=page, title=shown.title, shown=shown, **neighbours)


def _render_home(public_url: str) -> Content:
    context = {"version": read_document()["info"]["version"], "base": BASE_PATH}
    return _render_template("home.html", public_url, page=None, title="Documentation", **context)


def _render_reference(public_url: str) -> Content:
    context = {"title": "API reference", "bundle": REFERENCE_BUNDLE, "base": BASE_PATH}
    content = _render_template("reference.html", public_url, page=REFERENCE, **context)
    content.has_inline_styles = True
    return content


def _render_template(template: str, public_url: str, **context: Any) -> Content:
    html = _environment().get_template(template).render(menu=_menu(), public_url=public_url, **context)
    return Content(html.encode(), HTML)


@lru_cache(1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _menu() -> dict[str, list[DocsPage]]:
    """The pages of each group, in the order of the menu."""
    menu: dict[str, list[DocsPage]] = {}
    for page in pages.list_pages():
        menu.setdefault(page.group, []).append(page)
    return menu


def _render_llms_txt(public_url: str) -> str:
    """The index of the Markdown pages for language models (https://llmstxt.org)."""
    info = read_document()["info"]
    lines = [f"# {info['title']}", "", f"> {info['summary']}", ""]
    for group, group_pages in _menu().items():
        lines += [f"## {group}", ""]
        lines += [f"- [{page.label}]({public_url}{page.url}.md): {page.about}" for page in group_pages]
        lines.append("")
    lines += ["## Machine-readable", ""]
    lines.append(f"- [OpenAPI 3.1 document]({public_url}{BASE_PATH}/openapi.json): operations, webhooks, errors")
    lines.append(f"- [The same document as YAML]({public_url}{BASE_PATH}/openapi.yaml)")
    lines += [
        f"- [OpenAPI document of version {version}]({public_url}/openapi/{version}.json): as it was released"
        for version in list_releases()
    ]
    lines.append(
        f"- [Breaking-change checker]({public_url}/openapi/check_compatibility.py): compares two such documents"
    )
    lines.append(f"- [Postman collection]({public_url}/openapi/v1.postman.json): a run through the whole API")
    lines.append(f"- [Postman environment]({public_url}/openapi/v1.postman_environment.json): its settings")
    lines.append(f"- [Signature test vectors]({public_url}/docs/vectors.json): for webhook verifiers")
    return "\n".join(lines) + "\n"


def _render_postman_files(public_url: str) -> dict[str, Content]:
    document = with_server(read_document(), public_url)
    texts = {
        "/openapi/v1.postman.json": render_collection(document),
        "/openapi/v1.postman_environment.json": render_environment(document),
    }
    return {path: Content(text.encode(), "application/json") for path, text in texts.items()}


def _read_files() -> dict[str, Content]:
    """Read styles, scripts, images, recipes, test vectors and third-party code."""
    static_paths = [*_list_files(HERE / "static"), config.ROOT / "dashboard" / "static" / "mark.svg"]
    static = {f"/docs/static/{path.name}": _read_file(path) for path in static_paths}
    recipes = {f"/docs/recipes/{path.name}": _read_file(path) for path in _list_files(FOLDER / "recipes")}
    images = {f"/docs/images/{path.name}": _read_file(path) for path in sorted((FOLDER / "images").glob("*.svg"))}
    vendor = {f"/docs/vendor/{path.name}": _read_file(path) for path in _list_files(FOLDER / "vendor")}
    for content in vendor.values():
        content.is_immutable = True
    return static | recipes | images | vendor | {"/docs/vectors.json": _read_file(FOLDER / "vectors.json")}


def _list_files(folder: Path) -> list[Path]:
    """List the files of a folder, which may hold Python's `__pycache__` too."""
    return sorted(path for path in folder.iterdir() if path.is_file())


def _read_file(path: Path) -> Content:
    return Content(path.read_bytes(), MEDIA_TYPES.get(path.suffix, PLAIN))
