"""A stand-in for SES's API v2 that believes nothing: every call's signature is worked out again by botocore."""

import contextlib
import http.server
import json
import re
import threading

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "AQoDYXdzEPT//////////wEXAMPLE+token=="


class Signature:
    """What the Authorization header claims, and what botocore makes of the same request."""

    def __init__(self, handler, body):
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
                             r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
                             handler.headers.get("Authorization", ""))
        assert found, handler.headers.get("Authorization")
        self.access_key, _, self.region, self.service, names, self.claimed = found.groups()
        self.names = names.split(";")
        self.right = self._work_out(handler, body)

    def _work_out(self, handler, body):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        request = AWSRequest(method=handler.command, url=f"http://{handler.headers['Host']}{handler.path}", data=body,
                             headers={name: handler.headers[name] for name in self.names})
        request.context["timestamp"] = handler.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), self.service, self.region)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return signer.signature(text, request)


class SesHost:
    """Keeps what was asked as (path, enabled); fails as long as failing is (status, type, message)."""

    def __init__(self):
        self.calls, self.signatures, self.failing, self.wrong = [], [], None, []
        self.loses_answers = False
        self.waiting = 0  # calls that are held
        self.may_answer = threading.Event()
        self.may_answer.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    signature = Signature(self, body)
                    assert signature.claimed == signature.right, "the signature is wrong"
                    outer.signatures.append((signature, self.headers))
                    outer.calls.append((self.path, json.loads(body)["SendingEnabled"]))
                except Exception as error:
                    outer.wrong.append(repr(error))
                    self.answer(403, "SignatureDoesNotMatch", "the signature is wrong")
                    return
                outer.waiting += 1
                outer.may_answer.wait(60)
                outer.waiting -= 1
                if outer.loses_answers:
                    self.close_connection = True
                elif outer.failing:
                    self.answer(*outer.failing)
                else:
                    self.answer(200)

            def answer(self, status, kind=None, message=None):
                body = json.dumps({"message": message} if message else {}).encode()
                self.send_response(status)
                if kind:
                    self.send_header("x-amzn-ErrorType", kind + ":http://internal.amazon.com/coral/")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @contextlib.contextmanager
    def held(self):
        """Takes calls, and answers them afterwards only."""
        self.may_answer.clear()
        try:
            yield
        finally:
            self.may_answer.set()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
