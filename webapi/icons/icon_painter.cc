// SPDX-License-Identifier: MIT
#include "webapi/icons/icon_painter.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr double kRoom = 0.86;         // of the picture, for letters
constexpr double kLargest = 0.44;      // letters, of the picture
constexpr double kLineHeight = 1.16;   // of letters
constexpr double kCapitals = 0.73;     // of letters
constexpr double kSmaller = 0.94;      // from one try to the next
constexpr int kLegible = 7;            // pixels; smaller letters cannot be read
constexpr double kLegiblePart = 0.03;  // of the picture
constexpr std::size_t kInitials = 2;

/// Code points of well-formed UTF-8.
std::u32string Decode(std::string_view text) {
    std::u32string decoded;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t point = size == 1 ? lead : lead & (0x7fu >> size);
        for (std::size_t k = 1; k < size && i + k < text.size(); ++k)
            point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
        decoded += point;
        i += size;
    }
    return decoded;
}

std::vector<std::u32string> Words(std::string_view text) {
    std::vector<std::u32string> words;
    for (const std::string_view word : util::Split(text, ' ')) {
        if (!word.empty()) words.push_back(Decode(word));
    }
    return words;
}

/// From the tint to white.
std::array<png_byte, 256 * 3> Palette(Colour tint) {
    std::array<png_byte, 256 * 3> palette{};
    for (unsigned light = 0; light < 256; ++light) {
        const auto mix = [light](unsigned dark) {
            return static_cast<png_byte>(dark + (255 - dark) * light / 255);
        };
        palette[light * 3] = mix(tint.red);
        palette[light * 3 + 1] = mix(tint.green);
        palette[light * 3 + 2] = mix(tint.blue);
    }
    return palette;
}

std::string Encode(int pixels, const std::vector<std::uint8_t>& light, Colour tint) {
    const auto palette = Palette(tint);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = image.height = static_cast<png_uint_32>(pixels);
    image.format = PNG_FORMAT_RGB_COLORMAP;
    image.colormap_entries = 256;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string file(size, '\0');
    const int made =
        png_image_write_to_memory(&image, file.data(), &size, 0, light.data(), 0, palette.data());
    if (made == 0) throw std::runtime_error(std::string("cannot make a PNG: ") + image.message);
    file.resize(size);
    file.shrink_to_fit();
    return file;
}

}  // namespace

IconPainter::Canvas::Canvas(int pixels)
    : size(pixels), light(static_cast<std::size_t>(pixels) * static_cast<std::size_t>(pixels)) {}

void IconPainter::CloseLibrary::operator()(FT_LibraryRec_* library) const noexcept {
    FT_Done_FreeType(library);
}

void IconPainter::CloseFace::operator()(FT_FaceRec_* face) const noexcept {
    FT_Done_Face(face);
}

IconPainter::IconPainter(const std::string& font) {
    FT_Library library = nullptr;
    FT_Face face = nullptr;
    if (FT_Init_FreeType(&library) == 0) library_.reset(library);
    const bool opened = library_ && FT_New_Face(library, font.c_str(), 0, &face) == 0;
    if (opened) face_.reset(face);
    if (opened && face->units_per_EM > 0) return;
    face_.reset();
    log::warn("web: pictures of shows are without letters: the font {} cannot be read", font);
}

IconPainter::~IconPainter() = default;

std::string IconPainter::Paint(const Icon& icon) const {
    Canvas canvas(icon.pixels);
    if (face_) Draw(Arrange(icon.text, icon.pixels), canvas);
    return Encode(icon.pixels, canvas.light, TintOf(icon.text));
}

double IconPainter::WidthOf(std::u32string_view text, int letters) const {
    double units = 0;
    for (const char32_t point : text) {
        const FT_UInt glyph = FT_Get_Char_Index(face_.get(), point);
        if (glyph == 0 || FT_Load_Glyph(face_.get(), glyph, FT_LOAD_NO_SCALE) != 0) continue;
        units += static_cast<double>(face_->glyph->metrics.horiAdvance);
    }
    return units * letters / face_->units_per_EM;
}

