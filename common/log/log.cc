// SPDX-License-Identifier: MIT
#include "common/log/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace aircheck::log {

void SetUp(const std::string& process) {
    auto logger = std::make_shared<spdlog::logger>(
        process, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %n %l: %v", spdlog::pattern_time_type::utc));
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
    // A message that cannot be formatted must never take a process down with it.
    spdlog::set_error_handler([](const std::string& text) noexcept {
        std::fprintf(stderr, "log message lost: %s\n", text.c_str());
    });
}

bool SetLevel(std::string_view level) {
    if (level != "debug" && level != "info" && level != "warn" && level != "error") return false;
    spdlog::set_level(spdlog::level::from_str(std::string(level)));
    return true;
}

}  // namespace aircheck::log
