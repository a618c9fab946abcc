// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aircheck::proto {

/// Every message is a topic frame and a frame with one JSON object whose `v` is this. Unknown
/// fields are ignored; another version is answered with `rejected`. README.md has an example of
/// each message.
inline constexpr int kVersion = 1;

/// Longest JSON frame that is looked at.
inline constexpr std::size_t kMaxMessageBytes = 4 * 1024 * 1024;

/// One station's part of a downloader's heartbeat.
struct StationBeat {
    std::string station;
    std::string state;                   // connecting, recording, waiting (for the next attempt)
    std::string take;                    // "" where there is none
    std::string file;                    // relative to the storage folder; "" where there is none
    std::uint64_t bytes = 0;             // recorded since the last beat
    std::uint64_t bytes_total = 0;       // recorded by this process
    std::uint64_t frames_total = 0;      // likewise
    std::uint64_t frames = 0;            // recorded of this take
    std::uint64_t take_bytes = 0;        // likewise
    std::uint64_t skipped = 0;           // bytes of this take that were no frame
    std::uint64_t connects = 0;          // attempts to connect, of this process
    std::uint64_t breaks = 0;            // how often nothing recorded it any more, though it should
    double idle = -1;                    // s since the last byte; -1: none yet
    double last_recorded = 0;            // Unix s of the last byte; 0: none yet
    std::string cause;                   // why it is not recording; "" while it is
    std::optional<double> next_cascade;  // Unix s; none while it does not record, or never

    bool operator==(const StationBeat&) const = default;
};

/// Worker to supervisor once a second; then on the tap as `heartbeat.{name}`. The supervisor
/// publishes its own there as well.
struct Heartbeat {
    std::string name;  // downloader-0
    std::string role;  // supervisor, downloader, webapi, pruner, loudness
    int pid = 0;
    int generation = 0;
    std::uint64_t seq = 0;    // from 1, by 1
    double time = 0;          // Unix s
    double uptime = 0;        // s
    std::uint64_t bytes = 0;  // since the last beat: recorded, sent, moved or heard
    std::uint64_t bytes_total = 0;
    std::uint64_t memory = 0;  // bytes resident
    std::uint64_t memory_peak = 0;
    int threads = 0;
    int files = 0;                      // recording files open
    int connections = 0;                // to stations, or from listeners
    std::uint64_t hits = 0;             // requests answered
    std::optional<double> next_prune;   // Unix s
    std::string cloud;                  // works, down, refused; "" where there is none
    std::string cloud_error;            // a sentence; "" while it works
    std::optional<double> cloud_since;  // Unix s since when it does not work
    std::uint64_t unsaved = 0;          // bytes that should be in the cloud and are not yet
    std::vector<StationBeat> stations;

    bool operator==(const Heartbeat&) const = default;
};

/// Worker to supervisor once, when it does its job: a downloader when its loop runs, a web
/// worker when it accepts.
struct Ready {
    std::string name;
    int pid = 0;
    int generation = 0;

    bool operator==(const Ready&) const = default;
};

/// Supervisor to worker.
struct Command {
    std::string command;  // stop, retire, activate, adopt, reload, bitrate, prune, reindex, rename
    std::string successor;              // for retire: the socket of who goes on (Layout)
    int pid = 0;                        // for adopt: the supervisor's
    std::string accepted;               // for reload: the copy of the configuration to read
    std::vector<std::string> stations;  // for reload: what a downloader records
    std::string station;                // for bitrate; for the last three: of one station only
    int kbps = 0;                       // for bitrate
    std::uint64_t id = 0;               // for the last three: the answer has it too

    bool operator==(const Command&) const = default;
};

/// Worker to supervisor: what somebody asked the worker for.
struct Request {
    std::string name;      // the worker's
    std::uint64_t id = 0;  // of the worker's making; the answer has it too
    std::string request;   // restart, upgrade, halt, dolist, prune, reindex, rename
    std::string station;   // for the last three: of one station only

    bool operator==(const Request&) const = default;
};

/// Something that is still to be done.
struct Task {
    std::string what;     // restart, reload, worker, prune, reindex, rename
    std::string subject;  // the worker or station; "" for all
    double since = 0;     // Unix s, if somebody has asked for it
    double at = 0;        // Unix s, if it is planned for then

    bool operator==(const Task&) const = default;
};

/// Supervisor to worker; for a command with an id, worker to supervisor.
struct Answer {
    std::uint64_t id = 0;
    bool accepted = false;
    std::string text;                // a sentence
    std::string running;             // version, for upgrade
    std::string installed;           // likewise
    std::optional<double> fraction;  // of the segments, for rename: how many got another name
    std::vector<Task> tasks;         // for dolist

    bool operator==(const Answer&) const = default;
};

/// The answer to a message that cannot be taken.
struct Rejected {
    std::string reason;
    int version = kVersion;  // the one that is spoken here

    bool operator==(const Rejected&) const = default;
};

