#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints a line for each heartbeat: tap.py [ENDPOINT]. Needs pyzmq (Debian: python3-zmq)."""

import json
import os
import sys

import zmq

endpoint = sys.argv[1] if len(sys.argv) > 1 else "ipc://" + os.path.expanduser("~/radio/run/tap")
tap = zmq.Context().socket(zmq.SUB)
tap.subscribe("heartbeat.")
tap.connect(endpoint)
while True:
    topic, text = tap.recv_multipart()
    beat = json.loads(text)
    print(f"{beat['name']}: beat {beat['seq']}, {beat['bytes']} bytes", flush=True)
