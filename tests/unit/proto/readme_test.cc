// SPDX-License-Identifier: MIT
#include "proto/messages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace aircheck::proto {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(AIRCHECK_SOURCE_DIR) / "proto";

std::string ReadFile(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The name of the one who a message is about stands in the object; the topic ends with it.
std::string TopicOfExample(const std::string& word, const std::string& json) {
    for (const std::string key : {"\"name\": \"", "\"station\": \"", "\"machine\": \""}) {
        const std::size_t at = json.find(key);
        if (word == "command" || word == "rejected" || at == std::string::npos) continue;
        const std::size_t start = at + key.size();
        return word + "." + json.substr(start, json.find('"', start) - start);
    }
    return word;
}

TEST(ProtoReadme, ShowsExamplesThatParse) {
    const std::string readme = ReadFile(kFolder / "README.md");
    std::set<std::size_t> kinds;
    for (const auto& entry : fs::directory_iterator(kFolder / "examples")) {
        if (entry.path().extension() != ".json") continue;
        SCOPED_TRACE(entry.path());
        const std::string json = ReadFile(entry.path());
        EXPECT_NE(std::string::npos, readme.find("```json\n" + json + "```\n"));
        const auto decoded = Decode(TopicOfExample(entry.path().stem(), json), json);
        const auto* error = std::get_if<DecodeError>(&decoded);
        ASSERT_EQ(nullptr, error) << error->reason;
        kinds.insert(std::get<Message>(decoded).index());
    }
    EXPECT_EQ(std::variant_size_v<Message>, kinds.size());
}

// Each field that is written stands in the tables of its message.
TEST(ProtoReadme, DocumentsEveryField) {
    const std::string readme = ReadFile(kFolder / "README.md");
    const std::string json =
        Encode(Heartbeat{.next_prune = 1, .stations = {StationBeat{}}}) + Encode(Ready{}) +
        Encode(Command{}) + Encode(Request{}) + Encode(Answer{}) + Encode(Rejected{}) +
        Encode(SpliceEvent{}) + Encode(RestartEvent{}) +
        Encode(WorkerEvent{.code = 1, .signal = 1, .retry = 1}) + Encode(StationEvent{}) +
        Encode(SegmentEvent{}) + Encode(TitleEvent{}) + Encode(SilenceEvent{}) +
        Encode(LogEvent{}) + Encode(MachineEvent{});
    for (std::size_t end = json.find("\":"); end != std::string::npos;
         end = json.find("\":", end + 1)) {
        const std::size_t start = json.rfind('"', end - 1) + 1;
        const std::string field = json.substr(start, end - start);
        if (field != "v") {
            EXPECT_NE(std::string::npos, readme.find("| `" + field + "` |")) << field;
        }
    }
}

}  // namespace
}  // namespace aircheck::proto
