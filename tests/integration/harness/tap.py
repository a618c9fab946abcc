# SPDX-License-Identifier: MIT
import json
import time

import zmq


class Tap:
    """An outside listener on the monitoring tap."""

    def __init__(self, endpoint, topics):
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        for topic in topics:
            self._socket.setsockopt(zmq.SUBSCRIBE, topic.encode())
        self._socket.connect(endpoint)

    def receive(self, timeout):
        """(topic, message), or None after `timeout` seconds."""
        if not self._socket.poll(max(0, timeout) * 1000):
            return None
        topic, message = self._socket.recv_multipart()
        return topic.decode(), json.loads(message)

    def until(self, condition, timeout):
        """The first message for which `condition(topic, message)` holds."""
        end = time.monotonic() + timeout
        seen = []
        while got := self.receive(end - time.monotonic()):
            if condition(*got):
                return got
            seen.append(got)
        raise AssertionError(f"not on the tap within {timeout} s; the last were {seen[-3:]}")

    def close(self):
        self._socket.close()
