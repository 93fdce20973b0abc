//! The HTML of every page of the gallery.

use super::{read, sheet};
use crate::ui::{
    Glyph,
    gallery::{Gallery, parts},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

fn pages() -> impl Iterator<Item = (&'static str, String)> {
    parts().map(|part| {
        let html = Owner::new().with(|| view! { <Gallery part=part /> }.to_html());
        (part, html)
    })
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_policy_against_inline_code_is_kept() {
    for (part, html) in pages() {
        for forbidden in [" style=\"", "<style", "<script", "javascript:", " onclick", " onsubmit"] {
            assert!(!html.contains(forbidden), "{part}: {forbidden}");
        }
    }
}

#[test]
fn ids_are_unique_and_what_points_at_one_finds_it() {
    for (part, html) in pages() {
        let ids = values(&html, "id");
        let known: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{part}: an id stands twice in {ids:?}");
        for attribute in ["for", "form", "aria-describedby", "aria-labelledby", "popovertarget"] {
            let pointed = values(&html, attribute);
            for id in pointed.iter().flat_map(|ids| ids.split_whitespace()).filter(|id| *id != "none") {
                assert!(known.contains(id), "{part}: {attribute} points at {id}, which is not there");
            }
        }
    }
}

#[test]
fn every_command_that_cannot_run_says_why() {
    let (_, html) = pages().next().expect("the gallery has pages");
    let tags = html.split("<button").skip(1).filter_map(|rest| rest.split('>').next());
    let disabled = tags.filter(|tag| tag.contains("aria-disabled=\"true\""));
    assert!(disabled.clone().count() > 3);
    for tag in disabled {
        assert_eq!(values(tag, "aria-describedby").len(), 1, "{tag}");
    }
}

#[test]
fn every_class_has_a_rule() {
    let sheet = sheet();
    // Names for the journeys in end2end only.
    let hooks = ["checklist", "countdown", "operation"];
    let mut unknown = BTreeSet::new();
    for (_, html) in pages() {
        let classes = values(&html, "class");
        for class in classes.iter().flat_map(|classes| classes.split_whitespace()) {
            let rule = format!(".{class}");
            let styled = sheet.match_indices(&rule).any(|(at, _)| {
                let after = sheet[at + rule.len()..].chars().next();
                after.is_none_or(|after| !after.is_alphanumeric() && after != '-')
            });
            if !styled && !hooks.contains(&class) {
                unknown.insert(class.to_owned());
            }
        }
    }
    assert!(unknown.is_empty(), "nothing styles {unknown:?}");
}

#[test]
fn the_sprite_and_the_names_of_its_icons_agree() {
    let sprite = read("icons.svg");
    let symbols: BTreeSet<_> = values(&sprite, "id").into_iter().collect();
    let names: BTreeSet<_> = Glyph::ALL.iter().map(|glyph| glyph.id()).collect();
    assert_eq!(symbols, names);
}

#[test]
fn every_icon_is_one_of_the_sprite() {
    let (_, html) = pages().next().expect("the gallery has pages");
    for glyph in Glyph::ALL {
        assert!(html.contains(&format!("#{}\"", glyph.id())), "the gallery lacks {glyph:?}");
    }
}
