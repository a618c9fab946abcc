// SPDX-License-Identifier: MIT
#include "common/config/section.h"

#include "common/util/text.h"

namespace aircheck::config {
namespace {

std::string Join(const std::string& path, std::string_view name) {
    return path.empty() ? Shorten(name) : path + "." + Shorten(name);
}

void ReportKind(const Entry& entry, std::string_view expected, Problems* problems) {
    problems->Add(
        MarkOf(entry), entry.path,
        "expected " + std::string(expected) + ", not " + std::string(KindOf(entry.value)));
}

std::optional<std::vector<NodeItem>> MapItems(const Entry& entry, Problems* problems) {
    std::vector<NodeItem> items;
    for (const auto& inner : EntriesOf(entry.value, entry.path, problems)) {
        const auto text = ScalarOf(inner, "a text", problems);
        if (text) items.push_back({inner.name, *text, inner.path, inner.mark});
    }
    return items;
}

std::optional<std::vector<NodeItem>> ListItems(const Entry& entry, std::string_view expected,
                                               Problems* problems) {
    std::vector<NodeItem> items;
    for (const auto& node : entry.value) {
        const auto text = ScalarOf({{}, entry.path, node, node.Mark()}, expected, problems);
        if (text) items.push_back({{}, *text, entry.path, node.Mark()});
    }
    return items;
}

}  // namespace

bool IsPlain(std::string_view text) {
    return util::IsUtf8(text) && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

std::string_view KindOf(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Map:
            return "a map";
        case YAML::NodeType::Sequence:
            return "a list";
        case YAML::NodeType::Scalar:
            return "a text";
        default:
            return "nothing";
    }
}

std::vector<Entry> EntriesOf(const YAML::Node& map, const std::string& path, Problems* problems) {
    std::vector<Entry> entries;
    GivenKeys seen;
    for (const auto& pair : map) {
        const auto mark = pair.first.Mark();
        if (!pair.first.IsScalar() || !IsPlain(pair.first.Scalar())) {
            problems->Add(mark, path, "expected a key, a plain word");
            continue;
        }
        const auto& name = pair.first.Scalar();
        const auto [before, is_new] = seen.emplace(name, mark);
        if (is_new) {
            entries.push_back({name, Join(path, name), pair.second, mark});
        } else {
            problems->Add(mark, Join(path, name),
                          "given twice, first in line " + std::to_string(before->second.line + 1));
        }
    }
    return entries;
}

YAML::Mark MarkOf(const Entry& entry) {
    // Nothing has no place of its own: yaml-cpp puts it into the next line.
    return entry.value.IsNull() ? entry.mark : entry.value.Mark();
}

std::optional<std::string> ScalarOf(const Entry& entry, std::string_view expected,
                                    Problems* problems) {
    if (!entry.value.IsScalar()) {
        ReportKind(entry, expected, problems);
        return std::nullopt;
    }
    if (!IsPlain(entry.value.Scalar())) {
        problems->Add(MarkOf(entry), entry.path,
                      "expected text in UTF-8 without control characters");
        return std::nullopt;
    }
    return entry.value.Scalar();
}

std::optional<std::vector<NodeItem>> ItemsOf(const Entry& entry, Shape shape,
                                             std::string_view expected, Problems* problems) {
    const auto& node = entry.value;
    if (shape == Shape::kMap) {
        if (node.IsMap()) return MapItems(entry, problems);
        ReportKind(entry, expected, problems);
        return std::nullopt;
    }
    const bool takes_list = shape == Shape::kList || shape == Shape::kNonEmptyList;
    if (takes_list && node.IsSequence()) {
        if (shape == Shape::kList || node.size() > 0) return ListItems(entry, expected, problems);
        problems->Add(node.Mark(), entry.path,
                      "expected " + std::string(expected) + ", not an empty list");
        return std::nullopt;
    }
    const auto text = ScalarOf(entry, expected, problems);
    if (!text) return std::nullopt;
    return std::vector<NodeItem>{{{}, *text, entry.path, node.Mark()}};
}

}  // namespace aircheck::config
