//! WCAG 2.2 contrast (1.4.3, 1.4.11) of the tokens that meet, in light, dark and high contrast.

use super::read;
use std::collections::BTreeMap;

/// Text on its backgrounds: 4.5 to 1.
const TEXT: [(&str, &[&str]); 16] = [
    ("colorNeutralForeground1", SURFACES),
    ("colorNeutralForeground2", SURFACES),
    ("colorNeutralForeground3", SURFACES),
    ("colorBrandForegroundLink", SURFACES),
    ("colorBrandForegroundLinkHover", SURFACES),
    ("colorNeutralForegroundDisabled", &["colorNeutralBackground1", "colorNeutralBackground2"]),
    ("colorBrandForegroundLink", &["colorBrandBackground2"]),
    ("colorNeutralForegroundOnBrand", &["colorBrandBackground", "colorBrandBackgroundHover"]),
    ("colorNeutralForegroundOnBrand", &["colorStatusDangerBackground3", "colorStatusDangerBackground3Hover"]),
    ("colorBrandForeground2", &["colorBrandBackground2"]),
    ("colorStatusSuccessForeground1", &["colorStatusSuccessBackground1", "colorNeutralBackground1"]),
    ("colorStatusWarningForeground1", &["colorStatusWarningBackground1", "colorNeutralBackground1"]),
    ("colorStatusDangerForeground1", &["colorStatusDangerBackground1", "colorNeutralBackground1"]),
    ("colorBrandForegroundLink", &["colorStatusWarningBackground1", "colorStatusDangerBackground1"]),
    ("barForeground2", &["barBackground", "barField"]),
    ("barOnAccent", &["barAccent"]),
];

/// What text stands on.
const SURFACES: &[&str] = &[
    "colorNeutralBackground1",
    "colorNeutralBackground1Hover",
    "colorNeutralBackground2",
    "colorNeutralBackground3",
    "colorSubtleBackgroundHover",
    "colorBrandBackground2",
];

/// Borders of fields, focus rings, marks of the current thing: 3 to 1.
const SHAPES: [(&str, &[&str]); 3] = [
    ("colorNeutralStrokeAccessible", &["colorNeutralBackground1", "colorNeutralBackground2"]),
    ("colorStrokeFocus2", SURFACES),
    (
        "colorCompoundBrandBackground",
        &["colorNeutralBackground1", "colorNeutralBackground3", "colorBrandBackground2"],
    ),
];

type Palette = BTreeMap<String, [f64; 3]>;

#[test]
fn every_pair_of_tokens_that_meets_can_be_told_apart() {
    for (theme, palette) in palettes() {
        for (pairs, wanted) in [(&TEXT[..], 4.5), (&SHAPES[..], 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let found = ratio(palette[*front], palette[*back]);
                    assert!(found >= wanted, "{theme}: {front} on {back} is {found:.2}, wanted {wanted}");
                }
            }
        }
    }
}

#[test]
fn the_ratio_is_that_of_the_standard() {
    assert!((ratio([1.0; 3], [0.0; 3]) - 21.0).abs() < 1e-9);
    let grey = hex("#767676").expect("a colour");
    assert!((ratio(grey, [1.0; 3]) - 4.54).abs() < 0.01);
}

/// The tokens of the three themes.
fn palettes() -> [(&'static str, Palette); 3] {
    let css = read("00-tokens.css");
    let (base, contrast) = css.split_once("[data-theme=contrast] {").expect("the theme is there");
    let (light, mut high) = (tokens(base, 0), tokens(base, 1));
    let dark = high.clone();
    high.extend(tokens(contrast, 1));
    [("light", light), ("dark", dark), ("contrast", high)]
}

/// The colours among the declarations; of `light-dark(a, b)` the one at `side`.
fn tokens(css: &str, side: usize) -> Palette {
    let declarations = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    declarations
        .filter_map(|(name, value)| {
            let value = value.trim_end_matches(';');
            let both = value.strip_prefix("light-dark(").and_then(|value| value.strip_suffix(')'));
            let colour = both.map_or(Some(value), |both| both.split(", ").nth(side))?;
            Some((name.to_owned(), hex(colour)?))
        })
        .collect()
}

/// `#rgb` or `#rrggbb` as parts of one.
fn hex(colour: &str) -> Option<[f64; 3]> {
    let digits = colour.strip_prefix('#')?;
    let step = digits.len() / 3;
    let part = |at: usize| {
        let digits = &digits[at * step..(at + 1) * step];
        let value = u8::from_str_radix(&digits.repeat(3 - step), 16).ok()?;
        Some(f64::from(value) / 255.0)
    };
    Some([part(0)?, part(1)?, part(2)?])
}

fn ratio(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
