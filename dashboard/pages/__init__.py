"""Page functions, one module per noun; `dashboard/site.py` routes to them."""
