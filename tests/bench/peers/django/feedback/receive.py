"""What anymail's signal is kept as: one transaction, as few statements as Django's ORM allows.

No get_or_create or update_or_create: each would ask first and set a savepoint. The first statement writes, so the
transaction has SQLite's write lock from its beginning, and the ones after it cannot lose a race.
"""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime

from .models import Counter, Event, Recipient, Suppression


def make_durable(connection, **_):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")


def status_of(told, address):
    """The enhanced status code of a bounced recipient; anymail does not hand it on."""
    for recipient in told.get("bounce", {}).get("bouncedRecipients", ()):
        if recipient["emailAddress"] == address:
            return recipient.get("status")
    return None


def suppression_reason(told):
    if told.get("bounce", {}).get("bounceType") == "Permanent":
        return "bounce"
    return "complaint" if "complaint" in told else None


def keep(event):
    told, mail = event.esp_event, event.esp_event["mail"]
    sent_at = parse_datetime(mail["timestamp"])
    row = Event(message_id=event.event_id, address=event.recipient, type=event.event_type,
                subtype=told.get("bounce", {}).get("bounceType"), sent_at=sent_at,
                mail_id=event.message_id, source=mail.get("source"))
    row.save(force_insert=True)
    Recipient(event=row, address=event.recipient,
              status=status_of(told, event.recipient)).save(force_insert=True)
    reason = suppression_reason(told)
    if reason:
        what = {"reason": reason, "since": sent_at, "event": row}
        if not Suppression.objects.filter(address=event.recipient).update(**what):
            Suppression(address=event.recipient, **what).save(force_insert=True)
    minute = int(sent_at.timestamp()) // 60
    if not Counter.objects.filter(minute=minute, type=event.event_type).update(n=F("n") + 1):
        Counter(minute=minute, type=event.event_type, n=1).save(force_insert=True)


def take(event, **_):
    try:
        with transaction.atomic():
            keep(event)
    except IntegrityError:
        pass    # known already: what SNS repeats is answered with 200
