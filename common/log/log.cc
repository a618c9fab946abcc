// SPDX-License-Identifier: MIT
#include "common/log/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

namespace aircheck::log {

namespace {

std::unique_ptr<spdlog::formatter> MakeFormatter() {
    return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %n %l: %v",
                                                       spdlog::pattern_time_type::utc);
}

class CallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit CallbackSink(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        take_({line.data(), line.size()});
    }
    void flush_() override {}

    const std::function<void(std::string_view)> take_;
};

}  // namespace

void SetUp(const std::string& process) {
    auto logger = std::make_shared<spdlog::logger>(
        process, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(MakeFormatter());
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
    // A message that cannot be formatted must never take a process down with it.
    spdlog::set_error_handler([](const std::string& text) noexcept {
        std::fprintf(stderr, "log message lost: %s\n", text.c_str());
    });
}

void AlsoTo(std::function<void(std::string_view line)> take) {
    auto sink = std::make_shared<CallbackSink>(std::move(take));
    sink->set_formatter(MakeFormatter());
    spdlog::default_logger_raw()->sinks().push_back(std::move(sink));
}

bool SetLevel(std::string_view level) {
    if (level != "debug" && level != "info" && level != "warn" && level != "error") return false;
    spdlog::set_level(spdlog::level::from_str(std::string(level)));
    return true;
}

}  // namespace aircheck::log
