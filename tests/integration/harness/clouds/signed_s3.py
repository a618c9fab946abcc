# SPDX-License-Identifier: MIT
"""An S3 server in memory that is as strict as Amazon's: it checks signatures (signature.py) and
digests, keeps conditions, and can be told to fail."""

import email.utils
import hashlib
import http.server
import itertools
import re
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

from harness.clouds import signature

BUCKET = "radio"
REGION = "eu-test-1"
ACCESS_KEY = "AIRCHECKTESTKEY"
SECRET_KEY = "not/a+real=secret"


class Object:
    def __init__(self, body, etag):
        self.body = body
        self.etag = f'"{etag}"'
        self.modified = time.time()


class SignedS3:
    """`faults`: statuses and codes to answer the next requests with. `opaque_etags`: as with
    encryption by a key service. `conditions`: whether they are kept."""

    keeps_conditions = True
    keeps_only_what_is_whole = True

    def __init__(self, folder=None, tls=None):
        self.objects = {}
        self.uploads = {}  # id -> (key, {number: (body, etag)})
        self.requests = []
        self.faults = []
        self.opaque_etags = False
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self._tls = tls
        self._server = None
        self.port = 0

    def start(self):
        handler = type("Bound", (Handler,), {"s3": self})
        self._server = Listener(("127.0.0.1", self.port), handler)
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True,
                         kwargs={"poll_interval": 0.05}).start()

    def stop(self):
        if self._server:
            self._server.shutdown()
            self._server.close_all()
            self._server = None

    close = stop

    def cloud(self, port=None, **options):
        scheme = "https" if self._tls else "http"
        return {"service": "s3", "endpoint": f"{scheme}://127.0.0.1:{port or self.port}",
                "bucket": BUCKET, "region": REGION, "access_key_id": ACCESS_KEY,
                "secret_access_key": SECRET_KEY, **options}

    def change(self, key, body):
        self.store(key, body)

    def lose(self, key):
        del self.objects[key]

    def store(self, key, body, etag=None):
        etag = etag or hashlib.md5(body).hexdigest()
        if self.opaque_etags:
            etag = hashlib.md5(b"sealed" + etag.encode()).hexdigest()
        self.objects[key] = Object(body, etag)
        return self.objects[key]


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *arguments):
        self._clients = set()
        super().__init__(*arguments)

    def process_request(self, request, client_address):
        self._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._clients.discard(request)
        super().shutdown_request(request)

    def close_all(self):
        self.server_close()
        for client in list(self._clients):
            super().shutdown_request(client)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # which is a client that has left
            super().handle_error(request, client_address)


