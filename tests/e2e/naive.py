"""THE POLICY once more, from its words alone, as simply as it can be said.

Given everything that was reported about some addresses and everything that people decided by
hand, may an address be mailed? The daemon answers that from tables it keeps up to date; this
file starts from the beginning each time, and is in no hurry. It follows the words of
ses/suppression.h and of the section THE SUPPRESSION LIST of ses-feedbackd.8, and no code of the
daemon; test_policy_oracle.py holds the two against each other.

Times are milliseconds since 1970, UTC. NEVER is an expiry that does not come.
"""

import collections
import dataclasses
import math

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = math.inf

EVERYTHING = ""     # the scope of what holds for all mail

# When several reasons hold, the first of these is told.
STRONGEST_FIRST = ("manual", "complaint", "bounce", "quarantine", "soft-bounce", "no-such-domain", "import",
                   "ses-list")

# Bounces that say little about the mailbox: a delivery of something sent later disproves them.
DISPROVED_BY_DELIVERY = ("soft", "expired", "no-such-domain", "quarantine", "ses-list")


# ---- what goes in ----

@dataclasses.dataclass(frozen=True)
class Policy:
    """Section [suppression] of the configuration."""
    soft_days: int = 3                      # soft_bounces = 3 in 14d: so many days …
    soft_window: int = 14 * DAY             # … in so long
    soft_expiry: int = 14 * DAY             # the first time; each time again twice as long …
    soft_expiry_max: int = 180 * DAY        # … up to this
    bounce_expiry: float = NEVER
    complaint_expiry: float = NEVER
    quarantine_expiry: int = 7 * DAY
    bounce_scope: str = "all"               # all | account | tenant
    complaint_scope: str = "all"            # all | account | tenant | configuration-set
    uncertain_complaints: str = "stream"    # stream | hold | all


@dataclasses.dataclass(frozen=True)
class Feedback:
    """One report of SES about one mail, and the addresses it names."""
    kind: str           # hard soft expired no-such-domain message out-of-office reputation
                        # ses-list complaint not-spam quarantine delivered unclear
    addresses: tuple
    sent: int           # when the mail was sent
    published: int      # when SES told about it
    mail: str           # which mail: SES's message id
    account: str = ""
    configuration_set: str = ""
    tenant: str = ""
    is_certain: bool = True     # False: a complaint (or not-spam) that names several suspects


@dataclasses.dataclass(frozen=True)
class Rule:
    """What somebody decided by hand about an address, or about "@domain"."""
    what: str           # suppress, remove, never, import
    address: str
    scope: str
    since: int
    reason: str = "manual"      # of suppress and import
    expires: float = NEVER


# ---- what comes out ----

@dataclasses.dataclass(frozen=True)
class Entry:
    """A line of the list."""
    address: str
    scope: str
    reason: str
    is_certain: bool
    since: int
    expires: float
    is_by_hand: bool = False

    def stands(self, now):
        return now < self.expires


@dataclasses.dataclass(frozen=True)
class Verdict:
    word: str           # suppressed, never, probation, clear
    told: Entry = None  # suppressed: the strongest entry


# ---- small words ----

def day_of(time):
    return time // DAY


def domain_of(address):
    return "@" + address.rpartition("@")[2]


def is_domain(address):
    return address.startswith("@")


def scope_by(choice, feedback):
    """The scope that bounce_scope or complaint_scope gives; a stream that the mail does not have is everything."""
    if choice == "account":
        return "account:" + feedback.account
    if choice == "tenant" and feedback.tenant:
        return "tenant:" + feedback.tenant
    if choice == "configuration-set" and feedback.configuration_set:
        return feedback.configuration_set
    return EVERYTHING


# ---- what was reported about an address ----

