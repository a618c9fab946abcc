// SPDX-License-Identifier: MIT
// store_driver CONFIG [CONNECT_MS STALL_MS BYTES_PER_SECOND PART_BYTES PAGE]: does with the
// configured cloud what lines of JSON on standard input say, and answers each with one. SIGUSR1 is
// the quit flag.

#include <boost/json.hpp>

#include <fcntl.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "common/cloud/open_store.h"
#include "common/config/config.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace {

using namespace aircheck;
namespace json = boost::json;

std::atomic<bool> quit = false;

std::string Text(const json::object& order, const char* name) {
    return std::string(order.at(name).as_string());
}

std::uint64_t Number(const json::object& order, const char* name) {
    return order.at(name).to_number<std::uint64_t>();
}

json::object Describe(const cloud::ObjectInfo& info) {
    return {{"key", info.key},
            {"bytes", info.bytes},
            {"etag", info.etag},
            {"modified", time::ToUnixSeconds(info.modified)}};
}

json::value Describe(const std::optional<cloud::ObjectInfo>& info) {
    return info ? json::value(Describe(*info)) : json::value(nullptr);
}

/// With "digest_of", the digest is that of another file.
json::value Put(cloud::ObjectStore& store, const json::object& order) {
    const auto path = Text(order, "file");
    const util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto other = order.contains("digest_of") ? Text(order, "digest_of") : path;
    const util::UniqueFd digested(::open(other.c_str(), O_RDONLY | O_CLOEXEC));
    const auto bytes = std::filesystem::file_size(path);
    const auto digests = cloud::DigestsOf(digested.get(), 0, std::filesystem::file_size(other));
    const auto began = std::chrono::steady_clock::now();
    auto answer = Describe(store.Put(Text(order, "key"), file.get(), bytes, digests));
    answer["seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return answer;
}

json::value Read(cloud::ObjectStore& store, const json::object& order) {
    cloud::Hasher<cloud::Sha256> hasher;
    std::uint64_t bytes = 0;
    std::string error;
    try {
        store.Read(Text(order, "key"), Number(order, "offset"), Number(order, "size"),
                   [&](std::span<const std::byte> data) {
                       hasher.Add(data);
                       bytes += data.size();
                       if (order.contains("throw")) throw std::runtime_error("the sink is full");
                   });
    } catch (const cloud::CloudError& failed) {
        return json::object{
            {"error", cloud::KindText(failed.kind())}, {"what", failed.what()}, {"bytes", bytes}};
    }
    return json::object{{"bytes", bytes}, {"sha256", cloud::Hex(hasher.Finish())}};
}

json::value List(cloud::ObjectStore& store, const json::object& order) {
    json::array found;
    const auto most = order.contains("most") ? Number(order, "most") : ~std::uint64_t{};
    store.List(Text(order, "prefix"), [&](const cloud::ObjectInfo& info) {
        found.push_back(Describe(info));
        return found.size() < most;
    });
    return found;
}

json::value PutIf(cloud::ObjectStore& store, const json::object& order) {
    std::optional<std::string> etag;
    if (order.contains("etag")) etag = Text(order, "etag");
    return Describe(store.PutIf(Text(order, "key"), Text(order, "body"), etag));
}

json::value Matches(cloud::ObjectStore& store, const json::object& order) {
    const auto path = Text(order, "file");
    const util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto bytes = std::filesystem::file_size(path);
    return store.Matches(Text(order, "key"), bytes, cloud::Sha256Of(file.get(), bytes));
}

json::value Do(cloud::ObjectStore& store, const json::object& order) {
    const auto what = Text(order, "do");
    if (what == "put") return Put(store, order);
    if (what == "find") return Describe(store.Find(Text(order, "key")));
    if (what == "read") return Read(store, order);
    if (what == "list") return List(store, order);
    if (what == "put_if") return PutIf(store, order);
    if (what == "matches") return Matches(store, order);
    if (what == "remove") {
        store.Remove(Text(order, "key"));
        return true;
    }
    throw std::runtime_error("cannot do " + what);
}

json::value Answer(const std::function<cloud::ObjectStore&()>& store, const json::object& order) {
    try {
        return Do(store(), order);
    } catch (const cloud::CloudError& error) {
        return json::object{{"error", cloud::KindText(error.kind())}, {"what", error.what()}};
    } catch (const std::exception& error) {
        return json::object{{"error", "exception"}, {"what", util::DescribeException(error)}};
    }
}

void Serve(const config::CloudConfig& config, const cloud::StoreOptions& options) {
    std::unique_ptr<cloud::ObjectStore> opened;
    const auto store = [&]() -> cloud::ObjectStore& {
        if (!opened) opened = cloud::OpenStore(config, options);
        return *opened;
    };
    std::string line;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        if (c != '\n') {
            line += static_cast<char>(c);
            continue;
        }
        std::puts(json::serialize(Answer(store, json::parse(line).as_object())).c_str());
        std::fflush(stdout);
        line.clear();
    }
}

}  // namespace

int main(int argc, char** argv) {
    struct sigaction action {};
    action.sa_handler = [](int) { quit = true; };
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);

    const auto loaded = config::Load(argc > 1 ? argv[1] : "aircheck.yaml");
    for (const auto& problem : loaded.problems)
        std::fprintf(stderr, "%s\n", problem.Text().c_str());
    if (!loaded.ok() || !loaded.config.cloud) return 1;
    cloud::StoreOptions options;
    options.quit = &quit;
    if (argc > 2) options.connect_timeout = std::chrono::milliseconds{std::atoi(argv[2])};
    if (argc > 3) options.stall_timeout = std::chrono::milliseconds{std::atoi(argv[3])};
    if (argc > 4) options.bytes_per_second = static_cast<std::uint64_t>(std::atoll(argv[4]));
    if (argc > 5) options.part_bytes = static_cast<std::uint64_t>(std::atoll(argv[5]));
    if (argc > 6) options.page = std::atoi(argv[6]);
    Serve(*loaded.config.cloud, options);
    return 0;
}
