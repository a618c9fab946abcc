# SPDX-License-Identifier: MIT
"""What the page shows of sound that has gone to the cloud, and that it is heard from there."""

import datetime

import pytest
from harness.clouds.signed_s3 import SignedS3
from harness.past import Past
from harness.wait import wait_for

AGO = 7200
SECONDS = 300

# Whether a colour is in the strip of all that is kept, in the middle of what was recorded.
SHOWS = """
const [share, name] = given;
const strip = document.querySelector('.overview canvas');
const probe = document.createElement('i');
probe.style.color = `var(--tape-${name})`;
document.body.append(probe);
const colour = getComputedStyle(probe).color;
probe.remove();
const column = Math.round(share * strip.width);
const {data} = strip.getContext('2d').getImageData(column, strip.height >> 1, 1, 1);
return `rgb(${data[0]}, ${data[1]}, ${data[2]})` == colour;
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    server = SignedS3(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.close()


def test_the_cloud_is_seen_and_heard(radio, aircheck, cloud, page, tmp_path):
    instance = aircheck({"clock": {"stream": radio.url("mp3")}}, cloud=cloud.cloud(),
                        disk_archive="1h", cloud_archive="14d")
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    begin = now - datetime.timedelta(seconds=AGO)
    past = Past(instance, tmp_path, SECONDS)
    past.record("clock", begin, SECONDS)
    past.make_known()
    instance.start()
    instance.wait_recording("clock")
    wait_for(lambda: instance.rows("SELECT 1 FROM segment WHERE state = 'uploaded'"), 60,
             "what is old is in the cloud")

    page.load(instance.port)
    middle = SECONDS / 2 / AGO
    page.wait(SHOWS, "the strip shows that it is in the cloud", middle, "cloud")
    assert not page.run(SHOWS, middle, "ribbon")
    page.load(instance.port, f"#clock@{begin:%Y%m%dT%H%M%SZ}")
    page.show_span("10 min")
    page.click(".transport button", "Play")
    page.wait_playing()
    page.picture("cloud")

    page.click(".tools button", "Operate")
    page.wait("return document.querySelector('.cloud-state')?.innerText == 'The cloud works'",
              "the cloud's state", timeout=60)
