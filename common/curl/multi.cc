// SPDX-License-Identifier: MIT
#include "common/curl/multi.h"

#include "common/util/error.h"
#include "common/util/unique_fd.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

namespace aircheck::curl {
namespace {

namespace asio = boost::asio;

// So many sockets at a stretch, then the loop's other handlers have their turn.
constexpr int kEventsAtOnce = 256;

// Likewise for one socket that is filled as fast as it is read.
constexpr long kBytesAtOnce = 1 << 20;

long BytesWaiting(curl_socket_t socket) {
    int bytes = 0;
    return ::ioctl(socket, FIONREAD, &bytes) == 0 ? bytes : 0;
}

util::UniqueFd CreateEpoll() {
    util::UniqueFd fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!fd) util::ThrowErrno("cannot create an epoll set");
    return fd;
}

}  // namespace

struct Multi::State : std::enable_shared_from_this<State> {
    explicit State(asio::io_context& loop)
        : owner(curl_multi_init()), multi(owner.get()), epoll(loop), timer(loop) {
        if (multi == nullptr) throw std::bad_alloc();
        util::UniqueFd set = CreateEpoll();
        epoll.assign(set.get());
        set.release();
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::OnSocket);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::OnTimer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { Close(); }

    void Close() noexcept {
        if (std::exchange(closed, true)) return;
        for (const auto& [easy, transfer] : running) curl_multi_remove_handle(multi, easy);
        owner.reset();
        const auto dropped_running = std::exchange(running, {});
        const auto dropped_finished = std::exchange(finished, {});
        boost::system::error_code ignored;
        epoll.close(ignored);
        timer.cancel();
    }

    void Add(CURL* easy, Done&& done) {
        const auto [entry, is_new] = running.try_emplace(easy, Transfer{std::move(done)});
        if (!is_new) throw std::logic_error("this transfer is running");
        if (const CURLMcode code = curl_multi_add_handle(multi, easy); code != CURLM_OK) {
            running.erase(entry);
            throw std::runtime_error(std::string("cannot start a transfer: ") +
                                     curl_multi_strerror(code));
        }
    }

    // What a handler holds may itself call here when it goes: it goes last.
    void Remove(CURL* easy) noexcept {
        Done dropped;
        for (Finished& f : finished) {
            if (f.easy == easy) dropped = std::exchange(f.done, nullptr);
        }
        const auto entry = running.extract(easy);
        if (entry) curl_multi_remove_handle(multi, easy);
    }

