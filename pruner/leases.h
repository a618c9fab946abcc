// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cloud/object_store.h"
#include "common/config/config.h"
#include "common/time/clock.h"

namespace aircheck::pruner {

/// Who may delete objects of an origin: an object `leases/{origin}.json` in the cloud.
struct Lease {
    std::string origin;
    std::string holder;   // the machine that may
    std::string home;     // the machine that makes the origin's recordings
    std::string name;     // of the holder, for people
    time::SysTime until;  // when it must be renewed

    /// Nullopt for what is no lease of that origin.
    static std::optional<Lease> Parse(std::string_view origin, std::string_view json);
    std::string Encode() const;

    bool operator==(const Lease&) const = default;
};

/// An id that this machine has and no other, from which its own ids cannot be told.
std::string MachineId();

/// The rights of one machine over the objects of a shared cloud. A right lapses when its holder is
/// not heard of for the time of a lease: then others may take it over. The machine at home gets it
/// back as soon as it asks. One thread, which blocks; throws CloudError.
class Leases {
public:
    static constexpr char kPrefix[] = "leases/";

    struct Machine {
        std::string id;
        std::string name;
    };

    /// `clock` and `store` outlive this.
    Leases(cloud::ObjectStore& store, const time::Clock& clock, Machine machine,
           config::Duration duration);

    /// Whether this machine, which makes the recordings of that origin, may delete its objects:
    /// takes the right or renews it. Asks the cloud only now and then.
    bool Hold(const std::string& origin);

    /// The next Hold asks the cloud.
    void Forget() { held_.clear(); }

    /// The origins of other machines whose rights have lapsed or are this machine's already: taken
    /// over, renewed.
    std::vector<std::string> Inherit(const std::string& own_origin);

    /// Who held it when Hold said no.
    const Lease& other() const { return other_; }

private:
    struct Stored {
        std::optional<Lease> lease;  // nullopt: there is none, or it is none
        std::optional<std::string> etag;
        time::SysTime modified;
    };

    Stored Load(const std::string& origin);
    bool IsLapsed(const Stored& stored) const;
    bool Take(const std::string& origin, const Stored& stored, std::string home);
    bool IsFresh(const std::string& origin) const;

    cloud::ObjectStore& store_;
    const time::Clock& clock_;
    const Machine machine_;
    const config::Duration duration_;
    std::map<std::string, time::SysTime> held_;  // until when, by origin
    Lease other_;
};

}  // namespace aircheck::pruner
