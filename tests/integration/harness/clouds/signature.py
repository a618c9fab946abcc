# SPDX-License-Identifier: MIT
"""AWS Signature Version 4 checked by botocore, which signs each request anew."""

import datetime
import re
import urllib.parse

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
MAX_SKEW = datetime.timedelta(minutes=15)


class Refused(Exception):
    """With the code that S3 answers."""


def check(method, target, headers, access_key, secret_key, region):
    """Raises Refused for a request that is not signed as it should be. `headers`: names in lower
    case."""
    match = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not match:
        raise Refused("AccessDenied")
    user, day, in_region, signed, signature = match.groups()
    if user != access_key:
        raise Refused("InvalidAccessKeyId")
    if in_region != region:
        raise Refused("AuthorizationHeaderMalformed")
    timestamp = headers.get("x-amz-date", "")
    check_time(timestamp, day)
    names = signed.split(";")
    must = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if not must <= set(names) <= set(headers) or names != sorted(names):
        raise Refused("AccessDenied")
    if expected(method, target, {name: headers[name] for name in names}, timestamp,
                Credentials(access_key, secret_key), region) != signature:
        raise Refused("SignatureDoesNotMatch")


def check_time(timestamp, day):
    try:
        said = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise Refused("AccessDenied") from None
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    if abs(now - said) > MAX_SKEW or timestamp[:8] != day:
        raise Refused("RequestTimeTooSkewed")


def expected(method, target, headers, timestamp, credentials, region):
    """From what the request means, encoded anew, not from how it happens to be written."""
    path, _, query = target.partition("?")
    path = urllib.parse.quote(urllib.parse.unquote(path), safe="/~")
    parameters = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    request = AWSRequest(method, f"http://{headers['host']}{path}", headers, params=parameters)
    request.context["timestamp"] = timestamp
    auth = S3SigV4Auth(credentials, "s3", region)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return auth.signature(text, request)
