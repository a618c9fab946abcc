// SPDX-License-Identifier: MIT
#include "proto/handover.h"
#include "proto/messages.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace aircheck::proto;

void TryHandover(std::string_view json) {
    const auto first = DecodeHandover(json);
    if (!std::holds_alternative<Handover>(first)) return;
    const auto second = DecodeHandover(Encode(std::get<Handover>(first)));
    const auto* same = std::get_if<Handover>(&second);
    if (!same || *same != std::get<Handover>(first)) std::abort();
}

}  // namespace

// Input: the topic, a newline, the JSON. What decodes must come back equal from its own encoding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) return 0;
    TryHandover(input.substr(end + 1));
    const auto first = Decode(input.substr(0, end), input.substr(end + 1));
    if (!std::holds_alternative<Message>(first)) return 0;
    const auto& message = std::get<Message>(first);
    const auto second = Decode(Topic(message), Encode(message));
    if (!std::holds_alternative<Message>(second) || std::get<Message>(second) != message)
        std::abort();
    return 0;
}
