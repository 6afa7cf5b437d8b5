// What a Node receiver of SES feedback keeps, with better-sqlite3: the kinds of rows that the daemon keeps.
//
// Durable before 200, as the daemon is: WAL with synchronous=FULL, where better-sqlite3's own default in WAL is NORMAL.
// One transaction a message is better-sqlite3's idiom: it is synchronous, so two messages never share one.
"use strict";

const Database = require("better-sqlite3");

const TABLES = `
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  subtype TEXT, sent_at INTEGER NOT NULL, mail_id TEXT NOT NULL, source TEXT);
CREATE TABLE IF NOT EXISTS recipients (event INTEGER NOT NULL, n INTEGER NOT NULL, address TEXT NOT NULL, status TEXT,
  PRIMARY KEY (event, n)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS suppressions (address TEXT PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL,
  event INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (minute INTEGER NOT NULL, type TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (minute, type)) WITHOUT ROWID;`;

// The recipients an event is about, as [{emailAddress, status}].
function recipientsOf(event) {
	if (event.bounce)
		return event.bounce.bouncedRecipients;
	if (event.complaint)
		return event.complaint.complainedRecipients;
	const addresses = event.delivery ? event.delivery.recipients : event.mail.destination;
	return addresses.map((emailAddress) => ({ emailAddress }));
}

function suppressionReason(event) {
	if (event.bounce && event.bounce.bounceType === "Permanent")
		return "bounce";
	return event.complaint ? "complaint" : null;
}

// Gives record(messageId, event), which returns after the commit, and close().
function open(path) {
	const database = new Database(path);
	database.pragma("journal_mode = WAL");
	database.pragma("synchronous = FULL");
	database.exec(TABLES);

	const insertEvent = database.prepare("INSERT INTO events (message_id, type, subtype, sent_at, mail_id, source) " +
		"VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
	const insertRecipient = database.prepare("INSERT INTO recipients VALUES (?, ?, ?, ?)");
	const suppress = database.prepare("INSERT INTO suppressions VALUES (?, ?, ?, ?) ON CONFLICT (address) " +
		"DO UPDATE SET reason = excluded.reason, since = excluded.since, event = excluded.event");
	const count = database.prepare("INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1");

	const transaction = database.transaction((messageId, event) => {
		const mail = event.mail, type = event.eventType || event.notificationType;
		const sentAt = Date.parse(mail.timestamp);
		const subtype = event.bounce ? event.bounce.bounceType : null;
		const row = insertEvent.run(messageId, type, subtype, sentAt, mail.messageId, mail.source);
		if (row.changes === 0)
			return;
		const id = row.lastInsertRowid, reason = suppressionReason(event);
		recipientsOf(event).forEach((recipient, n) => {
			insertRecipient.run(id, n, recipient.emailAddress, recipient.status || null);
			if (reason)
				suppress.run(recipient.emailAddress, reason, sentAt, id);
		});
		count.run(Math.floor(sentAt / 60000), type);
	});

	// IMMEDIATE: two processes of a cluster then wait for each other instead of failing in the middle.
	return { record: transaction.immediate, close: () => database.close() };
}

module.exports = { open };