class Failure(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    s3 = None
    wbufsize = 1 << 16

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_xml(self, root, inner, status=200):
        self.answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n'
                            f"<{root}>{inner}</{root}>".encode(), Content_Type="application/xml")

    def handle_expect_100(self):
        # Refused before the body is sent, as it should be.
        try:
            self.check()
        except Failure as failure:
            self.refuse(failure, body_is_read=False)
            self.close_connection = True
            return False
        answered = super().handle_expect_100()
        self.wfile.flush()
        return answered

    def refuse(self, failure, body_is_read=True):
        self.send_response(failure.status)
        body = (f"<Error><Code>{failure.code}</Code><Message>about {SECRET_KEY}</Message>"
                f"<AWSAccessKeyId>{ACCESS_KEY}</AWSAccessKeyId></Error>").encode()
        self.send_header("Content-Length", str(len(body)))
        if not body_is_read:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def check(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            signature.check(self.command, self.path, headers, ACCESS_KEY, SECRET_KEY, REGION)
        except signature.Refused as refused:
            raise Failure(403, str(refused)) from None
        path, _, query = self.path.partition("?")
        path = urllib.parse.unquote(path)
        if not self.headers["Host"].startswith(BUCKET + "."):
            if path.split("/")[1] != BUCKET:
                raise Failure(404, "NoSuchBucket")
            path = path.removeprefix(f"/{BUCKET}")
        self.key = path[1:]
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def serve(self):
        self.s3.requests.append((self.command, self.path))
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if len(body) < int(self.headers.get("Content-Length", 0)):
                raise Failure(400, "IncompleteBody")
            if self.s3.faults:
                raise Failure(*self.s3.faults.pop(0))
            self.check()
            said = self.headers.get("x-amz-content-sha256")
            if said not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
                raise Failure(400, "XAmzContentSHA256Mismatch")
            with self.s3.lock:
                getattr(self, f"on_{self.command.lower()}")(body)
        except Failure as failure:
            self.refuse(failure)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    def on_put(self, body):
        if "partNumber" in self.query:
            etag = f'"{hashlib.md5(body).hexdigest()}"'
            self.upload()[int(self.query["partNumber"])] = (body, etag)
            return self.answer(200, ETag=etag)
        there = self.s3.objects.get(self.key)
        if self.s3.keeps_conditions:
            if self.headers.get("If-None-Match") == "*" and there:
                raise Failure(412, "PreconditionFailed")
            match = self.headers.get("If-Match")
            if match and (not there or there.etag != match):
                raise Failure(412 if there else 404, "PreconditionFailed")
        return self.answer(200, ETag=self.s3.store(self.key, body).etag)

    def upload(self):
        key, parts = self.s3.uploads.get(self.query["uploadId"], (None, None))
        if key != self.key:
            raise Failure(404, "NoSuchUpload")
        return parts

    def on_post(self, body):
        if "uploads" in self.query:
            upload = f"up/load+{next(self.s3.ids)}=="
            self.s3.uploads[upload] = (self.key, {})
            return self.answer_xml("InitiateMultipartUploadResult",
                                   f"<UploadId>{upload}</UploadId>")
        parts = self.upload()
        named = re.findall(rb"<PartNumber>(\d+)</PartNumber><ETag>([^<]+)</ETag>", body)
        wanted = [(number, etag) for number, (_, etag) in sorted(parts.items())]
        if [(int(number), etag.decode().replace("&quot;", '"')) for number, etag in named] != wanted:
            raise Failure(400, "InvalidPart")
        digests = b"".join(bytes.fromhex(etag.strip('"')) for _, etag in wanted)
        whole = b"".join(parts[number][0] for number, _ in wanted)
        stored = self.s3.store(self.key, whole,
                               f"{hashlib.md5(digests).hexdigest()}-{len(wanted)}")
        del self.s3.uploads[self.query["uploadId"]]
        return self.answer_xml("CompleteMultipartUploadResult",
                               f"<ETag>{escape(stored.etag)}</ETag>")

    def on_delete(self, _):
        if "uploadId" in self.query:
            self.upload()
            del self.s3.uploads[self.query["uploadId"]]
        else:
            self.s3.objects.pop(self.key, None)
        self.answer(204)

    def on_get(self, _):
        if not self.key:
            return self.on_list()
        there = self.s3.objects.get(self.key)
        if not there:
            raise Failure(404, "NoSuchKey")
        headers = {"ETag": there.etag,
                   "Last_Modified": email.utils.formatdate(there.modified, usegmt=True)}
        size = len(there.body)
        if "Range" not in self.headers:
            return self.answer(200, there.body, Content_Length=str(size), **headers)
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        if first >= size:
            raise Failure(416, "InvalidRange")
        last = min(last, size - 1)
        return self.answer(206, there.body[first:last + 1], **headers,
                           Content_Range=f"bytes {first}-{last}/{size}")

    on_head = on_get

    def on_list(self):
        prefix = self.query.get("prefix", "")
        if "uploads" in self.query:
            return self.answer_xml("ListMultipartUploadsResult", "".join(
                f"<Upload><Key>{escape(key)}</Key><UploadId>{upload}</UploadId></Upload>"
                for upload, (key, _) in self.s3.uploads.items() if key.startswith(prefix)))
        assert self.query["list-type"] == "2" and self.query["encoding-type"] == "url"
        after = self.query.get("continuation-token", "")
        keys = sorted(key for key in self.s3.objects if key.startswith(prefix) and key > after)
        count = int(self.query["max-keys"])
        page, more = keys[:count], keys[count:]
        inner = "<EncodingType>url</EncodingType>"
        for key in page:
            there = self.s3.objects[key]
            modified = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(there.modified))
            inner += (f"<Contents><Key>{urllib.parse.quote(key)}</Key>"
                      f"<LastModified>{modified}</LastModified><ETag>{escape(there.etag)}</ETag>"
                      f"<Size>{len(there.body)}</Size></Contents>")
        inner += f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        if more:
            inner += f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>"
        return self.answer_xml("ListBucketResult", inner)
