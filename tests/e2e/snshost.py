"""A stand-in for sns.REGION.amazonaws.com on loopback: signing certificates and confirmations."""

import http.server
import ssl
import threading
import time
import urllib.parse

from cryptography import x509

import aws


class SnsHost:
    """Answers as told: certificates by name; `behaviour` says how GETs of certificates end."""

    def __init__(self, folder, regions=(aws.REGION,)):
        authority_key = aws.make_key()
        authority = aws.make_certificate(authority_key, "Test authority", is_authority=True)
        names = [f"sns.{region}.amazonaws.com" for region in regions]
        key = aws.make_key()
        certificate = aws.make_certificate(key, names[0], issuer=authority, issuer_key=authority_key,
                                           names=[x509.DNSName(name) for name in names])
        self.ca_file = folder / "authority.pem"
        self.ca_file.write_bytes(aws.pem_of(authority))
        chain = folder / "snshost.pem"
        chain.write_bytes(aws.pem_of(certificate) + aws.pem_of_key(key))

        self.certificates = {}          # name -> bytes
        self.behaviour = "ok"           # ok 404 403 500 503 redirect html two hang huge slow
        self.confirm_behaviour = "ok"   # ok 400 500 redirect hang nonsense
        self.requests = []              # (host, path)
        self.lock = threading.Lock()
        self.released = threading.Event()

        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                with host.lock:
                    host.requests.append((self.headers.get("Host"), self.path))
                try:
                    host.answer(self)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    self.close_connection = True

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass    # clients that give up are part of the tests

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def connect_to(self):
        return f"127.0.0.1:{self.port}"

    def add(self, signer):
        self.certificates[signer.name] = signer.pem

    def fetched(self, part):
        with self.lock:
            return [path for _, path in self.requests if part in path]

    def answer(self, request):
        confirming = "Action=ConfirmSubscription" in request.path
        behaviour = self.confirm_behaviour if confirming else self.behaviour
        if behaviour == "hang":
            self.released.wait(30)
            request.close_connection = True
            return
        if behaviour.isdigit():
            return self.send(request, int(behaviour), b"<html>no</html>")
        if behaviour == "redirect":
            return self.send(request, 302, b"", {"Location": f"https://127.0.0.1:{self.port}/elsewhere.pem"})
        if behaviour in ("html", "nonsense"):
            return self.send(request, 200, b"<html>Service unavailable</html>")
        if confirming:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
            arn = query["TopicArn"][0] + ":c7fe3a54-ab0e-4ec2-88e0-db410a0f2bee"
            return self.send(request, 200, (
                '<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
                f"<ConfirmSubscriptionResult><SubscriptionArn>{arn}</SubscriptionArn>"
                "</ConfirmSubscriptionResult></ConfirmSubscriptionResponse>").encode())
        pem = self.certificates.get(request.path.lstrip("/"))
        if pem is None:
            return self.send(request, 404, b"not here")
        if behaviour == "two":
            pem = pem + pem
        if behaviour == "huge":
            pem = pem + b"\n" * (4 << 20)
        if behaviour == "slow":
            time.sleep(1)
        return self.send(request, 200, pem)

    @staticmethod
    def send(request, status, body, headers=None):
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
