// SPDX-License-Identifier: MIT
#include "supervisor/cli/make_tap_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/tap_key.h"

namespace aircheck::cli {
namespace {

std::string FileText(const supervisor::TapKey& key, bool is_client) {
    std::string text = fmt::format(
        "# Key of {} of an Aircheck tap. Whoever reads this file can pretend to be it.\n"
        "public = {}\nsecret = {}\n",
        is_client ? "a client" : "the server", key.public_key, key.secret_key);
    if (is_client) return text;
    return text +
           "\n# Who may connect: one line for each. None: whoever knows the public key above.\n"
           "# client = KEY  # name\n";
}

void WriteNew(const std::string& file, std::string_view text) {
    const util::UniqueFd fd(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!fd && errno == EEXIST)
        throw std::runtime_error(file + " exists already and is left as it is");
    if (!fd) util::ThrowErrno("cannot make " + file);
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0) {
        const int error = errno;
        ::unlink(file.c_str());
        util::ThrowErrno(error, "cannot write " + file);
    }
}

}  // namespace

int MakeTapKey(const std::string& file, bool is_client) {
    const auto key = supervisor::NewTapKey();
    WriteNew(file, FileText(key, is_client));
    fmt::print("public key: {}\n\n", key.public_key);
    if (is_client) {
        fmt::print("In the server's key file:\n  client = {}\nHere:\n", key.public_key);
        fmt::print("  aircheck tap --connect tcp://SERVER:5001 --server-key KEY --key '{}'\n",
                   file);
    } else {
        fmt::print("In aircheck.yaml:\n  tap: tcp://0.0.0.0:5001\n  tap_key: {}\nFor clients:\n",
                   file);
        fmt::print("  aircheck tap --connect tcp://SERVER:5001 --server-key '{}'\n",
                   key.public_key);
    }
    return kExitOk;
}

}  // namespace aircheck::cli
