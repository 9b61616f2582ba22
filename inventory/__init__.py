"""Reads and writes dealers' inventory files, without database or command line.

Import: table reads a file: encodings (bytes to text), csv_reader and header_line (text to records), or workbook, which
runs workbook_program by workbook_process; workbook_package and workbook_cells serve that. Then columns (which column is
which field; headers, shop_headers and attributes have the names) -> product_rows (joins the rows of one product) ->
rows (a record to values, errors and warnings; cell_parser parses one cell) -> sheet, which runs them all.
availability and availability_words decide whether a row may be put on sale.
Parsers by kind of field: text_fields, enums, box_and_papers, countries, measurements, money; numbers and text_matching
serve them.
Export: export (listings to CSV that imports back to the same values), formula_escaping (CSV injection).
"""
