// SPDX-License-Identifier: MIT
#include "pruner/leases.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <span>
#include <utility>

#include "common/storage/origin.h"
#include "common/util/text.h"

namespace aircheck::pruner {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMaxLeaseBytes = 4096;
constexpr char kSuffix[] = ".json";

/// Of Unix seconds: the end of the year 9999.
constexpr std::int64_t kLatest = 253'402'300'799;

std::string KeyOf(const std::string& origin) {
    return Leases::kPrefix + origin + kSuffix;
}

std::string HostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::optional<std::string> Text(const json::object& fields, std::string_view name) {
    const json::value* value = fields.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return util::CleanUtf8(value->get_string());
}

}  // namespace

std::optional<Lease> Lease::Parse(std::string_view origin, std::string_view text) {
    boost::system::error_code error;
    const json::value parsed = json::parse(text, error);
    const json::object* fields = error ? nullptr : parsed.if_object();
    if (!fields) return std::nullopt;
    const auto of = Text(*fields, "origin");
    const auto holder = Text(*fields, "holder");
    const auto home = Text(*fields, "home");
    const json::value* until = fields->if_contains("until");
    if (of != origin || !holder || !home || !until || !until->is_int64() ||
        until->get_int64() < 0 || until->get_int64() > kLatest)
        return std::nullopt;
    return Lease{*of, *holder, *home, Text(*fields, "name").value_or(""),
                 time::SysTime(std::chrono::seconds{until->get_int64()})};
}

std::string Lease::Encode() const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(until).time_since_epoch().count();
    return json::serialize(json::object{{"origin", origin},
                                        {"holder", holder},
                                        {"home", home},
                                        {"name", name},
                                        {"until", seconds}});
}

std::string MachineId() {
    std::ifstream file("/etc/machine-id");
    std::string id;
    file >> id;
    const auto digest = cloud::Sha256Of("aircheck " + (id.empty() ? HostName() : id));
    return cloud::Hex(std::span(digest).first(8));
}

Leases::Leases(cloud::ObjectStore& store, const time::Clock& clock, Machine machine,
               config::Duration duration)
    : store_(store), clock_(clock), machine_(std::move(machine)), duration_(duration) {}

Leases::Stored Leases::Load(const std::string& origin) {
    const std::string key = KeyOf(origin);
    const auto found = store_.Find(key);
    if (!found) return {};
    Stored stored{std::nullopt, found->etag, found->modified};
    if (found->bytes > kMaxLeaseBytes) return stored;
    std::string text;
    store_.Read(key, 0, found->bytes, [&](std::span<const std::byte> bytes) {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    });
    stored.lease = Lease::Parse(origin, text);
    return stored;
}

bool Leases::IsLapsed(const Stored& stored) const {
    if (!stored.etag) return true;
    // One that nobody can read is as good as one that is not renewed.
    const auto until = stored.lease ? stored.lease->until : stored.modified + duration_;
    return until < clock_.Now();
}

bool Leases::Take(const std::string& origin, const Stored& stored, std::string home) {
    const auto until = clock_.Now() + duration_;
    const Lease lease{origin, machine_.id, std::move(home), machine_.name, until};
    if (!store_.PutIf(KeyOf(origin), lease.Encode(), stored.etag)) return false;
    held_[origin] = until;
    return true;
}

/// Renewed in good time: a machine that is not heard of for a while shall not lose it at once.
bool Leases::IsFresh(const std::string& origin) const {
    const auto held = held_.find(origin);
    return held != held_.end() && clock_.Now() + duration_ * 2 / 3 < held->second &&
           clock_.Now() + duration_ >= held->second;
}

bool Leases::Hold(const std::string& origin) {
    if (IsFresh(origin)) return true;
    held_.erase(origin);
    const Stored stored = Load(origin);
    // Who has taken it over has it only as long as nobody is at home.
    const auto& lease = stored.lease;
    const bool own = lease && (lease->holder == machine_.id || lease->home == machine_.id ||
                               lease->holder != lease->home);
    if ((own || IsLapsed(stored)) && Take(origin, stored, machine_.id)) return true;
    other_ = lease.value_or(Lease{.origin = origin});
    return false;
}

std::vector<std::string> Leases::Inherit(const std::string& own_origin) {
    std::vector<std::string> origins;
    store_.List(kPrefix, [&](const cloud::ObjectInfo& object) {
        std::string_view name = object.key;
        name.remove_prefix(sizeof kPrefix - 1);
        if (!name.ends_with(kSuffix)) return true;
        name.remove_suffix(sizeof kSuffix - 1);
        if (storage::IsOrigin(name) && name != own_origin) origins.emplace_back(name);
        return true;
    });
    std::erase_if(origins, [&](const std::string& origin) {
        if (IsFresh(origin)) return false;
        held_.erase(origin);
        const Stored stored = Load(origin);
        const bool own = stored.lease && stored.lease->holder == machine_.id;
        const std::string home = stored.lease ? stored.lease->home : "";
        // Where it was removed meanwhile, nobody wants it to be looked after.
        return !stored.etag || !(own || IsLapsed(stored)) || !Take(origin, stored, home);
    });
    return origins;
}

}  // namespace aircheck::pruner
