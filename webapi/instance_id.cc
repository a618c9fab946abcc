// SPDX-License-Identifier: MIT
#include "webapi/instance_id.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <fstream>
#include <sstream>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

std::string ReadFile(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// When it was started, in clock ticks since boot: field 22 of proc(5)'s stat.
std::string StartOf(int pid) {
    const std::string stat = ReadFile(fmt::format("/proc/{}/stat", pid));
    const std::size_t paren = stat.rfind(')');  // the name before it may hold anything
    if (paren == std::string::npos) return {};
    const auto fields = util::Split(std::string_view(stat).substr(paren + 1), ' ');
    constexpr std::size_t start_field = 22 - 2;
    return fields.size() > start_field ? std::string(fields[start_field]) : std::string();
}

}  // namespace

std::string InstanceId(int pid) {
    const std::string boot = ReadFile("/proc/sys/kernel/random/boot_id");
    boost::uuids::uuid name_space{};
    if (const auto text = util::Trim(boot); text.size() == 36) {
        name_space = boost::uuids::string_generator()(text.begin(), text.end());
    }
    const boost::uuids::name_generator_sha1 generate(name_space);
    return boost::uuids::to_string(generate(fmt::format("{}:{}", pid, StartOf(pid))));
}

}  // namespace aircheck::webapi