def evidence_about(address, reports):
    """The reports that count for the address itself, or for "@domain": there only that the domain
    does not exist, and that something was delivered to anybody in it."""
    if is_domain(address):
        return [report for report in reports
                if report.kind in ("no-such-domain", "delivered")
                and any(domain_of(named) == address for named in report.addresses)]
    return [report for report in reports if report.kind != "no-such-domain" and address in report.addresses]


def is_disproved(address, report, evidence):
    """A mail sent later was delivered. A domain exists if something was delivered in the 30 days
    before, or since."""
    if report.kind not in DISPROVED_BY_DELIVERY:
        return False
    deliveries = [other for other in evidence if other.kind == "delivered"]
    if is_domain(address):
        return any(day_of(delivery.sent) >= day_of(report.sent) - 30 for delivery in deliveries)
    return any(delivery.sent > report.sent for delivery in deliveries)


def is_outranked(report, scope, rules):
    """Somebody put or removed the very entry later than this was published."""
    return any(rule.what in ("suppress", "remove") and rule.scope == scope and rule.since >= report.published
               for rule in rules)


def by_scope(evidence, scope_of, rules):
    """{scope: reports that count in it}."""
    found = collections.defaultdict(list)
    for report in evidence:
        scope = scope_of(report)
        if not is_outranked(report, scope, rules):
            found[scope].append(report)
    return found


# ---- how entries come about ----

def last_run(reports, expiry):
    """Reports in order of publication, cut where one comes only after the entry of those before it has
    expired: the last part, and when it expires."""
    run, expires = [], None
    for report in sorted(reports, key=lambda report: report.published):
        if run and report.published >= expires:
            run = []
        run.append(report)
        expires = report.published + expiry
    return run, expires


def entry_of_run(address, scope, reason, reports, expiry):
    """Each report prolongs the entry; since is that of the first."""
    run, expires = last_run(reports, expiry)
    is_certain = any(report.is_certain for report in run)
    return Entry(address, scope, reason, is_certain, run[0].published, expires)


def hard_entries(policy, address, evidence, rules):
    def in_scope(kind):
        return by_scope([report for report in evidence if report.kind == kind],
                        lambda report: scope_by(policy.bounce_scope, report), rules)
    bounces = {scope: entry_of_run(address, scope, "bounce", reports, policy.bounce_expiry)
               for scope, reports in in_scope("hard").items()}
    quarantines = {scope: entry_of_run(address, scope, "quarantine", reports, policy.quarantine_expiry)
                   for scope, reports in in_scope("quarantine").items()}
    kept = [quarantine for scope, quarantine in quarantines.items()
            if scope not in bounces or bounces[scope].expires < quarantine.expires]
    return list(bounces.values()) + kept


def entry_of_days(policy, address, scope, reason, reports, days_needed):
    """So many different days with a soft bounce in the window make an entry; once that has expired the
    address is on probation, and the next day makes the next entry at once, for twice as long."""
    days = collections.defaultdict(list)
    for report in reports:
        days[day_of(report.sent)].append(report)
    # Several bounces of one day are one: the latest.
    latest = [max(days[day], key=lambda report: (report.sent, report.published)) for day in sorted(days)]
    entry, expiry = None, None
    for place, report in enumerate(latest):
        if entry is not None and report.published < entry.expires:
            continue
        if entry is not None:
            expiry = max(expiry, min(2 * expiry, policy.soft_expiry_max))
        else:
            window = [other for other in latest[:place + 1] if other.sent > report.sent - policy.soft_window]
            if len(window) < days_needed:
                continue
            expiry = policy.soft_expiry
        entry = Entry(address, scope, reason, True, report.published, report.published + expiry)
    return entry


def soft_entries(policy, address, evidence, rules):
    found = []
    for reason, kinds, days_needed in (("soft-bounce", ("soft", "expired"), policy.soft_days),
                                       ("no-such-domain", ("no-such-domain",), 1)):
        if days_needed == 0:
            continue    # soft_bounces = never
        counted = [report for report in evidence if report.kind in kinds]
        scopes = by_scope(counted, lambda report: scope_by(policy.bounce_scope, report), rules)
        for scope, reports in scopes.items():
            entry = entry_of_days(policy, address, scope, reason, reports, days_needed)
            if entry is not None:
                found.append(entry)
    return found


