"""An inventory file on its way into listings: upload, preview with what is wrong in which row, progress, result."""

from starlette.responses import Response

from dashboard.request import Visit
from errors import Refusal
from inventory.columns import FIELDS, MappingError
from inventory.csv_reader import SheetError, decode, read_records
from inventory.sheet import Sheet, read_sheet
from models.accounts.audit import AuditEntry
from models.dealer import Actor
from models.jobs.job import DRAFT, IMPORT, Errand
from models.jobs.run import SHOWN_ERRORS

SHOWN_ROWS = 25


def show_new(visit: Visit) -> Response:
    return visit.render("import_new.html", error=None)


def upload(visit: Visit) -> Response:
    """Keeps the file as a draft; nothing is written to the inventory yet."""
    if visit.file is None or not visit.file.content:
        return visit.render("import_new.html", status=422, error="Choose a CSV file that is not empty.")
    content = visit.file.content
    try:
        sheet = read_sheet(content, default_country=visit.dealer.country)
    except SheetError as fault:
        return visit.render("import_new.html", status=422, error=str(fault))
    except MappingError:  # the preview lets the person choose the columns
        sheet = None
    errand = Errand.draft(
        visit.dealer,
        IMPORT,
        is_test=visit.is_test,
        name=visit.file.name,
        content=content,
        total=len(sheet.rows) if sheet else 0,
    )
    return visit.redirect(f"/inventory/import/{errand.id}")


def show(visit: Visit) -> Response:
    errand = Errand.find(visit.dealer, IMPORT, visit.row_id)
    if errand.state != DRAFT:
        return visit.render("import_running.html", errand=errand, shown_errors=SHOWN_ERRORS)
    return _preview(visit, errand, {})


def begin(visit: Visit) -> Response:
    """Looks again with other columns, or starts the import."""
    errand = Errand.find(visit.dealer, IMPORT, visit.row_id)
    if errand.state != DRAFT:
        return visit.redirect(visit.path)
    overrides = _overrides(visit)
    if visit.given("then") != "import":
        return _preview(visit, errand, overrides)
    sheet = _read(visit, errand, overrides)
    options = {"overrides": overrides, **_ticks(visit)}
    errand.begin(len(sheet.rows), options)
    actor = Actor(visit.dealer, errand.is_test, "import")
    AuditEntry.record(
        actor, visit.user.email, "inventory.imported", errand.id, f"{errand.name[:80]}: {len(sheet.good)} rows"
    )
    visit.start_errand(errand.id)
    return visit.redirect(visit.path)


def _preview(visit: Visit, errand: Errand, overrides: dict[str, str]) -> Response:
    try:
        sheet, fault = _read(visit, errand, overrides), None
    except Refusal as refusal:
        sheet, fault = None, refusal.message
    return visit.render(
        "import_preview.html",
        status=200 if fault is None else 422,
        errand=errand,
        sheet=sheet,
        fault=fault,
        header=_header(errand.file),
        fields=FIELDS,
        overrides=overrides,
        ticks=_ticks(visit),
        shown_rows=SHOWN_ROWS,
        shown_errors=SHOWN_ERRORS,
    )


def _read(visit: Visit, errand: Errand, overrides: dict[str, str]) -> Sheet:
    try:
        return read_sheet(errand.file, overrides=overrides, default_country=visit.dealer.country)
    except (SheetError, MappingError) as fault:
        raise Refusal("unreadable_file", str(fault)) from None


def _ticks(visit: Visit) -> dict[str, bool]:
    return {name: visit.given(name) == "yes" for name in ("publish", "all_or_nothing")}


def _overrides(visit: Visit) -> dict[str, str]:
    """Columns whose field was chosen by hand; `-` leaves a column out."""
    pairs = zip(visit.all_given("column"), visit.all_given("field"), strict=False)
    return {column: "" if field == "-" else field for column, field in pairs if field}


def _header(content: bytes) -> list[str]:
    first = next(read_records(decode(content)[0]), None)
    return [name.strip() for name in first.cells if name.strip()][:60] if first else []
