// SPDX-License-Identifier: MIT
// What tests/bench/heartbeats compares the supervisor with: messages of a ROUTER out of an XPUB,
// without a look at them.
#include <zmq.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: zmq-forward ROUTER-ENDPOINT XPUB-ENDPOINT\n", stderr);
        return 2;
    }
    zmq::context_t context;
    zmq::socket_t router(context, zmq::socket_type::router);
    zmq::socket_t xpub(context, zmq::socket_type::xpub);
    xpub.set(zmq::sockopt::sndhwm, 10'000);  // as the supervisor's tap on tcp has it
    router.bind(argv[1]);
    xpub.bind(argv[2]);
    for (;;) {
        zmq::message_t identity;
        zmq::message_t topic;
        zmq::message_t json;
        if (!router.recv(identity) || !router.recv(topic) || !router.recv(json)) return 1;
        xpub.send(topic, zmq::send_flags::sndmore);
        xpub.send(json, zmq::send_flags::none);
    }
}
