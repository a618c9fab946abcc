// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "webapi/icons/icon.h"

struct FT_LibraryRec_;
struct FT_FaceRec_;

namespace aircheck::webapi {

/// Where Debian and Ubuntu have the letters (fonts-dejavu-core).
inline constexpr char kIconFont[] = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";

/// Draws pictures: a text in white, as large as it fits, on its tint. One thread at a time.
class IconPainter {
public:
    /// Without the font, the log says so, and the pictures are plain.
    explicit IconPainter(const std::string& font = kIconFont);
    IconPainter(const IconPainter&) = delete;
    IconPainter& operator=(const IconPainter&) = delete;
    ~IconPainter();

    /// A PNG. Throws std::runtime_error if it cannot be made.
    std::string Paint(const Icon& icon) const;

    bool has_font() const { return face_ != nullptr; }

private:
    /// How bright each pixel is, row by row: 0 is the tint, 255 white.
    struct Canvas {
        explicit Canvas(int pixels);

        int size;
        std::vector<std::uint8_t> light;
    };

    /// Text as code points, in lines, and the size of its letters in pixels.
    struct Layout {
        std::vector<std::u32string> lines;
        int letters = 0;
    };

    Layout Arrange(std::string_view text, int pixels) const;
    bool Fits(const std::vector<std::u32string>& words, int letters, int room,
              Layout& layout) const;
    double WidthOf(std::u32string_view text, int letters) const;
    void Draw(const Layout& layout, Canvas& canvas) const;
    void DrawLine(std::u32string_view line, double x, int baseline, Canvas& canvas) const;

    struct CloseLibrary {
        void operator()(FT_LibraryRec_* library) const noexcept;
    };
    struct CloseFace {
        void operator()(FT_FaceRec_* face) const noexcept;
    };
    std::unique_ptr<FT_LibraryRec_, CloseLibrary> library_;
    std::unique_ptr<FT_FaceRec_, CloseFace> face_;
};

}  // namespace aircheck::webapi
