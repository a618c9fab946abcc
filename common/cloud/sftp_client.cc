// SPDX-License-Identifier: MIT
#include "common/cloud/sftp_client.h"

#include <unistd.h>

#include <cstdlib>

#include "common/cloud/options.h"
#include "common/cloud/text.h"
#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

constexpr const char* kMachinesKnownHosts = "/etc/ssh/ssh_known_hosts";

std::string RootOf(const config::CloudConfig& config) {
    auto path = Option(config, "path");
    if (path.starts_with("~/")) path.erase(0, 2);
    if (!path.empty() && !path.ends_with('/')) path += '/';
    return path;
}

std::string ServerOf(const config::CloudConfig& config) {
    const auto host = Option(config, "host");
    const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
    return "sftp://" + (bare_v6 ? "[" + host + "]" : host) + ":" + Option(config, "port", "22");
}

/// Without such a file libcurl would trust anybody.
std::string KnownHostsOf(const config::CloudConfig& config) {
    auto path = Option(config, "known_hosts");
    if (path.empty()) {
        const char* home = std::getenv("HOME");
        path = std::string(home ? home : "") + "/.ssh/known_hosts";
        if (::access(path.c_str(), R_OK) != 0) path = kMachinesKnownHosts;
    }
    if (::access(path.c_str(), R_OK) != 0)
        throw CloudError(Kind::kRefused,
                         "sftp: no known_hosts file can be read; the server's key "
                         "has to be in one, the option known_hosts names it");
    return path;
}

}  // namespace

SftpClient::SftpClient(const config::CloudConfig& config, const StoreOptions& options)
    : root_(RootOf(config)),
      server_(ServerOf(config)),
      user_(Option(config, "user")),
      password_(Option(config, "password")),
      key_file_(Option(config, "key_file")),
      known_hosts_(KnownHostsOf(config)),
      transfer_(options, server_) {}

void SftpClient::Prepare(const std::string& path, const std::string& ending) {
    const auto full = root_ + path + ending;
    auto& easy =
        transfer_.Prepare(server_ + (full.starts_with('/') ? "" : "/~/") + EncodePath(full));
    easy.Set(CURLOPT_PROTOCOLS_STR, "sftp");
    easy.Set(CURLOPT_SSH_KNOWNHOSTS, known_hosts_.c_str());
    easy.Set(CURLOPT_USERNAME, user_.c_str());
    if (!key_file_.empty()) {
        easy.Set(CURLOPT_SSH_AUTH_TYPES, static_cast<long>(CURLSSH_AUTH_PUBLICKEY));
        easy.Set(CURLOPT_SSH_PRIVATE_KEYFILE, key_file_.c_str());
        if (!password_.empty()) easy.Set(CURLOPT_KEYPASSWD, password_.c_str());
        return;
    }
    easy.Set(CURLOPT_SSH_AUTH_TYPES,
             static_cast<long>(CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    easy.Set(CURLOPT_PASSWORD, password_.c_str());
}

std::optional<SftpClient::Stat> SftpClient::Find(const std::string& path) {
    Prepare(path);
    auto& easy = transfer_.easy();
    easy.Set(CURLOPT_NOBODY, 1L);
    easy.Set(CURLOPT_FILETIME, 1L);
    const auto code = transfer_.Run({});
    if (code == CURLE_REMOTE_FILE_NOT_FOUND) return std::nullopt;
    if (code != CURLE_OK) throw transfer_.Error(code, "cannot look for " + path);
    const auto bytes = easy.Info<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    const auto modified = easy.Info<curl_off_t>(CURLINFO_FILETIME_T);
    // An empty file has no length to be told of.
    return Stat{static_cast<std::uint64_t>(bytes > 0 ? bytes : 0), modified};
}

void SftpClient::Write(const std::string& path, Body& body) {
    Prepare(path);
    transfer_.easy().Set(CURLOPT_FTP_CREATE_MISSING_DIRS, 1L);
    transfer_.Upload(body);
    const auto code = transfer_.Run({});
    // Folders are made where that is possible.
    if (code == CURLE_REMOTE_FILE_NOT_FOUND)
        throw Error(Kind::kRefused, "no folder can be made for " + path);
    if (code != CURLE_OK) throw transfer_.Error(code, "cannot write " + path);
}

void SftpClient::Read(const std::string& path, std::uint64_t offset, std::uint64_t size,
                      const Sink& sink) {
    Prepare(path);
    const auto range = std::to_string(offset) + "-" + std::to_string(offset + size - 1);
    transfer_.easy().Set(CURLOPT_RANGE, range.c_str());
    std::uint64_t given = 0;
    const auto code = transfer_.Run({.header = {}, .data = [&](std::span<const std::byte> data) {
                                         given += data.size();
                                         sink(data);
                                         return true;
                                     }});
    const bool beyond_end = code == CURLE_BAD_DOWNLOAD_RESUME || code == CURLE_RANGE_ERROR;
    if (beyond_end || (code == CURLE_OK && given != size))
        throw Error(Kind::kChanged, path + " is shorter than it was");
    if (code != CURLE_OK) throw transfer_.Error(code, "cannot read " + path);
}

/// For the names in libcurl's commands.
std::string SftpClient::Quoted(const std::string& path) const {
    std::string quoted = " \"";
    for (const char c : root_ + path) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

bool SftpClient::Command(const std::string& command) {
    Prepare("", root_.empty() ? "" : "/");
    curl::HeaderList commands;
    commands.Append(command);
    auto& easy = transfer_.easy();
    easy.Set(CURLOPT_NOBODY, 1L);
    easy.Set(CURLOPT_QUOTE, commands.get());
    const auto code = transfer_.Run({});
    if (code == CURLE_QUOTE_ERROR) return false;
    if (code != CURLE_OK)
        throw transfer_.Error(code, "cannot " + command.substr(0, command.find(' ')));
    return true;
}

bool SftpClient::Rename(const std::string& from, const std::string& to) {
    return Command("rename" + Quoted(from) + Quoted(to));
}

bool SftpClient::Remove(const std::string& path) {
    return Command("rm" + Quoted(path));
}

bool SftpClient::MakeFolder(const std::string& path) {
    return Command("mkdir" + Quoted(path));
}

bool SftpClient::RemoveFolder(const std::string& path) {
    return Command("rmdir" + Quoted(path));
}

std::vector<SftpEntry> SftpClient::ListFolder(const std::string& path) {
    Prepare(path, path.empty() || path.ends_with('/') ? "" : "/");
    std::string text;
    const auto code =
        transfer_.Run({.header = {}, .data = [&](std::span<const std::byte> data) {
                           if (text.size() + data.size() > kMaxListingBytes)
                               throw Error(Kind::kDown, "a list without end");
                           text.append(reinterpret_cast<const char*>(data.data()), data.size());
                           return true;
                       }});
    if (code == CURLE_REMOTE_FILE_NOT_FOUND) return {};
    if (code != CURLE_OK) throw transfer_.Error(code, "cannot list " + path);
    const auto now = time::SystemClock().Now();
    std::vector<SftpEntry> entries;
    for (const auto line : util::Split(text, '\n')) {
        if (line.empty()) continue;
        auto entry = ParseSftpEntry(line, now);
        if (!entry) throw Error(Kind::kDown, "answered a list that cannot be read");
        if (entry->name != "." && entry->name != "..") entries.push_back(*std::move(entry));
    }
    return entries;
}

}  // namespace aircheck::cloud
