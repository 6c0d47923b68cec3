//! What does a text look like for a camera? A QR code, as squares.

use qrcode::{Color, EcLevel, QrCode};

/// The margin that readers need, in squares.
const MARGIN: usize = 4;

/// A QR code with its margin.
#[derive(Debug, Clone)]
pub struct Code {
    /// Squares a side.
    pub side: usize,
    /// Column and row of each dark square.
    pub dark: Vec<(usize, usize)>,
}

/// A text that fits into no code.
#[derive(Debug, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

impl Code {
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let dark = dark.map(|(n, _)| (n % width + MARGIN, n / width + MARGIN)).collect();
        Ok(Self { side: width + 2 * MARGIN, dark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_squares_are_those_of_the_text() {
        let code = Code::of("c_x999/AOO1/PG/2026/0000042").unwrap();
        // Version 2: 25 squares a side. The corner begins behind the margin and is seven squares wide.
        assert_eq!(code.side, 25 + 8);
        assert_eq!(code.dark.first(), Some(&(4, 4)));
        assert!(code.dark.contains(&(10, 4)) && !code.dark.contains(&(11, 4)));
        assert!(Code::of(&"x".repeat(4_000)).is_err());
    }
}
