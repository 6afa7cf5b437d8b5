"""What sending to a list would do, before it is sent: through the tool, against a daemon with a past."""

import datetime
import json
import pathlib
import random
import subprocess
import threading
import time

import pytest

import aws
import running
from aws import Mail, ago

BATCH = 50      # recipients a mail, as SES takes them
LIST = 100_000


def replay(daemon, signer, *events):
    """Each event, published when it happened; without an age limit."""
    lines = []
    for event in events:
        when = datetime.datetime.fromisoformat(event["mail"]["timestamp"].replace("Z", "+00:00"))
        lines.append(json.dumps(signer.notification(event, when=when + datetime.timedelta(seconds=30))))
    for start in range(0, len(lines), 100):
        answer = daemon.admin("POST", "/v1/replay", "\n".join(lines[start:start + 100]))
        assert answer.status == 200, answer
        assert all(one["status"] == 200 for one in answer.json["results"]), answer


def mails(addresses, days):
    """Sends to all of them, so many days ago."""
    return [Mail(*addresses[i:i + BATCH], when=ago(days=days)) for i in range(0, len(addresses), BATCH)]


def sent_and_delivered(daemon, signer, addresses, days):
    made = mails(addresses, days)
    replay(daemon, signer, *[mail.send() for mail in made], *[mail.delivery() for mail in made])


def numbered(name, count, domain="shop.de"):
    return [f"{name}{number}@{domain}" for number in range(count)]


def preflight(daemon, *arguments, stdin=None, expect=0):
    return json.loads(daemon.tool("--json", "preflight", *arguments, stdin=stdin, expect=expect).stdout)


def counts(answer):
    return {one["history"]: one["addresses"] for one in answer["history"] if one["addresses"]}


@pytest.fixture
def past(daemon, signer):
    """1000 delivered last week, some of them gone, full, or complaining since."""
    sent_and_delivered(daemon, signer, numbered("customer", 1000), 9)
    replay(daemon, signer, Mail("customer0@shop.de", when=ago(days=2)).bounce(),
           Mail("customer1@shop.de", when=ago(days=2)).full(),
           Mail("customer2@shop.de", when=ago(days=2)).complaint())
    return daemon


def test_a_list_is_read_for_what_it_is(past, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Email;Name\n" + "".join(f"Customer{number}@Shop.de;x\n" for number in range(500))
                    + "customer3@shop.de;again\nnobody;\nnew@gmail.com;\ntypo@gmail.con;\n")
    answer = preflight(past, str(path))
    assert (answer["account"], answer["region"]) == (aws.ACCOUNT, aws.REGION)
    assert counts(answer) == {"suppressed": 2, "soft-bounced": 1, "delivered-30d": 497,
                              "never-mailed": 1, "invalid-domain": 1}
    assert answer["suppressed"]["reasons"] == {"bounce": 1, "complaint": 1}
    assert (answer["duplicates"], answer["other_spellings"]) == (1, 1)
    assert [error["line"] for error in answer["errors"]] == [503]
    assert answer["invalid_domains"]["first"][0]["domain"] == "gmail.con"
    assert answer["riskiest"]["first"][0]["address"] == "typo@gmail.con"
    now, after = answer["now"], answer["after"]
    assert (now["numerator"], now["denominator"]) == (1, 1000)
    assert after["expected"]["denominator"] == 1000 + answer["mailed"] == 1000 + 500
    assert after["low"]["rate"] <= after["expected"]["rate"] <= after["high"]["rate"]
    bounces = answer["bounces"]
    assert abs(bounces["expected"] - sum(one["expected_bounces"] for one in answer["history"])) < 1e-6
    assert bounces["low"] <= bounces["expected"] <= bounces["high"] <= answer["mailed"]


