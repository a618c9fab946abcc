// SPDX-License-Identifier: MIT
#pragma once

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/keys.h"
#include "common/config/problems.h"

namespace aircheck::config {

/// One key of a map as it stands in the file.
struct Entry {
    std::string name;
    std::string path;  // dotted, as in problems
    YAML::Node value;
    YAML::Mark mark;  // of the key
};

/// Well-formed UTF-8 without control characters, which would reach headers, logs and C strings.
bool IsPlain(std::string_view text);

/// The entries of a map. Reports keys that are no scalars or stand twice, and leaves them out.
std::vector<Entry> EntriesOf(const YAML::Node& map, const std::string& path, Problems* problems);

/// The text of a scalar; reports everything else, naming what was `expected`.
std::optional<std::string> ScalarOf(const Entry& entry, std::string_view expected,
                                    Problems* problems);

/// Where its value stands; of a key without one, the key.
YAML::Mark MarkOf(const Entry& entry);

/// "a list", "a map", "nothing" for messages about nodes of the wrong kind.
std::string_view KindOf(const YAML::Node& node);

/// What a key takes from a node: its one scalar, or those of its list or map. Reports nodes of
/// the wrong kind; nullopt if there is nothing to take.
struct NodeItem {
    std::string name;
    std::string text;
    std::string path;
    YAML::Mark mark;
};
std::optional<std::vector<NodeItem>> ItemsOf(const Entry& entry, Shape shape,
                                             std::string_view expected, Problems* problems);

/// Where the keys that were given stand.
using GivenKeys = std::map<std::string, YAML::Mark, std::less<>>;

/// Applies one entry to `target` if the table has a key of that name. False: it has none.
template <typename Target>
bool Apply(std::span<const Key<Target>> keys, const Entry& entry, Target& target, GivenKeys* given,
           Problems* problems) {
    const auto key = std::ranges::find(keys, entry.name, &Key<Target>::name);
    if (key == keys.end()) return false;
    given->emplace(entry.name, entry.mark);
    const auto items = ItemsOf(entry, key->shape, key->expected, problems);
    if (!items) return true;
    if (items->empty() && key->shape == Shape::kMap) key->take(target, {});
    bool first = true;
    for (const auto& item : *items) {
        if (!key->take(target, {item.name, item.text, first})) {
            problems->Add(item.mark, item.path,
                          "expected " + std::string(key->expected) + ", not " + Quote(item.text));
        }
        first = false;
    }
    return true;
}

}  // namespace aircheck::config