def is_taken_back(complaint, evidence):
    """A later "not spam" about the same mail; both must be certain."""
    return complaint.is_certain and any(
        report.kind == "not-spam" and report.is_certain and report.mail == complaint.mail
        and report.published > complaint.published for report in evidence)


def second_mail(complaints):
    """When complaints about two different mails had been published; None: they never were."""
    first = {}
    for complaint in sorted(complaints, key=lambda complaint: complaint.published, reverse=True):
        first[complaint.mail] = complaint.published
    return sorted(first.values())[1] if len(first) >= 2 else None


def complaint_entries(policy, address, evidence, rules):
    complaints = [report for report in evidence if report.kind == "complaint" and not is_taken_back(report, evidence)]

    def is_held(complaint):
        """A suspicion that suppresses nothing by itself."""
        if complaint.is_certain or policy.uncertain_complaints == "all":
            return False
        return policy.uncertain_complaints == "hold" or not complaint.configuration_set

    def scope_of(complaint):
        if not complaint.is_certain and policy.uncertain_complaints == "stream" and not is_held(complaint):
            return complaint.configuration_set
        return scope_by(policy.complaint_scope, complaint)

    scopes = by_scope(complaints, scope_of, rules)
    confirmed = second_mail([complaint for reports in scopes.values() for complaint in reports
                             if not complaint.is_certain])
    found = []
    for scope, reports in scopes.items():
        # What is held counts from when the suspicion about a second mail was published, if there is one.
        reports = [dataclasses.replace(complaint, published=max(complaint.published, confirmed))
                   if is_held(complaint) else complaint for complaint in reports
                   if not is_held(complaint) or confirmed is not None]
        if reports:
            found.append(entry_of_run(address, scope, "complaint", reports, policy.complaint_expiry))
    # A certain entry for everything settles what was only suspected.
    settled = max((entry.expires for entry in found if entry.is_certain and entry.scope == EVERYTHING), default=-1)
    return [entry for entry in found if entry.is_certain or entry.expires > settled]


def ses_list_entries(policy, address, evidence, rules):
    listed = [report for report in evidence if report.kind == "ses-list"]
    scopes = by_scope(listed, lambda report: scope_by("all" if policy.bounce_scope == "all" else "account", report),
                      rules)
    return [Entry(address, scope, "ses-list", True, min(report.published for report in reports), NEVER)
            for scope, reports in scopes.items()]


def learn(policy, address, reports, rules):
    """Every entry that feedback makes for the address, expired ones too. rules: those in force."""
    rules = [rule for rule in rules if rule.address == address]
    evidence = evidence_about(address, reports)
    left = [report for report in evidence if not is_disproved(address, report, evidence)]
    return (hard_entries(policy, address, left, rules) + soft_entries(policy, address, left, rules)
            + complaint_entries(policy, address, left, rules) + ses_list_entries(policy, address, left, rules))


def at_ses(address, reports):
    """Does SES's own list hold the address? Rules by hand cannot know. What bounced or complained after
    the delivery that showed it gone may be on it again."""
    evidence = evidence_about(address, reports)
    listed = [report for report in evidence if report.kind == "ses-list"]
    if not listed:
        return "unknown"
    if any(not is_disproved(address, report, evidence) for report in listed):
        return "blocked"
    delivered = max(report.sent for report in evidence if report.kind == "delivered")
    again = any(report.sent > delivered and report.is_certain and report.kind in ("hard", "quarantine", "complaint")
                for report in evidence)
    return "unknown" if again else "clear"


# ---- rules by hand ----

