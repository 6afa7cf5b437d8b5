"""Connects anymail's signal and the settings of SQLite."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self):
        from anymail.signals import tracking
        from django.db.backends.signals import connection_created
        from . import receive
        connection_created.connect(receive.make_durable)
        tracking.connect(receive.take)
