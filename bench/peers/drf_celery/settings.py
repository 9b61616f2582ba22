"""Django settings: the copy of a hub's database, and nothing that the API does not need."""

import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DATABASE"],
        "CONN_MAX_AGE": None,  # one connection per thread
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": f"PRAGMA journal_mode = WAL; PRAGMA synchronous = {os.environ['SYNCHRONOUS']};",
        },
    }
}
SECRET_KEY = os.urandom(32).hex()
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["rest_framework", "bench.peers.drf_celery"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # sets Content-Length
APPEND_SLASH = False
ROOT_URLCONF = "bench.peers.drf_celery.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["bench.peers.drf_celery.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["bench.peers.drf_celery.authentication.HasIntegration"],
    "DEFAULT_THROTTLE_CLASSES": ["bench.peers.drf_celery.authentication.IntegrationThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
CELERY_BROKER_URL = f"redis://127.0.0.1:{os.environ['REDIS_PORT']}/1"
CELERY_TASK_IGNORE_RESULT = True
