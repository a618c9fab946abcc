// SPDX-License-Identifier: MIT
#include "common/zmtp/router.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "common/zmtp/server.h"

namespace aircheck::zmtp {
namespace {

constexpr std::array<std::string_view, 3> kPeers{"DEALER", "REQ", "ROUTER"};

}  // namespace

struct Router::State final : Server {
    State(boost::asio::io_context& io, Events given)
        : Server(io, {.type = "ROUTER", .peers = kPeers},
                 {.frames = Router::kMaxFrames, .bytes = Router::kMaxBytes}, 2 * Router::kMaxBytes),
          events(std::move(given)) {}

    bool Send(std::string_view identity, Frames frames);

    void OnReady(Connection& peer) override;
    void OnMessage(Connection& peer, Frames frames) override {
        events.on_message(peer.identity, frames);
    }
    void OnEnd(Connection& peer) override;
    void OnRefused(const std::string& reason) override { events.on_refused(reason); }

    const Events events;
    std::map<std::string, Connection*, std::less<>> named;
    std::uint32_t last_name = 0;
};

Router::Router(boost::asio::io_context& loop, Events events)
    : state_(std::make_shared<State>(loop, std::move(events))) {
    state_->Start();
}

Router::~Router() {
    state_->Close();
}

void Router::Bind(const std::string& endpoint) {
    state_->Bind(endpoint);
}

bool Router::Send(std::string_view identity, Frames frames) {
    return state_->Send(identity, frames);
}

bool Router::State::Send(std::string_view identity, Frames frames) {
    const auto named_so = named.find(identity);
    if (named_so == named.end() || !Takes(*named_so->second)) return false;
    Connection& peer = *named_so->second;
    AppendMessage(peer.unsent, frames);
    SendQueued(peer);
    return !peer.deaf;
}

void Router::State::OnReady(Connection& peer) {
    if (peer.identity.empty()) {
        ++last_name;
        peer.identity.assign(1, '\0').append(std::to_string(last_name));
    }
    const auto [place, is_new] = named.try_emplace(peer.identity, &peer);
    if (is_new) return;
    Connection& older = *std::exchange(place->second, &peer);
    End(older);
}

void Router::State::OnEnd(Connection& peer) {
    const auto place = named.find(peer.identity);
    if (place != named.end() && place->second == &peer) named.erase(place);
}

}  // namespace aircheck::zmtp
