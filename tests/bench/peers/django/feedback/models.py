"""The kinds of rows that the daemon keeps: event with its dedup key, recipient, suppression, counters a minute."""

from django.db import models


class Event(models.Model):
    """One event of one recipient, as anymail tells them. What SNS delivers twice has the same id of a message."""

    message_id = models.CharField(max_length=64)
    address = models.CharField(max_length=320)
    type = models.CharField(max_length=20)
    subtype = models.CharField(max_length=20, null=True)
    sent_at = models.DateTimeField()
    mail_id = models.CharField(max_length=80)
    source = models.CharField(max_length=320, null=True)

    class Meta:
        db_table = "events"
        constraints = [models.UniqueConstraint(fields=["message_id", "address"], name="events_once")]


class Recipient(models.Model):
    event = models.OneToOneField(Event, models.CASCADE, primary_key=True)
    address = models.CharField(max_length=320)
    status = models.CharField(max_length=20, null=True)

    class Meta:
        db_table = "recipients"


class Suppression(models.Model):
    address = models.CharField(max_length=320, primary_key=True)
    reason = models.CharField(max_length=20)
    since = models.DateTimeField()
    event = models.ForeignKey(Event, models.CASCADE, db_index=False)

    class Meta:
        db_table = "suppressions"


class Counter(models.Model):
    minute = models.IntegerField()
    type = models.CharField(max_length=20)
    n = models.IntegerField()

    class Meta:
        db_table = "counters"
        constraints = [models.UniqueConstraint(fields=["minute", "type"], name="counters_once")]
