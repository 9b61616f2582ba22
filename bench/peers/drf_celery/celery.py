"""The Celery application. `celery -A bench.peers.drf_celery.celery worker`"""

import os

import django
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.drf_celery.settings")
django.setup()
app = Celery("drf_celery")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["bench.peers.drf_celery.tasks"]
