//! Colours that can be told apart, whatever the brand's is (WCAG 2.2 sections 1.4.3 and 1.4.11).

use std::fmt;

/// A colour of the screen: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Color(pub(super) [u8; 3]);

/// What is no text must have a contrast of 3 at least. The rest is what our curve may be off by.
const SHAPE_CONTRAST: f32 = 3.15;

impl Color {
    /// Reads `#rgb` or `#rrggbb`; what is missing is black.
    pub(super) fn parse(text: &str) -> Self {
        let mut digits = text.bytes().filter_map(|byte| match byte {
            b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
            b'a'..=b'f' | b'A'..=b'F' => Some((byte | 0x20).wrapping_sub(b'a').wrapping_add(10)),
            _ => None,
        });
        let is_short = text.len() <= 4;
        let mut channel = || {
            let high = digits.next().unwrap_or_default();
            let low = if is_short { high } else { digits.next().unwrap_or_default() };
            high << 4 | low
        };
        Self([channel(), channel(), channel()])
    }

    /// Black or white: what is the easier to read on this.
    pub(super) fn ink_on(self) -> &'static str {
        let [black, white] = [Self([0; 3]), Self([255; 3])];
        if self.contrast(black) > self.contrast(white) { "#000" } else { "#fff" }
    }

    /// This colour, or the nearest one on its way to `ink` that stands out from `ground`.
    pub(super) fn standing_out(self, ground: Self, ink: Self) -> Self {
        let steps = (0..=8_u16).map(|step| self.mixed(ink, step));
        let mut enough = steps.skip_while(|color| color.contrast(ground) < SHAPE_CONTRAST);
        enough.next().unwrap_or(ink)
    }

    /// So many eighths of another colour, and the rest of this one.
    fn mixed(self, other: Self, eighths: u16) -> Self {
        let mut mixed = self.0;
        for (channel, other) in mixed.iter_mut().zip(other.0) {
            let own = u16::from(*channel).saturating_mul(8_u16.saturating_sub(eighths));
            let sum = own.saturating_add(u16::from(other).saturating_mul(eighths));
            *channel = u8::try_from(sum >> 3).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The contrast ratio, from 1 to 21.
    fn contrast(self, other: Self) -> f32 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// The relative luminance, from 0 to 1.
    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0.map(|channel| {
            let part = f32::from(channel) / 255.0;
            // The curve of sRGB, as a polynomial: a test holds it to the standard's powers.
            part * (part * (part * 0.305_306 + 0.682_171_1) + 0.012_522_878)
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast ratio to the letter of WCAG.
    fn exact_contrast(one: Color, other: Color) -> f64 {
        let luminance = |color: Color| {
            let [red, green, blue] = color.0.map(|channel| {
                let part = f64::from(channel) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    /// Colours of every hue and brightness.
    fn colors() -> impl Iterator<Item = Color> {
        let steps = || (0..=255_u8).step_by(5);
        steps().flat_map(move |r| steps().flat_map(move |g| steps().map(move |b| Color([r, g, b]))))
    }

    #[test]
    fn notations() {
        assert_eq!(Color::parse("#0b5FfF"), Color([11, 95, 255]));
        assert_eq!(Color::parse("#fd0"), Color([255, 221, 0]));
        assert_eq!(Color::parse("#"), Color([0, 0, 0]));
        assert_eq!(Color([1, 35, 69]).to_string(), "#012345");
    }

    #[test]
    fn text_on_any_colour_is_legible() {
        for color in colors() {
            let contrast = exact_contrast(color, Color::parse(color.ink_on()));
            assert!(contrast >= 4.5, "{color}: {contrast}");
        }
    }

    #[test]
    fn any_colour_can_be_made_to_stand_out() {
        let [light, dark] = [Color([253; 3]), Color([20; 3])];
        for (ground, ink) in [(light, dark), (dark, light)] {
            for color in colors() {
                let edge = color.standing_out(ground, ink);
                let contrast = exact_contrast(edge, ground);
                assert!(contrast >= 3.0, "{color} becomes {edge}: {contrast}");
                assert!(edge == color || exact_contrast(color, ground) < 3.3);
            }
        }
    }
}
