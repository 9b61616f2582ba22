"""Counts of watches in stock and published ones, per dealer and mode, which triggers keep.

Triggers, so that no write can forget them, not even one of the previous release that still runs.
"""

from typing import Any

TABLE = """
CREATE TABLE listing_count (
    dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL, in_stock BIGINT NOT NULL,
    published BIGINT NOT NULL, PRIMARY KEY (dealer_id, is_test))
"""
COUNT = """
INSERT INTO listing_count SELECT dealer_id, is_test, SUM(CASE WHEN status = 'in_stock' THEN 1 ELSE 0 END),
SUM(CASE WHEN status = 'in_stock' AND is_published THEN 1 ELSE 0 END) FROM {rows} GROUP BY dealer_id, is_test
"""
ADD = """
 ON CONFLICT (dealer_id, is_test) DO UPDATE
SET in_stock = listing_count.in_stock + excluded.in_stock, published = listing_count.published + excluded.published
"""
SQLITE = (
    f"""
CREATE TRIGGER listing_count_insert AFTER INSERT ON listing BEGIN
  INSERT INTO listing_count VALUES (
    NEW.dealer_id, NEW.is_test, NEW.status = 'in_stock', NEW.status = 'in_stock' AND NEW.is_published){ADD};
END
""",
    """
CREATE TRIGGER listing_count_delete AFTER DELETE ON listing BEGIN
  UPDATE listing_count SET in_stock = in_stock - (OLD.status = 'in_stock'),
    published = published - (OLD.status = 'in_stock' AND OLD.is_published)
  WHERE dealer_id = OLD.dealer_id AND is_test = OLD.is_test;
END
""",
    """
CREATE TRIGGER listing_count_update AFTER UPDATE OF status, is_published ON listing BEGIN
  UPDATE listing_count SET in_stock = in_stock + (NEW.status = 'in_stock') - (OLD.status = 'in_stock'),
    published = published + (NEW.status = 'in_stock' AND NEW.is_published)
      - (OLD.status = 'in_stock' AND OLD.is_published)
  WHERE dealer_id = NEW.dealer_id AND is_test = NEW.is_test;
END
""",
)
POSTGRES = (  # an import inserts hundreds of rows with one statement: count them at once
    f"""
CREATE FUNCTION count_added_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {COUNT.format(rows="added")}{ADD};
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION count_removed_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE listing_count SET in_stock = listing_count.in_stock - gone.in_stock,
    published = listing_count.published - gone.published
  FROM (SELECT dealer_id, is_test, COUNT(*) FILTER (WHERE status = 'in_stock') AS in_stock,
    COUNT(*) FILTER (WHERE status = 'in_stock' AND is_published) AS published
    FROM removed GROUP BY dealer_id, is_test) AS gone
  WHERE listing_count.dealer_id = gone.dealer_id AND listing_count.is_test = gone.is_test;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION count_changed_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE listing_count SET in_stock = in_stock + (NEW.status = 'in_stock')::int - (OLD.status = 'in_stock')::int,
    published = published + (NEW.status = 'in_stock' AND NEW.is_published)::int
      - (OLD.status = 'in_stock' AND OLD.is_published)::int
  WHERE dealer_id = NEW.dealer_id AND is_test = NEW.is_test;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER listing_count_insert AFTER INSERT ON listing
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_added_listings()
""",
    """
CREATE TRIGGER listing_count_delete AFTER DELETE ON listing
REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_removed_listings()
""",
    """
CREATE TRIGGER listing_count_update AFTER UPDATE OF status, is_published ON listing
FOR EACH ROW EXECUTE FUNCTION count_changed_listing()
""",
)


def up(_migrator: Any, db: Any) -> None:
    triggers = SQLITE if db.param == "?" else POSTGRES
    for statement in (TABLE, *triggers, COUNT.format(rows="listing")):  # triggers first: they block other writers
        db.execute_sql(statement)