def in_force(decisions):
    """Of everything decided by hand, in order: the last about each address and scope. A "never" is only
    taken back by "unnever", which takes back nothing else, or replaced by "suppress"."""
    last = {}
    for rule in decisions:
        place = (rule.address, rule.scope)
        is_exempt = place in last and last[place].what == "never"
        if rule.what == "unnever":
            if is_exempt:
                del last[place]
        elif not (is_exempt and rule.what == "remove"):
            last[place] = rule
    return list(last.values())


def removal(policy, address, scope, reports, decisions, now):
    """What removing an entry leaves: a rule that outranks what was published until then, None if nothing was
    there. What stands is removed even where SNS's clock is ahead of ours; an exemption is no entry."""
    rules = in_force(decisions)
    if any(rule.address == address and rule.scope == scope and rule.what == "never" for rule in rules):
        return None
    lines = [entry for entry in list_of(policy, address, reports, rules) if entry.scope == scope]
    if not lines:
        return None
    told = strongest([entry for entry in lines if entry.stands(now)])
    recorded = [report.published for report in evidence_about(address, reports)
                if report.kind not in ("delivered", "message", "out-of-office", "reputation", "unclear")
                and report.published <= now + 5 * MINUTE]
    return Rule("remove", address, scope, max([now] + ([told.since] if told else []) + recorded))


def put_entries(address, rules):
    """The lines of the list that were put there by hand or by an import."""
    return [Entry(address, rule.scope, rule.reason, True, rule.since, rule.expires, True) for rule in rules
            if rule.address == address and rule.what in ("suppress", "import")]


# ---- the answer ----

def list_of(policy, address, reports, rules):
    """All lines of the list about the address, or about "@domain"."""
    return put_entries(address, rules) + learn(policy, address, reports, rules)


def strongest(entries):
    """The one of them that is told, None of none: by reason; then a certain one, the one that expires last,
    the first scope in order of bytes, the one by hand."""
    return min(entries, default=None, key=lambda entry: (
        STRONGEST_FIRST.index(entry.reason), not entry.is_certain, -entry.expires, entry.scope.encode(),
        not entry.is_by_hand))


def verdict(policy, address, question, reports, decisions, now):
    """May the address be mailed? question: the scopes that the mail belongs to, with commas between."""
    rules = in_force(decisions)
    named = [scope for scope in question.split(",") if scope != EVERYTHING]
    domain = domain_of(address)
    own_lines, domain_lines = list_of(policy, address, reports, rules), list_of(policy, domain, reports, rules)

    def applying(entries):
        return [entry for entry in entries if entry.scope == EVERYTHING or entry.scope in named]

    def standing(entries):
        return [entry for entry in applying(entries) if entry.stands(now)]

    def suppressed():
        return Verdict("suppressed", strongest(standing(own_lines)) or strongest(standing(domain_lines)))

    # People first: about the address before about its domain, about this mail before about everything.
    # An import is no better than what was learnt.
    for whom, scopes in ((address, named), (address, [EVERYTHING]), (domain, named), (domain, [EVERYTHING])):
        here = [rule for rule in rules if rule.address == whom and rule.scope in scopes]
        if any(rule.what == "suppress" and now < rule.expires for rule in here):
            return suppressed()
        if any(rule.what == "never" and now < rule.expires for rule in here):
            return Verdict("never")

    # Then what was learnt, and what came from elsewhere.
    if standing(own_lines) or standing(domain_lines):
        return suppressed()
    if any(entry.reason in ("soft-bounce", "no-such-domain") and not entry.is_by_hand
           for entry in applying(own_lines) + applying(domain_lines)):
        return Verdict("probation")
    return Verdict("clear")


def line_of(policy, address, scope, reports, decisions, now):
    """What the list shows for exactly this address and scope: its strongest line that stands, None if
    there is none or somebody said never."""
    whom = verdict(policy, address, scope, reports, decisions, now)
    if whom.word == "never":
        return None
    lines = list_of(policy, address, reports, in_force(decisions))
    return strongest([entry for entry in lines if entry.scope == scope and entry.stands(now)])
