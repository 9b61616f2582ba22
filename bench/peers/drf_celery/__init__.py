"""Django REST Framework and Celery: the API and the deliveries, written from their documentation."""
