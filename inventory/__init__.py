"""Reads and writes dealers' inventory files, without database or command line.

Import: csv_reader (bytes to records) -> columns, headers (which column is which field) -> cell_parser (one cell to
values) -> sheet, which runs all three and collects the errors of each row.
Parsers by kind of field: text_fields, enums, box_and_papers, countries, measurements, money; numbers and text_matching
serve them.
Export: export (listings to CSV that imports back to the same values), formula_escaping (CSV injection).
"""
