// SPDX-License-Identifier: MIT
#include "webapi/takeover/parcel.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/storage/paths.h"
#include "common/time/clock.h"

// Input: a message to a takeover socket. What is understood must come back equal; a connection
// made of it, with a socket and some files, must be one that can be handed on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aircheck;
    using namespace aircheck::webapi;
    static boost::asio::io_context loop;
    static CatalogReader reader{storage::Layout(std::filesystem::temp_directory_path() / "fuzz")};
    static SoundSource source(reader);
    static LiveHub hub(loop, time::SystemClock(), source);
    static const config::Config config;
    static const Vitals vitals{time::SystemClock()};
    static DiskUsage disk(loop, reader, {});
    static const Services services{
        config,    time::SystemClock(),         reader, source, hub, vitals, disk,
        "some-id", time::SystemClock().Steady()};
    static EventHub events(services);
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    static_cast<void>(DecodeHailAnswer(input));
    const auto decoded = DecodeHail(input);
    const auto* text = std::get_if<HailText>(&decoded);
    if (text == nullptr) return 0;
    const std::string encoded = Encode(text->hail);
    const auto again = DecodeHail(encoded);
    if (again.index() != 0 || std::get<HailText>(again).hail != text->hail) std::abort();

    std::vector<util::UniqueFd> files;
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return 0;
    for (const int end : ends) files.emplace_back(end);
    auto unpacked = Unpack(*text, std::move(files), {hub, source, time::SystemClock(), events});
    if (auto* standing = std::get_if<Standing>(&unpacked)) {
        if (!Pack(*standing)) std::abort();
    }
    return 0;
}
