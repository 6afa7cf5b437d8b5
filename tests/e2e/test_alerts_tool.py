"""ses-feedback alerts: what is on, who was told, silences, and the test of a channel."""

import http.server
import json
import threading

import pytest

import aws
import running


class Receiver:
    """A webhook's other side; answers with .status, and keeps what came."""

    def __init__(self):
        outer = self
        self.status, self.came = 200, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((self.headers["webhook-id"], json.loads(body)))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def of_type(self, name):
        return [(message, body) for message, body in self.came if body["type"] == name]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    serving = Receiver()
    yield serving
    serving.close()


@pytest.fixture
def alarmed(start, receiver):
    """A daemon that trusts the development key, which is an alert, and has a channel."""
    return start(sns="development = yes",
                 suppression=f'[alert "ops"]\ntype = webhook\nurl = {receiver.url}\n')


def test_a_test_message_is_delivered_or_not(alarmed, receiver):
    assert alarmed.tool("alerts", "test", "ops").stdout.startswith("ops: delivered")
    message, body = receiver.of_type("test")[0]
    assert message.startswith("msg_") and body["data"]["object"] == "ops"
    receiver.status = 410
    assert "410" in alarmed.tool("alerts", "test", "ops", expect=1).stdout
    delivery = json.loads(alarmed.tool("--json", "alerts", "test", "ops", expect=1).stdout)
    assert delivery["state"] == "given-up" and delivery["channel"] == "ops"
    assert 'did you mean "ops"' in alarmed.tool("alerts", "test", "osp", expect=2).stderr


def test_what_is_on_is_listed_with_its_delivery(alarmed, receiver):
    running.wait_for(lambda: receiver.of_type("alert.fired"), what="an alert")
    listed = running.wait_for(lambda: [alert for alert in alarmed.get("/v1/alerts?on=yes")["alerts"]
                                       if alert["alert"] == "development"
                                       and alert["deliveries"][0]["state"] == "delivered"], what="its delivery")
    assert receiver.of_type("alert.fired")[0][0] == listed[0]["deliveries"][0]["message"]
    text = alarmed.tool("alerts").stdout
    assert "development" in text and "ops delivered" in text
    shown = alarmed.tool("alerts", "show", str(listed[0]["id"])).stdout
    assert "What to do:" in shown and "delivered" in shown


def test_a_silence_is_put_by_who_asks_and_ends(alarmed):
    running.wait_for(lambda: alarmed.get("/v1/alerts")["alerts"], what="an alert")
    alarmed.tool("alerts", "silence", "development", "4h", "--note", "a trial")
    silence = alarmed.get("/v1/silences")["silences"][0]
    assert silence["actor"].startswith("unix:") and silence["note"] == "a trial"
    text = alarmed.tool("alerts").stdout
    assert "silenced until" in text and "a trial" in text
    alarmed.stop()
    alarmed.start()
    assert alarmed.get("/v1/silences")["silences"] == [silence]
    alarmed.tool("alerts", "silence", "--end", "development")
    assert alarmed.get("/v1/silences")["silences"] == []
    done = alarmed.tool("alerts", "silence", "--end", "development", expect=1)
    assert "was not silenced" in done.stderr

    one = alarmed.get("/v1/alerts")["alerts"][0]
    alarmed.tool("alerts", "silence", str(one["id"]), "4h")
    silence = alarmed.get("/v1/silences")["silences"][0]
    assert (silence["name"], silence["object"]) == (one["alert"], one["object"])
    alarmed.tool("alerts", "silence", "--end", str(one["id"]))
    assert alarmed.get("/v1/silences")["silences"] == []
    text = alarmed.tool("alerts", "silence", "all", aws.ACCOUNT + "/us-east-9", "1h").stdout
    assert "no alert on now has that object; those on:" in text and "development" in text


def test_who_may_only_read_silences_nothing(alarmed):
    refused = alarmed.admin("PUT", "/v1/silences/quota", {"for": "1h"}, token=running.TOKENS["reader"], door="tcp")
    assert refused.status == 403
    refused = alarmed.admin("POST", "/v1/channels/ops/test", token=running.TOKENS["helper"], door="tcp")
    assert refused.status == 403
    assert alarmed.admin("GET", "/v1/channels", token=running.TOKENS["reader"], door="tcp").status == 200
    done = alarmed.admin("PUT", "/v1/silences/quota", {"for": "1h"}, token=running.TOKENS["writer"], door="tcp")
    assert done.status == 200 and done.json["actor"] == "writer"
