"""Import pages.

They upload an inventory file, preview rows and errors, import in a background job, and show the result.
"""

from starlette.responses import Response

from dashboard.import_preview import FileHeader, Preview, preview_file, read_header
from dashboard.pages import listings
from dashboard.request import PageRequest
from errors import Refusal
from inventory.column_map import MappingError
from inventory.csv_reader import SheetError
from inventory.encodings import ENCODINGS, EncodingError
from inventory.fields import COLUMN_FIELDS
from inventory.sheet import read_sheet
from models.jobs.job import DRAFT, IMPORT, BackgroundJob
from models.jobs.run import MAX_STORED_ERRORS

FIELD_LABELS = {
    **{field.name.replace("_cents", "_eur"): field.label for field in listings.FIELDS},
    "box_and_papers": "Box and papers",
    "status": "Status",
    "quantity": "Quantity",
    "published": "Published",
    "sold": "Sold",
    "withheld": "Reserved or hidden",
    "listing_format": "Listing format",
    "currency": "Currency",
    "cost_currency": "Currency of the cost price",
}


def show_new(request: PageRequest) -> Response:
    return request.render("pages/import_new.html", error=None)


def upload(request: PageRequest) -> Response:
    """Keep the file as a draft. Nothing is written to the inventory yet."""
    if request.file is None or not request.file.content:
        return request.render(
            "pages/import_new.html", status=422, error="Choose a CSV file or a workbook that isn't empty."
        )
    content = request.file.content
    try:
        sheet = read_sheet(content, default_country=request.dealer.country)
    except (MappingError, EncodingError):  # the preview lets the user choose the columns and the encoding
        sheet = None
    except SheetError as error:
        return request.render("pages/import_new.html", status=422, error=str(error))
    job = BackgroundJob.create_draft(
        request.dealer,
        IMPORT,
        is_test=request.is_test,
        name=request.file.name,
        content=content,
        total=len(sheet.rows) if sheet else 0,
    )
    return request.redirect(f"/inventory/import/{job.id}")


def show(request: PageRequest) -> Response:
    job = BackgroundJob.find(request.dealer, IMPORT, request.row_id)
    if job.state != DRAFT:
        return request.render("pages/import_progress.html", job=job, shown_errors=MAX_STORED_ERRORS)
    return _render_preview(request, job, {})


def start(request: PageRequest) -> Response:
    """Start the import, or show the preview again with the chosen columns."""
    job = BackgroundJob.find(request.dealer, IMPORT, request.row_id)
    if job.state != DRAFT:
        return request.redirect(request.path)
    overrides = _read_overrides(request, job)
    if request.value("then") != "import":
        return _render_preview(request, job, overrides)
    preview = _preview(request, job, overrides)
    summary = f"{job.name[:80]}: {preview.good} rows"
    with request.audited_change("inventory.imported", job.id, summary, is_test=job.is_test):
        table = {"encoding": _read_encoding(request), "sheet": _read_sheet_name(request)}
        options = {"overrides": overrides, **table, **_read_import_options(request)}
        job.start(preview.good, options)
    request.enqueue_job(job.id)
    return request.redirect(request.path)


def _render_preview(request: PageRequest, job: BackgroundJob, overrides: dict[str, str]) -> Response:
    try:
        preview, error = _preview(request, job, overrides), None
    except Refusal as refusal:
        preview, error = None, refusal.message
    return request.render(
        "pages/import_preview.html",
        status=200 if error is None else 422,
        job=job,
        preview=preview,
        error=error,
        header=_read_header(request, job),
        encodings=ENCODINGS,
        encoding=_read_encoding(request),
        fields=COLUMN_FIELDS,
        field_labels=FIELD_LABELS,
        overrides=overrides,
        import_options=_read_import_options(request),
    )


def _preview(request: PageRequest, job: BackgroundJob, overrides: dict[str, str]) -> Preview:
    chosen = tuple(sorted(overrides.items()))
    dealer, strict = request.dealer, _read_import_options(request)["strict"]
    encoding, sheet = _read_encoding(request), _read_sheet_name(request)
    return preview_file(dealer.id, job.id, chosen, dealer.country, encoding, sheet, strict=strict)


def _read_header(request: PageRequest, job: BackgroundJob) -> FileHeader:
    return read_header(request.dealer.id, job.id, _read_encoding(request), _read_sheet_name(request))


def _read_encoding(request: PageRequest) -> str | None:
    """The chosen encoding, or None to detect it."""
    encoding = request.value("encoding")
    return encoding if encoding in ENCODINGS else None


def _read_sheet_name(request: PageRequest) -> str | None:
    """The chosen sheet of a workbook, or None to detect it."""
    return request.value("sheet") or None


def _read_import_options(request: PageRequest) -> dict[str, bool]:
    return {name: request.value(name) == "yes" for name in ("publish", "strict", "all_or_nothing")}


def _read_overrides(request: PageRequest, job: BackgroundJob) -> dict[str, str]:
    """Read the fields that the user chose, by column.

    `-` ignores the column, which is an empty field. A column that another encoding spells otherwise is left out.
    """
    header = _read_header(request, job).columns
    pairs = zip(request.values("column"), request.values("field"), strict=False)
    return {column: "" if field == "-" else field for column, field in pairs if field and column in header}
