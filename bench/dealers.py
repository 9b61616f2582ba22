"""Dealers with any number of listings, written with one statement."""

from models.accounts.integration import Integration
from models.database import db
from models.listing import Listing
from tests.cast import Person, create_person

DESCRIPTION = "Full set, serviced last year, running well within its tolerances. " * 4
ID = "printf('inv_%024d', {first} + n)"
COPIED = {
    "created_at": "created_at + n",
    "id": ID,
    "sku": ID,
    "sku_normalized": ID,
    "search_text": f"replace(search_text, lower(id), {ID}) || {ID} || char(10)",  # the SKU is the last line
}
COPY_LISTING = """
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ? - 1)
INSERT INTO listing ({columns}) SELECT {values} FROM listing, number WHERE id = ?
"""


def open_dealer(count: int) -> tuple[Person, list[str]]:
    """Create a dealer without a rate limit and with `count` published listings, all but one copied from the first.

    Returns the dealer, and the ids of the copies.
    """
    person = create_person("Benchmark Watches")
    Integration.update(rate_limit=100_000_000).where(Integration.dealer == person.dealer).execute()
    template = person.listing(description=DESCRIPTION)
    first = Listing.select().count()
    columns = [field.column_name for field in Listing._meta.sorted_fields]
    values = ", ".join(COPIED.get(column, column) for column in columns).format(first=first)
    db.execute_sql(COPY_LISTING.format(columns=", ".join(columns), values=values), (count, template.id))
    return person, [f"inv_{number:024}" for number in range(first + 1, first + count)]
