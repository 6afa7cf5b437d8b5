/* alert_kinds.c - what there is to be alerted of: the table, in words for operators. */
#include "ses/alert.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ses_alert_kind kinds[] = {
	{"reputation-level", true, false,
		"The bounce or complaint rate of an account has reached a level: a part "
		"of "
		"the rate at which SES reviews accounts, that rate, or the one at which "
		"it "
		"pauses them.",
		"Stop or slow down the streams named among the causes; \"ses-feedback "
		"incident\" shows since when, whose mail it was, and how many clean "
		"sends "
		"bring the rate back."},
	{"stream-level", true, false,
		"One configuration set, identity or other stream of an account has "
		"reached a "
		"level by itself; the account as a whole may still be fine.",
		"Stop this stream before it takes the account with it; \"ses-feedback "
		"why-rate\" shows what was counted."},
	{"forecast", false, false,
		"If sending goes on as on the last days, the rate of an account reaches "
		"the "
		"review limit within the time that is set ([watch] forecast).",
		"Take the domains and lists named among the causes out of the next "
		"sends, or "
		"send less to them."},
	{"quota", false, false,
		"The sends of the last 24 hours, or the peak rate of a second, are near "
		"or at "
		"the quota of the account ([reputation] quota).",
		"Spread what is left over the next day, or ask AWS for a higher quota; "
		"what "
		"is over it is refused with a throttling error."},
	{"certificate-unavailable", false, false,
		"A certificate that SNS signs with cannot be fetched, so that its "
		"messages "
		"can't be verified; SNS gets 503 and tries again.",
		"Check this host's way out, ca_file and connect_to, or put the "
		"certificate "
		"into the certificates folder by hand."},
	{"certificate-unexpected", false, false,
		"A signing certificate came that is not one of Amazon's as this program "
		"knows "
		"them; messages signed with it are not taken.",
		"If the certificate is genuine, this program's tables are too old: look "
		"for "
		"a newer version."},
	{"subscription-pending", false, false,
		"The subscription of a configured topic has waited too long to be "
		"confirmed "
		"([watch] pending).",
		"Run \"ses-feedback topics confirm ARN\"; if its token is older than two "
		"days, subscribe again at SNS."},
	{"subscription-cancelled", false, false,
		"The subscription of a configured topic was cancelled: nothing more "
		"comes "
		"from it, and bounces pass unseen.",
		"If nobody here did it, somebody followed an unsubscribe link of SNS: "
		"subscribe again, with confirmation of the unsubscription by AWS only."},
	{"confirmation-failed", false, false,
		"SNS did not accept the confirmation of a subscription.",
		"\"ses-feedback topics confirm ARN\" tries again; a token is good for "
		"two "
		"days, then subscribe again at SNS."},
	{"no-events", false, false,
		"No event has come for the time that is set ([watch] no_events), though "
		"some "
		"came before.",
		"If mail is being sent, look at the event destinations of the "
		"configuration "
		"sets, at the subscriptions (\"ses-feedback topics\") and at the way "
		"from SNS "
		"to this host."},
	{"topic-silent", false, false,
		"A topic that used to speak is silent while others speak: the rates may "
		"lack "
		"what it would have told.",
		"Look at the event destination that publishes to it and at its "
		"subscription "
		"(\"ses-feedback topics\")."},
	{"tls-certificate-expiring", false, false,
		"The TLS certificate of the feedback door expires soon, or has expired; "
		"SNS "
		"does not deliver to an expired one.",
		"Renew the certificate and reload this program (systemctl reload "
		"ses-feedbackd)."},
	{"disk-filling", false, false,
		"The file system of the store has little room left; when it is full "
		"nothing "
		"can be stored and SNS gives up after a while.",
		"Make room, move the store to a larger file system, or keep events for "
		"less "
		"long ([store] keep_events)."},
	{"log-filling", false, false,
		"The write-ahead log of the store is long and can't be emptied: somebody "
		"reads the database file without end.",
		"Look for another program that has the database open (a shell, a copy "
		"job) "
		"and end it."},
	{"store-failing", false, false,
		"Events can't be stored; SNS gets 503 and tries again for a while, and "
		"then "
		"they are lost.",
		"See the log for the reason: a full disk, a damaged file, wrong "
		"permissions."},
	{"topic-not-configured", false, true,
		"Genuine messages came of a topic that is not configured; its "
		"notifications "
		"are set aside, and none is lost. Told once for each topic.",
		"Add it as a topic in section [sns] and reload, or remove its "
		"subscription "
		"to this address."},
	{"foreign-topic", false, true,
		"Messages were refused because they came from a topic of an AWS account "
		"that "
		"is not ours. Told once for each topic.",
		"Nothing was taken from it. If the topic is yours, add it in section "
		"[sns]; "
		"if not, somebody found this address: nothing needs to be done."},
	{"provider-blocking", false, false,
		"A mailbox provider has begun to refuse or delay our mail because of our "
		"reputation, not because of single addresses.",
		"Send less to that provider for some days, to those who opened or "
		"clicked "
		"lately, and read its replies: they often name a page that says why."},
	{"new-sender", false, false,
		"A caller identity, source address or From domain that never sent before "
		"sends mail through the account ([watch] senders).",
		"If nobody here added it, treat its access key as stolen: deactivate the "
		"key "
		"in IAM, then look at what was sent."},
	{"unusual-volume", false, false,
		"A caller identity, source address or From domain sends many times its "
		"usual "
		"volume ([watch] volume_factor).",
		"If no campaign explains it, treat its access key as stolen: deactivate "
		"the "
		"key in IAM, then look at what was sent."},
	{"false-bounces", false, false,
		"Very many hard bounces of one provider with one and the same reply: the "
		"provider rather than the addresses is at fault, and they are held in "
		"quarantine.",
		"Ask the provider's status page; \"ses-feedback suppression remove\" "
		"with the "
		"diagnostic sets the addresses free once it is over."},
	{"brake", false, false,
		"The brake has tripped: whoever asks before sending is told to pause, "
		"or, in "
		"a dry run, would have been told so.",
		"Take away the cause, then let sending go on with \"ses-feedback "
		"resume\"."},
	{"channel-failing", false, false,
		"Alerts can't be delivered to one of the channels; they wait and are "
		"tried "
		"again for three days.",
		"\"ses-feedback alerts test CHANNEL\" shows the answer of the other "
		"side; "
		"correct the section [alert \"CHANNEL\"] and reload."},
	{"development", false, false,
		"The development key is trusted: whoever may ask the admin door for it "
		"can "
		"make up events.",
		"Set development = no in section [sns] unless this is a trial."},
	{"reload-failed", false, false,
		"The configuration could not be reloaded; the old one is in use.",
		"Correct it (ses-feedbackd --check-config shows where), and reload."},
	{"clock-behind", false, false,
		"Genuine messages came from the future of this host's clock: expiry and "
		"windows go by it.",
		"Set the clock of this host, and have it kept right."},
	{"replay", false, false,
		"Messages that had been missed were replayed and changed alerts; this is "
		"the one thing that is told of it.",
		"\"ses-feedback alerts\" shows what is on now."},
};

const struct ses_alert_kind *ses_alert_kinds(size_t *count)
{
	*count = COUNT(kinds);
	return kinds;
}