    // Waiting is armed anew each time, which makes asio look at the set as it is: what one stretch
    // left over is seen by the next.
    void WaitForSockets() {
        epoll.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || self->closed) return;
                             self->ServeSockets();
                             if (!self->closed) self->WaitForSockets();
                         });
    }

    void ServeSockets() {
        std::array<epoll_event, kEventsAtOnce> events;
        const int count = ::epoll_wait(epoll.native_handle(), events.data(), kEventsAtOnce, 0);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            int what = 0;
            if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
            if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
            if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
            Act(event.data.fd, what);
        }
        TellFinished();
    }

    /// Answers how many transfers are still running then.
    std::size_t Act(curl_socket_t socket, int what) noexcept {
        int still_running = 0;
        curl_multi_socket_action(multi, socket, what, &still_running);
        return static_cast<std::size_t>(std::max(still_running, 0));
    }

    bool Gather(CURL* easy, int bytes) noexcept {
        const auto entry = running.find(easy);
        if (entry == running.end()) return false;
        Transfer& transfer = entry->second;
        transfer.gathered =
            ::setsockopt(transfer.socket, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes) == 0;
        return transfer.gathered;
    }

    void Receive(CURL* easy) {
        const auto entry = running.find(easy);
        if (entry == running.end() || !entry->second.gathered) return;
        const curl_socket_t socket = entry->second.socket;
        std::size_t still_running = running.size();
        // libcurl reads once, for the kernel says that there is not enough to be had.
        long waiting = std::min(BytesWaiting(socket), kBytesAtOnce);
        for (; waiting > 0 && still_running == running.size(); waiting -= kReadBytes)
            still_running = Act(socket, CURL_CSELECT_IN);
        if (still_running == running.size()) return;
        asio::post(epoll.get_executor(), [self = shared_from_this()] {
            if (!self->closed) self->TellFinished();
        });
    }

    // All are taken out first: a handler may add, remove and destroy what it likes.
    void TellFinished() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            // Taking the handle out frees the message.
            CURL* easy = message->easy_handle;
            const CURLcode result = message->data.result;
            curl_multi_remove_handle(multi, easy);
            if (auto entry = running.extract(easy))
                finished.push_back({easy, result, std::move(entry.mapped().done)});
        }
        while (!closed && !finished.empty()) {
            const Finished next = std::move(finished.front());
            finished.pop_front();
            if (next.done) next.done(next.result);
        }
    }

    void Remember(CURL* easy, curl_socket_t socket, bool watched) noexcept {
        const auto entry = running.find(easy);
        if (entry == running.end()) return;
        Transfer& transfer = entry->second;
        if (!watched && transfer.socket != socket) return;
        if (transfer.socket != socket) transfer.gathered = false;
        transfer.socket = watched ? socket : CURL_SOCKET_BAD;
    }

    static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* user, void*) noexcept {
        auto* self = static_cast<State*>(user);
        self->Remember(easy, socket, what != CURL_POLL_REMOVE);
        const int set = self->epoll.native_handle();
        if (what == CURL_POLL_REMOVE) {
            // It may be closed already, and has then left the set by itself.
            ::epoll_ctl(set, EPOLL_CTL_DEL, socket, nullptr);
            return 0;
        }
        epoll_event event{};
        if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
        if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
        event.data.fd = socket;
        if (::epoll_ctl(set, EPOLL_CTL_MOD, socket, &event) == 0) return 0;
        if (errno != ENOENT) return -1;
        return ::epoll_ctl(set, EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : -1;
    }

    static int OnTimer(CURLM*, long timeout_ms, void* user) noexcept {
        auto* self = static_cast<State*>(user);
        if (self->closed) return 0;
        try {
            self->SetTimer(timeout_ms);
            return 0;
        } catch (...) {
            return -1;
        }
    }

    void SetTimer(long timeout_ms) {
        if (timeout_ms < 0) {
            timer.cancel();
            return;
        }
        timer.expires_after(std::chrono::milliseconds(timeout_ms));
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (error || self->closed) return;
            self->Act(CURL_SOCKET_TIMEOUT, 0);
            self->TellFinished();
        });
    }

    struct Transfer {
        Done done;
        curl_socket_t socket = CURL_SOCKET_BAD;  // the one being watched
        bool gathered = false;
    };

    struct Finished {
        CURL* easy;
        CURLcode result;
        Done done;
    };

    struct Cleanup {
        void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
    };

    std::unique_ptr<CURLM, Cleanup> owner;
    CURLM* const multi;
    asio::posix::stream_descriptor epoll;
    asio::steady_timer timer;
    std::unordered_map<CURL*, Transfer> running;
    std::deque<Finished> finished;
    bool closed = false;
};

Multi::Multi(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {
    state_->WaitForSockets();
}

Multi::~Multi() {
    state_->Close();
}

void Multi::Add(Easy& easy, Done done) {
    state_->Add(easy.get(), std::move(done));
}

void Multi::Remove(Easy& easy) noexcept {
    state_->Remove(easy.get());
}

bool Multi::Gather(Easy& easy, int bytes) noexcept {
    return state_->Gather(easy.get(), bytes);
}

void Multi::Receive(Easy& easy) {
    state_->Receive(easy.get());
}

}  // namespace aircheck::curl
