// SPDX-License-Identifier: MIT
#include "webapi/icons/icon.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "webapi/icons/icon_painter.h"

namespace aircheck::webapi {
namespace {

struct Picture {
    png_uint_32 width = 0;
    png_uint_32 height = 0;
    std::vector<png_byte> rgb;

    std::size_t Bright() const {
        std::size_t count = 0;
        for (std::size_t i = 0; i + 2 < rgb.size(); i += 3) {
            if (std::min({rgb[i], rgb[i + 1], rgb[i + 2]}) > 240) ++count;
        }
        return count;
    }
};

Picture Read(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_TRUE(png_image_begin_read_from_memory(&image, file.data(), file.size()))
        << image.message;
    image.format = PNG_FORMAT_RGB;
    Picture picture{image.width, image.height, std::vector<png_byte>(PNG_IMAGE_SIZE(image))};
    EXPECT_TRUE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr))
        << image.message;
    return picture;
}

double Linear(unsigned char channel) {
    const double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

/// Contrast with white (WCAG 2.1).
double Contrast(Colour colour) {
    const double luminance =
        0.2126 * Linear(colour.red) + 0.7152 * Linear(colour.green) + 0.0722 * Linear(colour.blue);
    return 1.05 / (luminance + 0.05);
}

TEST(Icon, IsReadFromItsName) {
    EXPECT_EQ(ParseIconName("The_Evening_News_1400.png"), (Icon{"The Evening News", 1400}));
    EXPECT_EQ(ParseIconName("KPCC_16.png"), (Icon{"KPCC", 16}));
    EXPECT_EQ(ParseIconName("a_b_3000.png"), (Icon{"a b", 3000}));
    for (const char* wrong : {"", ".png", "_.png", "_100.png", "__100.png", "x.png", "100.png",
                              "x_15.png", "x_3001.png", "x_-20.png", "x_+20.png", "x_1e2.png",
                              "x_00100.png", "x_99999999999999999999.png", "x_100", "x_100.jpg"})
        EXPECT_FALSE(ParseIconName(wrong)) << wrong;
    EXPECT_FALSE(ParseIconName(std::string(201, 'x') + "_100.png"));
}

TEST(Icon, HasAlwaysTheSameTintThatWhiteCanBeReadOn) {
    EXPECT_EQ(TintOf("The Show"), TintOf("The Show"));
    EXPECT_NE(TintOf("The Show"), TintOf("Another"));
    for (int i = 0; i < 2000; ++i) {
        const std::string text = "Show " + std::to_string(i);
        EXPECT_GE(Contrast(TintOf(text)), 4.5) << text;
    }
}

TEST(IconPainter, DrawsTheTextAsLargeAsItFits) {
    const IconPainter painter;
    if (!painter.has_font()) GTEST_SKIP() << "fonts-dejavu-core is not installed";
    for (const auto& icon : {Icon{"The Evening News", 300}, Icon{"X", 300}, Icon{"Ünïcödé Ж", 300},
                             Icon{"Donaudampfschifffahrtsgesellschaft", 300},
                             Icon{"A show with a name of very many words that goes on", 300},
                             Icon{std::string(200, 'W'), 300}, Icon{"The Evening News", 16}}) {
        const Picture picture = Read(painter.Paint(icon));
        EXPECT_EQ(picture.width, static_cast<png_uint_32>(icon.pixels));
        EXPECT_EQ(picture.height, picture.width);
        const std::size_t all = std::size_t{picture.width} * picture.height;
        EXPECT_GT(picture.Bright(), all / 200) << icon.text;
        EXPECT_LT(picture.Bright(), all / 2) << icon.text;
        // The border is left free.
        const Colour tint = TintOf(icon.text);
        for (std::size_t x = 0; x < picture.width; ++x) {
            for (const std::size_t y : {std::size_t{0}, std::size_t{picture.height} - 1}) {
                const png_byte* at = &picture.rgb[(y * picture.width + x) * 3];
                ASSERT_EQ((Colour{at[0], at[1], at[2]}), tint) << icon.text << " " << x;
            }
        }
    }
}

TEST(IconPainter, IsDeterministicAndSmall) {
    const IconPainter painter;
    const IconPainter other;
    EXPECT_EQ(painter.Paint({"The Show", 1400}), other.Paint({"The Show", 1400}));
    EXPECT_LT(painter.Paint({"The Show", 3000}).size(), 300'000u);
}

TEST(IconPainter, DoesWithoutAFont) {
    const IconPainter painter("/nowhere/font.ttf");
    EXPECT_FALSE(painter.has_font());
    EXPECT_EQ(Read(painter.Paint({"The Show", 100})).Bright(), 0u);
}

}  // namespace
}  // namespace aircheck::webapi