/// Tap topic `worker.{name}`.
struct WorkerEvent {
    std::string name;
    std::string role;
    std::string event;  // started, ready, died, hung, replaced, stopped, failed
    int pid = 0;
    int generation = 0;
    std::uint64_t restarts = 0;
    double time = 0;                      // Unix s
    std::optional<int> code;              // exit code, with died and stopped
    std::optional<int> signal;            // with died
    std::optional<double> retry;          // s until the next start, with died
    bool core = false;                    // it left a core file
    std::vector<std::string> last_words;  // the ends of its log, oldest first, with died and hung
    std::string suspect;                  // the station whose bytes it was busy with, with died

    bool operator==(const WorkerEvent&) const = default;
};

/// Worker to supervisor when it changes; tap topic `station.{callsign}`.
struct StationEvent {
    std::string station;
    std::string state;  // as in StationBeat
    std::string cause;  // why it left the state before, in the catalog's words
    std::string take;
    std::string url;
    double time = 0;
    int bitrate = 0;  // kbit/s, estimated by the supervisor; 0: not yet

    bool operator==(const StationEvent&) const = default;
};

/// Tap topic `segment.{callsign}`.
struct SegmentEvent {
    std::string station;
    std::string take;
    std::string event;  // opened, closed, uploaded, removed
    std::string file;   // relative to the storage folder
    double start = 0;   // Unix s
    double end = 0;
    std::uint64_t bytes = 0;

    bool operator==(const SegmentEvent&) const = default;
};

/// Downloader to supervisor when it is known where a take goes on; tap topic `splice.{callsign}`.
struct SpliceEvent {
    std::string station;
    std::string older;   // take
    std::string newer;   // take
    bool exact = false;  // by frames, so that none is lost and none doubled; else by the clock
    double overlap = 0;  // s that both have recorded
    double time = 0;     // Unix s

    bool operator==(const SpliceEvent&) const = default;
};

/// Tap topic `restart.{name}`: how a soft restart of the supervisor goes.
struct RestartEvent {
    std::string name = "supervisor";
    std::string event;       // begun, ready, taken, done, failed
    int pid = 0;             // of the new supervisor; 0: there is none
    int generation = 0;      // the new one
    std::string version;     // of the new program
    std::string reason;      // with failed: a sentence
    double time = 0;         // Unix s
    double elapsed = 0;      // s since it began; with done: since the new one took over
    int stations = 0;        // with done: handed over while recording
    int exact = 0;           // with done: of those, joined by frames
    std::uint64_t lost = 0;  // with done: frames, in what was joined by frames
    std::uint64_t doubled = 0;

    bool operator==(const RestartEvent&) const = default;
};

/// Tap topic `title.{callsign}`.
struct TitleEvent {
    std::string station;
    std::string title;
    std::string url;
    double time = 0;

    bool operator==(const TitleEvent&) const = default;
};

/// Loudness worker to supervisor when it changes; tap topic `silence.{callsign}`.
struct SilenceEvent {
    std::string station;
    bool silent = false;
    double since = 0;             // Unix s: when the silence began
    std::optional<double> until;  // Unix s: when sound was back; none while it lasts
    double time = 0;              // Unix s

    bool operator==(const SilenceEvent&) const = default;
};

/// Tap topic `log.{name}`: the end of a process's log, when there is more of it.
struct LogEvent {
    std::string name;                // worker or supervisor
    std::vector<std::string> lines;  // the last ones, the newest last
    std::uint64_t last = 0;          // number of the newest, of those that the process has written
    double time = 0;                 // Unix s

    bool operator==(const LogEvent&) const = default;
};

/// Tap topic `machine.{machine}`: another machine, that sends heartbeats of its own (beat.h).
struct MachineEvent {
    std::string machine;  // "10.0.0.8", "10.0.0.8/attic"
    std::string event;    // heard, silent, returned, forgotten
    double heard = 0;     // Unix s of its latest heartbeat; 0: never
    double time = 0;      // Unix s

    bool operator==(const MachineEvent&) const = default;
};

using Message = std::variant<Heartbeat, Ready, Command, Request, Answer, Rejected, WorkerEvent,
                             StationEvent, SegmentEvent, SpliceEvent, RestartEvent, TitleEvent,
                             SilenceEvent, LogEvent, MachineEvent>;

/// The topic frame: "heartbeat.downloader-0", "ready.webapi-0", "command", "rejected",
/// "worker.pruner-0", "station.kpcc", "segment.kpcc", "title.kpcc", "silence.kpcc",
/// "log.webapi-0", "machine.10.0.0.8", "request.webapi-0", "answer", "splice.kpcc",
/// "restart.supervisor".
std::string Topic(const Message& message);

/// The JSON frame.
std::string Encode(const Message& message);

/// Why a message cannot be taken.
struct DecodeError {
    enum class Kind { kOversized, kMalformed, kUnknownTopic, kUnknownVersion };
    Kind kind;
    std::string reason;  // a sentence
};

/// Checks everything: topic, size, JSON, version, the type and range of each field. Never throws.
std::variant<Message, DecodeError> Decode(std::string_view topic, std::string_view json);

}  // namespace aircheck::proto
