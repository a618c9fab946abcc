#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Prints a line for each heartbeat: tap.mjs [SOCKET]. Needs nothing but Node: what ZeroMQ speaks
// over a socket (ZMTP 3.0, https://rfc.zeromq.org/spec/23) is no more than this.
import net from "node:net";
import os from "node:os";

const MORE = 1, LONG = 2, COMMAND = 4;
const path = process.argv[2] ?? os.homedir() + "/radio/run/tap";

function frame(flags, body) {
  return Buffer.concat([Buffer.from([flags, body.length]), body]);
}

function greeting() {
  const bytes = Buffer.alloc(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3; // version
  bytes.write("NULL", 12); // no encryption
  return bytes;
}

// Takes the frame that `bytes` begins with, if it is all there.
function take(bytes) {
  const head = bytes[0] & LONG ? 9 : 2;
  if (bytes.length < head) return null;
  const size = head === 9 ? Number(bytes.readBigUInt64BE(1)) : bytes[1];
  if (bytes.length < head + size) return null;
  return { flags: bytes[0], body: bytes.subarray(head, head + size), rest: bytes.subarray(head + size) };
}

function obey(command) {
  const name = command.toString("latin1", 1, 1 + command[0]);
  if (name === "READY") socket.write(frame(0, Buffer.from("\x01heartbeat.")));
  // Behind the name of a PING, two bytes of time to live; what follows goes back.
  if (name === "PING") socket.write(frame(COMMAND, Buffer.concat([Buffer.from("\x04PONG"), command.subarray(7)])));
}

let bytes = Buffer.alloc(0);
let greeted = false;
let message = [];

const socket = net.connect(path, () => {
  socket.write(greeting());
  socket.write(frame(COMMAND, Buffer.from("\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB")));
});
socket.on("data", (chunk) => {
  bytes = Buffer.concat([bytes, chunk]);
  if (!greeted) {
    if (bytes.length < 64) return;
    bytes = bytes.subarray(64);
    greeted = true;
  }
  for (let next; (next = bytes.length > 1 ? take(bytes) : null); ) {
    bytes = next.rest;
    if (next.flags & COMMAND) {
      obey(next.body);
      continue;
    }
    message.push(next.body);
    if (next.flags & MORE) continue;
    const beat = JSON.parse(message[1]);
    console.log(`${beat.name}: beat ${beat.seq}, ${beat.bytes} bytes`);
    message = [];
  }
});