/// Breaks the words into lines of letters of this size.
bool IconPainter::Fits(const std::vector<std::u32string>& words, int letters, int room,
                       Layout& layout) const {
    layout = {{}, letters};
    for (const std::u32string& word : words) {
        std::u32string longer = layout.lines.empty() ? word : layout.lines.back() + U" " + word;
        if (!layout.lines.empty() && WidthOf(longer, letters) <= room) {
            layout.lines.back() = std::move(longer);
        } else if (WidthOf(word, letters) <= room) {
            layout.lines.push_back(word);
        } else {
            return false;
        }
    }
    return static_cast<double>(layout.lines.size()) * kLineHeight * letters <= room;
}

/// All of the text where its letters can be read, else what it begins with.
IconPainter::Layout IconPainter::Arrange(std::string_view text, int pixels) const {
    const int room = static_cast<int>(pixels * kRoom);
    const double smallest = std::max<double>(kLegible, pixels * kLegiblePart);
    std::vector<std::u32string> words = Words(text);
    Layout layout;
    for (double letters = pixels * kLargest; letters >= smallest; letters *= kSmaller) {
        if (Fits(words, static_cast<int>(letters), room, layout)) return layout;
    }
    std::u32string initials;
    for (const std::u32string& word : words) {
        if (initials.size() < kInitials) initials += word.front();
    }
    words.assign(1, initials);
    for (int letters = pixels * 3 / 4; letters > 1; --letters) {
        if (Fits(words, letters, room, layout)) return layout;
    }
    return {};
}

void IconPainter::Draw(const Layout& layout, Canvas& canvas) const {
    if (layout.lines.empty()) return;
    if (FT_Set_Pixel_Sizes(face_.get(), 0, static_cast<FT_UInt>(layout.letters)) != 0) return;
    const double height = kLineHeight * layout.letters;
    double middle = (canvas.size - height * static_cast<double>(layout.lines.size() - 1)) / 2;
    for (const std::u32string& line : layout.lines) {
        const double x = (canvas.size - WidthOf(line, layout.letters)) / 2;
        const auto baseline = static_cast<int>(middle + kCapitals * layout.letters / 2);
        DrawLine(line, x, baseline, canvas);
        middle += height;
    }
}

void IconPainter::DrawLine(std::u32string_view line, double x, int baseline, Canvas& canvas) const {
    for (const char32_t point : line) {
        const FT_UInt glyph = FT_Get_Char_Index(face_.get(), point);
        // Without hints, widths are those that WidthOf has added up.
        constexpr FT_Int32 flags = FT_LOAD_RENDER | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP;
        if (glyph == 0 || FT_Load_Glyph(face_.get(), glyph, flags) != 0) continue;
        const FT_GlyphSlot slot = face_->glyph;
        const FT_Bitmap& bitmap = slot->bitmap;
        const int left = static_cast<int>(std::lround(x)) + slot->bitmap_left;
        const int top = baseline - slot->bitmap_top;
        x += static_cast<double>(slot->linearHoriAdvance) / 65536;
        if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY) continue;
        for (int row = 0; row < static_cast<int>(bitmap.rows); ++row) {
            const std::span<const unsigned char> from(
                bitmap.buffer + static_cast<std::ptrdiff_t>(row) * bitmap.pitch, bitmap.width);
            for (int column = 0; column < static_cast<int>(bitmap.width); ++column) {
                const int to_x = left + column;
                const int to_y = top + row;
                if (to_x < 0 || to_y < 0 || to_x >= canvas.size || to_y >= canvas.size) continue;
                const auto at =
                    static_cast<std::size_t>(to_y) * static_cast<std::size_t>(canvas.size) +
                    static_cast<std::size_t>(to_x);
                canvas.light[at] =
                    std::max(canvas.light[at], from[static_cast<std::size_t>(column)]);
            }
        }
    }
}

}  // namespace aircheck::webapi