def test_people_read_it_on_a_screen(past, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("\n".join(numbered("customer", 300) + numbered("stranger", 50)) + "\nnobody\n")
    done = past.tool("preflight", str(path))
    assert "350 mailboxes in 351 lines, 1 of them bad" in done.stdout
    assert "line 351: " in done.stderr
    for words in ("never-mailed", "a guess", "Predicted hard bounces: ", f"Bounce rate of {aws.ACCOUNT}/{aws.REGION}",
                  "at worst", "have them validated", "take off the 2 that are suppressed", "SLICE"):
        assert words in done.stdout, (words, done.stdout)


def test_slices_are_written_once_and_never_over_a_file(past, tmp_path):
    addresses = [address.title() for address in numbered("customer", 1000)]
    random.Random(7).shuffle(addresses)
    path, folder = tmp_path / "list.txt", tmp_path / "slices"
    path.write_text("\n".join(addresses) + "\n")
    assert "no such folder" in past.tool("preflight", str(path), "--write", str(folder), expect=2).stderr
    folder.mkdir()
    answer = preflight(past, str(path), "--slices", "4", "--write", str(folder))
    assert len(answer["slices"]) >= 4
    written = []
    for part in answer["slices"]:
        file = folder / f"slice-{part['slice']}.txt"
        lines = file.read_text().splitlines()
        assert len(lines) == part["addresses"]
        assert file.stat().st_mode & 0o077 == 0
        assert part["high"]["level"] in ("ok", "too-few")
        written += lines
    # In the spelling of the list, each once, none that must not be mailed.
    assert len(written) == len(set(written)) and set(written) <= set(addresses)
    unwanted = {"Customer0@Shop.De", "Customer2@Shop.De"}
    assert set(addresses) - set(written) >= unwanted
    assert len(written) + len(unwanted) + answer["left_over"] + answer["not_in_slices"] == len(addresses)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    again = past.tool("preflight", str(path), "--slices", "4", "--write", str(folder), expect=2)
    assert "there already" in again.stderr
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_nobody_ever_mailed_is_an_honest_guess(daemon):
    answer = preflight(daemon, "-", stdin="\n".join(numbered("stranger", 2000)) + "\n")
    assert answer["account"] is None and answer["now"] is None
    assert answer["bounces"]["low"] < 60 and answer["bounces"]["high"] > 400
    assert next(one for one in answer["history"] if one["history"] == "never-mailed")["is_guess"]
    assert answer["left_over"] > 1900
    assert any("validated" in sentence for sentence in answer["advice"])


def test_where_nothing_is_written_it_is_said_why(daemon, tmp_path):
    path, folder = tmp_path / "list.txt", tmp_path / "slices"
    path.write_text("\n".join(numbered("stranger", 3, "shop.invalid")) + "\n")
    folder.mkdir()
    assert "no slice was written: " in daemon.tool("preflight", str(path), "--write", str(folder)).stdout
    assert "no slice was written: " in daemon.tool("preflight", str(path), "--slices", "3").stdout
    done = daemon.tool("--json", "preflight", str(path), "--write", str(folder))
    assert "no slice was written: " in done.stderr and json.loads(done.stdout)["slices"] == []
    assert list(folder.iterdir()) == []


def test_experience_takes_the_place_of_the_guess(daemon, signer):
    sent_and_delivered(daemon, signer, numbered("old", 100), 100)
    # 400 new ones last month, of which 20 bounced.
    new = numbered("first", 400)
    sent_and_delivered(daemon, signer, new[20:], 20)
    made = mails(new[:20], 20)
    replay(daemon, signer, *[mail.send() for mail in made], *[mail.bounce() for mail in made])
    answer = preflight(daemon, "-", stdin="\n".join(numbered("stranger", 1000)) + "\n")
    never = next(one for one in answer["history"] if one["history"] == "never-mailed")
    assert (never["trials"], never["bounces"], never["is_guess"]) == (400, 20, False)
    assert answer["experience"]["events"] == answer["experience"]["of_events"]
    assert 40 < answer["bounces"]["expected"] < 65
    assert 20 < answer["bounces"]["low"] and answer["bounces"]["high"] < 100


def test_nothing_is_recorded(past):
    before = past.get("/v1/changes"), past.events()
    preflight(past, "-", stdin="customer0@shop.de\nnew@shop.de\n")
    assert (past.get("/v1/changes"), past.events()) == before


def test_what_is_wrong_is_said(past, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name,age\nx,7\n")
    wrong = past.tool("preflight", str(path), expect=2).stderr
    assert "--columns address=NAME" in wrong and "columns=address" not in wrong
    assert "cannot be read" in past.tool("preflight", str(path), expect=2).stderr
    assert "No such file" in past.tool("preflight", str(tmp_path / "none"), expect=2).stderr
    for empty in ("", "\n", "email;name\n"):
        path.write_text(empty)
        assert f"no address in {path}" in past.tool("preflight", str(path), expect=2).stderr
    path.write_text("a@shop.de\n")
    assert "ACCOUNT/REGION" in past.tool("preflight", str(path), "--account", "7", expect=2).stderr
    assert "no account" in past.tool("preflight", str(path), "--account", "999988887777", expect=2).stderr
    assert preflight(past, str(path), "--account", f"{aws.ACCOUNT}/{aws.REGION}")["addresses"] == 1


def resident(daemon, name="VmRSS:"):
    for line in pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise AssertionError(name)


@pytest.mark.long  # and a sanitizer keeps what was freed for a while
def test_a_hundred_thousand_addresses_in_bounded_memory_and_time(daemon, signer, tmp_path):
    sent_and_delivered(daemon, signer, numbered("customer", 25_000), 40)
    sent_and_delivered(daemon, signer, numbered("customer", 10_000), 5)
    path, folder = tmp_path / "list.txt", tmp_path / "slices"
    addresses = numbered("customer", LIST // 2) + numbered("Stranger", LIST // 2, "gmail.com")
    random.Random(3).shuffle(addresses)
    path.write_text("\n".join(addresses) + "\n")
    folder.mkdir()
    before, began = resident(daemon), time.monotonic()
    asking = subprocess.Popen([running.TOOL, "--socket", daemon.socket, "--json", "preflight", str(path),
                               "--write", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    told, slowest, posted = [], 0.0, 0
    reader = threading.Thread(target=lambda: told.extend(asking.communicate(timeout=120)))
    reader.start()
    while reader.is_alive():  # the door and the writer go on
        at = time.monotonic()
        assert daemon.post(signer.notification(Mail(f"live{posted}@shop.de").send())).status == 200
        slowest, posted = max(slowest, time.monotonic() - at), posted + 1
    reader.join()
    took, grown = time.monotonic() - began, resident(daemon, "VmHWM:") - before
    assert asking.returncode == 0, told
    answer = json.loads(told[0])
    found = counts(answer)
    assert found["delivered-30d"] == 10_000 and found["delivered-90d"] == 15_000
    assert found["never-mailed"] == LIST - 25_000
    print(f"\npreflight of {LIST:,} addresses against 70,000 events: "
          f"{took:.1f} s, {grown / 1024:.0f} MiB at most; {posted} events posted beside it, the slowest in "
          f"{slowest * 1000:.0f} ms")
    assert took < 60 and grown < 100 * 1024 and slowest < 5
