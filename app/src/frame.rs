//! What surrounds every page: who looks, what the navigation offers, what everybody must know.

use crate::error::UiError;
use crate::ui::{Deadline, Tone, Viewer};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The data of the layout. The server puts it into the context before it renders a document; the
/// browser asks for it again after each navigation.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Frame {
    /// Who is signed in; none on the sign-in and setup pages.
    pub viewer: Option<Viewer>,
    /// Whether the roles allow to see keys.
    pub keys: bool,
    /// Whether the roles allow to read the portal's mails.
    pub messages: bool,
    /// Whether the roles allow to read the audit trail.
    pub audit: bool,
    /// Whether the clock can be moved (`--dev-clock`).
    pub clock: bool,
    /// Above every page, the gravest first.
    pub banners: Vec<Banner>,
}

/// One thing that everybody must know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Banner {
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// What it means.
    pub text: String,
    /// What becomes possible when: "Roll back possible", "Lock possible".
    pub times: Vec<(String, Deadline)>,
    /// Where to see more, `(words, URL)`.
    pub link: Option<(String, String)>,
    /// Pages that say it themselves, and more of it: their paths, with the region where it decides.
    pub said_on: Vec<String>,
}

/// The frame as it is now, for a page that stays open.
#[server(prefix = "/fn", endpoint = "frame")]
pub async fn fresh_frame() -> Result<Frame, UiError> {
    let (portal, caller) = crate::request::request()?;
    let parts = use_context::<http::request::Parts>();
    let headers = parts.map(|parts| parts.headers).unwrap_or_default();
    Ok(load(&portal, Some(&caller), &headers).await?)
}

#[cfg(feature = "ssr")]
pub use build::load;

#[cfg(feature = "ssr")]
mod build {
    use super::{Banner, Frame};
    use crate::{preferences, ui::*, view::counted};
    use domain::{Timestamp, actions::Action, time::human_span};
    use http::HeaderMap;
    use service::{
        Caller, Portal, ServiceResult,
        overview::{KeyChange, Lock, Reported},
    };

    /// The frame for `caller`; the headers are the request's, for the preferences in its cookies.
    ///
    /// # Errors
    /// `Internal` when the database does not answer.
    pub async fn load(portal: &Portal, caller: Option<&Caller>, headers: &HeaderMap) -> ServiceResult<Frame> {
        let Some(caller) = caller else { return Ok(Frame::default()) };
        let place = service::overview::place(portal, caller).await?;
        // Who sees some environments only may find nothing of it on the start page.
        let all = caller.visible().is_none();
        let messages = caller.may(Action::MessageRead, None);
        let (keys, only) = (caller.may(Action::KeyRead, None), place.regions.len() == 1);
        let mut banners: Vec<Banner> =
            place.locked.iter().map(|lock| locked(lock, only, all, place.now)).collect();
        banners.extend(place.reported.iter().map(|report| reported(report, keys, only)));
        banners.extend(place.changes.iter().map(|change| changed(change, keys, place.now)));
        banners.extend(mail(caller, place.troubled));
        let regions = if only { place.regions[0].clone() } else { String::new() };
        let viewer = Viewer {
            name: caller.name().to_owned(),
            email: caller.email().to_owned(),
            tenant: place.tenant,
            region: regions,
            regions: Vec::new(),
            undelivered: messages.then(|| u32::try_from(place.troubled).unwrap_or(u32::MAX)),
            theme: preferences::theme(headers).to_owned(),
            rail: preferences::rail(headers),
        };
        Ok(Frame {
            viewer: Some(viewer),
            keys,
            messages,
            audit: caller.may(Action::AuditRead, None),
            clock: portal.clock().can_be_moved(),
            banners,
        })
    }

    /// PP-033, PP-034, X-10: everybody sees that the key changed, by whom, and what can be done when.
    fn changed(change: &KeyChange, keys: bool, now: Timestamp) -> Banner {
        let ago = human_span(now.since(change.at));
        let times = vec![
            ("Another activation is possible".to_owned(), Deadline::new(change.activation_from, now)),
            ("locking is possible".to_owned(), Deadline::new(change.lock_from, now)),
        ];
        let (changed, verb) =
            if change.unlocked { ("was unlocked", "unlocked") } else { ("changed", "activated") };
        Banner {
            tone: Tone::Warning,
            title: format!("The key of {} {changed} {ago} ago.", change.region),
            text: format!("{} {verb} {}. Was this authorised?", change.by, change.key),
            times: if change.held { Vec::new() } else { times },
            link: keys.then(|| ("Show the key".to_owned(), format!("/encryption-keys/{}", change.key_id))),
            said_on: Vec::new(),
        }
    }

    /// nothing changes until somebody else has looked.
    fn reported(Reported { region, by, clear }: &Reported, keys: bool, only: bool) -> Banner {
        let (words, path) = match clear {
            Ok(()) => ("Look at it, then clear it", "/encryption-keys/clear-report"),
            Err(_) => ("Show the report", "/encryption-keys"),
        };
        let href = crate::url::with_query(path, &[("region", region)]);
        Banner {
            tone: Tone::Severe,
            title: format!("The last key change in {region} was reported as not authorised."),
            text: format!(
                "{by} did not know of it. Until that is cleared no key is activated and nothing is locked."
            ),
            times: Vec::new(),
            link: keys.then(|| (words.to_owned(), href)),
            said_on: on_keys(region, only),
        }
    }

    /// PP-097, PP-103: everybody sees that data is out of reach, and until when it can come back.
    fn locked(lock: &Lock, only: bool, all: bool, now: Timestamp) -> Banner {
        let way = [("encryption", "locked"), ("region", lock.region.as_str())];
        Banner {
            tone: Tone::Severe,
            title: format!("Environments in {} are locked.", lock.region),
            text: "Nobody can read or write them.".to_owned(),
            times: vec![(
                "What was locked first is deleted for good".to_owned(),
                Deadline::end(lock.deletion, now),
            )],
            link: Some(("Show the way back".to_owned(), crate::url::with_query("/environments", &way))),
            said_on: all.then(|| "/".to_owned()).into_iter().chain(on_keys(&lock.region, only)).collect(),
        }
    }

    /// The page of keys says what concerns the region it shows.
    fn on_keys(region: &str, only: bool) -> Vec<String> {
        let path = "/encryption-keys".to_owned();
        vec![if only { path } else { crate::url::with_query(&path, &[("region", region)]) }]
    }

    /// Administrators must learn of key changes: what stops that is everybody's business.
    fn mail(caller: &Caller, troubled: u64) -> Option<Banner> {
        (caller.may(Action::MessageRead, None) && troubled > 0).then(|| Banner {
            tone: Tone::Warning,
            title: format!("{} could not be delivered.", counted(troubled, "mail", "mails")),
            text: "Administrators may not have learnt of key changes. Check the mail server's settings."
                .to_owned(),
            times: Vec::new(),
            link: Some(("Show the notifications".to_owned(), "/notifications".to_owned())),
            said_on: Vec::new(),
        })
    }
}
