"""Settings of a site that does nothing else: no middleware, persistent connections, SQLite that is durable."""

import os
import warnings

SECRET_KEY = "for the bench only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "feedback.urls"
INSTALLED_APPS = ["anymail", "feedback"]
MIDDLEWARE = []
USE_TZ = True
# Columns that refer to it are then of SQLite's own INTEGER, whose key needs no index beside the table.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ["PEER_DATABASE"],
    "CONN_MAX_AGE": None,
    "OPTIONS": {"timeout": 60},
}}
# anymail's only check is a password in the URL (WEBHOOK_SECRET). It is left out, which spares this peer work.
warnings.filterwarnings("ignore", message="Your Anymail webhooks are insecure")
