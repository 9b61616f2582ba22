"""FastAPI, SQLAlchemy and arq: the API and the deliveries, written from their documentation."""
