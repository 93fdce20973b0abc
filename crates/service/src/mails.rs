//! What mails say and how they enter the outbox: one message per administrator (PP-033).

use crate::{Act, ServiceResult, keys, keys::hex};
use domain::{
    MessageId, RingId, Timestamp, actions::Action, events::Event, messages::MessageState, rings, roles,
};
use std::fmt::Write as _;
use store::{environments::Environment, keys::Key, messages::Message, rings::Ring};

/// What happened, as every administrator is told. Never holds a password or key material.
#[derive(Clone, Debug)]
pub struct Notice {
    pub event: Event,
    pub region: String,
    /// The key, by name and fingerprint.
    pub key: Option<String>,
    /// The key before it, likewise.
    pub previous: Option<String>,
    pub environment: Option<String>,
    /// How many environments it concerns.
    pub affected: Option<u64>,
    /// When the activation completed: starts the 24 h and 72 h timers.
    pub activated_at: Option<Timestamp>,
    /// When the environments were locked: unlocking after an hour, deletion after 28 days.
    pub locked_at: Option<Timestamp>,
    /// When a scheduled roll-back begins.
    pub due_at: Option<Timestamp>,
    /// Available keys that went with a lock.
    pub deleted_keys: Vec<String>,
    /// What an environment holds now, where that was replaced.
    pub source: Option<String>,
    /// What approval is asked for.
    pub change: Option<String>,
    /// How many backups went with a reset.
    pub deleted_backups: Option<u64>,
    /// The key's name, for the subject.
    subject_key: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Where to look, below the public address.
    pub path: String,
    /// The ring whose key changed: each recipient gets a link that reports it.
    reportable: Option<RingId>,
}

impl Notice {
    /// About a key, and the one it replaces.
    pub fn of_key(event: Event, ring: &Ring, key: &Key, previous: Option<&Key>) -> Self {
        Self {
            event,
            region: ring.region.clone(),
            key: Some(named(key)),
            previous: previous.map(named),
            environment: None,
            affected: None,
            activated_at: None,
            locked_at: None,
            due_at: None,
            deleted_keys: Vec::new(),
            source: None,
            change: None,
            deleted_backups: None,
            subject_key: key.name.clone(),
            error: None,
            path: format!("/encryption-keys?region={}", ring.region),
            reportable: matches!(event, Event::KeyActivationRequested | Event::KeyActivated)
                .then_some(RingId(ring.id)),
        }
    }

    /// About an environment, the key it had and the one it has now; `None` is the platform's.
    pub fn of_environment(
        event: Event,
        ring: &Ring,
        environment: &Environment,
        (before, now): (Option<&Key>, Option<&Key>),
    ) -> Self {
        let named = |key: Option<&Key>| key.map_or_else(|| STANDARD_KEY.to_owned(), named);
        Self {
            event,
            region: ring.region.clone(),
            key: Some(named(now)),
            previous: matches!(
                event,
                Event::EnvironmentApplied | Event::EnvironmentReturned | Event::EnvironmentReset
            )
            .then(|| named(before)),
            environment: Some(environment.name.clone()),
            affected: Some(1),
            activated_at: None,
            locked_at: None,
            due_at: None,
            deleted_keys: Vec::new(),
            source: None,
            change: None,
            deleted_backups: None,
            subject_key: String::new(),
            error: None,
            path: format!("/environments/{}/encryption", environment.id),
            reportable: None,
        }
    }

    fn subject(&self) -> String {
        let key = &self.subject_key;
        let environment = self.environment.as_deref().unwrap_or("");
        match self.event {
            Event::KeyAdded => format!("Encryption key {key} was added"),
            Event::KeyActivationRequested => format!("Encryption key {key} is being activated"),
            Event::KeyActivated => format!("Encryption key {key} is now active"),
            Event::KeyActivationFailed => format!("Encryption key {key} could not be activated"),
            Event::EnvironmentApplied => format!("{environment} is now encrypted with your own key"),
            Event::EnvironmentReturned => format!("{environment} is back on standard encryption"),
            Event::ChangeReported => {
                format!("The change to encryption key {key} was reported as not authorised")
            }
            Event::ReportCleared => format!("The report about encryption key {key} was cleared"),
            Event::RollBackScheduled => format!("A roll-back to encryption key {key} is scheduled"),
            Event::RollBackCancelled => format!("The roll-back to encryption key {key} is called off"),
            Event::ApprovalAsked => format!("Approval is asked for a change to encryption key {key}"),
            Event::ApprovalGiven => format!("A change to encryption key {key} is approved"),
            Event::ApprovalWithdrawn => format!("A change to encryption key {key} is not approved"),
            Event::KeyLocked => format!("All environments of encryption key {key} were locked"),
            Event::KeyUnlocking => format!("The file of locked encryption key {key} was brought back"),
            Event::KeyUnlocked => format!("Encryption key {key} is unlocked and active"),
            Event::KeyUnlockFailed => format!("Encryption key {key} could not be unlocked"),
            Event::LockRefused => format!("Somebody failed to lock the environments of encryption key {key}"),
            Event::UnlockRefused => format!("Somebody failed to unlock encryption key {key}"),
            Event::EnvironmentUnlocked => format!("{environment} is unlocked"),
            Event::DeletionReminder => format!("Locked environments of encryption key {key} will be deleted"),
            Event::EnvironmentDeleted => format!("{environment} was deleted"),
            Event::EnvironmentOverwritten => format!("What {environment} held was replaced"),
            Event::EnvironmentReset => format!("{environment} was reset: its data and backups are gone"),
            Event::BackupFailed => format!("The scheduled backup of {environment} failed"),
            Event::EnvironmentChangeFailed => format!("The encryption of {environment} could not be changed"),
        }
    }

    /// The facts, as label and value, in the order they are read.
    fn facts(&self, act: &Act, tenant: &str) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("Who", who(act)),
            ("What", self.event.as_str().replace('_', " ")),
            ("Organisation", tenant.to_owned()),
            ("Region", self.region.clone()),
        ];
        let when = |at: Timestamp| act.portal.settings().local_time.human(at);
        facts.extend(self.environment.as_ref().map(|name| ("Environment", name.clone())));
        facts.extend(self.change.clone().map(|change| ("Asked for", change)));
        facts.extend(self.source.clone().map(|source| ("It holds now", source)));
        facts.extend(self.deleted_backups.map(|n| ("Backups deleted", n.to_string())));
        facts.extend(self.previous.clone().map(|key| ("Key before", key)));
        facts.extend(self.key.clone().map(|key| ("Key", key)));
        facts.extend(self.affected.map(|n| ("Environments affected", n.to_string())));
        facts.push(("Time", when(act.now)));
        facts.push(("From address", act.caller.address().unwrap_or("not known").to_owned()));
        if let Some(at) = self.activated_at {
            let (next, lock) = (at + rings::BETWEEN_ACTIVATIONS, at + rings::NO_LOCK_AFTER_CHANGE);
            facts.push(("Locking possible from", when(lock)));
            if self.previous.is_some() {
                facts.push(("Roll-back possible", format!("from {} until {}", when(next), when(lock))));
            }
        } else if self.event == Event::KeyActivationRequested {
            facts.push(("Locking possible from", "72 hours after the key is active".to_owned()));
            if self.previous.is_some() {
                let text = "from 24 until 72 hours after the key is active";
                facts.push(("Roll-back possible", text.to_owned()));
            }
        }
        facts.extend(self.due_at.map(|at| ("Roll-back begins", when(at))));
        if self.event == Event::ChangeReported {
            let text = "No key is activated and nothing is locked until a Global administrator who neither made, approved nor reported the change has cleared it";
            facts.push(("Until then", text.to_owned()));
        }
        if !self.deleted_keys.is_empty() {
            facts.push(("Keys deleted with it", self.deleted_keys.join(", ")));
        }
        if let Some(at) = self.locked_at {
            facts.push(("Locked since", when(at)));
            if self.event != Event::EnvironmentDeleted {
                facts.push(("Unlocking possible from", when(at + rings::NO_UNLOCK_AFTER_LOCK)));
                facts.push(("Deleted for good", when(at + rings::LOCKED_AT_MOST)));
            }
        }
        facts.extend(self.error.as_ref().map(|why| ("Why", why.clone())));
        facts.push(("Reference", act.caller.request_id().to_owned()));
        facts
    }
}

fn who(act: &Act) -> String {
    match act.caller.via() {
        crate::Via::Timer => "The portal, because time is up".to_owned(),
        _ => format!("{} ({})", act.caller.name(), act.caller.email()),
    }
}

/// What the platform's own key is called: it has no file and no fingerprint to compare.
const STANDARD_KEY: &str = "Microsoft-provided key";

fn named(key: &Key) -> String {
    format!("{}, SHA-256 {}", key.name, hex(&key.fingerprint))
}

/// Queues the notice for each administrator, in the transaction of the change.
pub(crate) async fn queue(act: &mut Act, notice: Notice) -> ServiceResult<()> {
    let tenant = store::tenants::get(&act.tx, act.caller.tenant()).await?;
    let tenant = tenant.map(|tenant| tenant.name).unwrap_or_default();
    let link = format!("{}{}", act.portal.settings().public_url, notice.path);
    let facts = notice.facts(act, &tenant);
    let subject = format!("[Keystead] {}", notice.subject());
    for user in store::users::administrators(&act.tx, act.caller.tenant()).await? {
        let links = Links { look: &link, report: report_link(act, &notice, domain::UserId(user.id)).await? };
        let message = Message {
            id: MessageId(act.fresh_id()),
            tenant_id: act.caller.tenant(),
            event: notice.event,
            user_id: domain::UserId(user.id),
            subject: subject.clone(),
            text: text(&user.name, &notice, &facts, &links),
            html: html(&user.name, &notice, &facts, &links),
            address: user.email,
            state: MessageState::Queued,
            attempts: 0,
            next_attempt_at: act.now,
            last_error: None,
            created_at: act.now,
            sent_at: None,
        };
        store::messages::insert(&act.tx, message).await?;
    }
    Ok(())
}

/// Where a mail leads.
struct Links<'a> {
    look: &'a str,
    /// "This was not us", for this recipient alone.
    report: Option<String>,
}

async fn report_link(act: &Act, notice: &Notice, user: domain::UserId) -> ServiceResult<Option<String>> {
    let Some(ring) = notice.reportable else { return Ok(None) };
    // A System administrator is told too, but reports to somebody who sees keys.
    if !roles::allows(&store::users::roles(&act.tx, user).await?, Action::KeyReport, None) {
        return Ok(None);
    }
    let token = keys::make_report_link(act, ring, user).await?;
    let url = &act.portal.settings().public_url;
    Ok(Some(format!("{url}/encryption-keys/report?region={}&link={token}", notice.region)))
}

/// What the link in the mail does.
const REPORT: &str = "This was not us: stop key changes and locks until somebody else has looked";

const QUESTION: &str =
    "Was this authorised? If you do not know of it, look at once and ask the person named above.";

fn text(name: &str, notice: &Notice, facts: &[(&str, String)], links: &Links<'_>) -> String {
    let mut text = format!("Hello {name},\n\n{}.\n\n", notice.subject());
    for (label, value) in facts {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label}: {value}");
    }
    let _ = writeln!(text, "\n{QUESTION}\n{}", links.look);
    if let Some(report) = &links.report {
        let _ = writeln!(text, "\n{REPORT}:\n{report}");
    }
    let _ = write!(text, "\nYou receive this because you are an administrator.\n");
    text
}

fn html(name: &str, notice: &Notice, facts: &[(&str, String)], links: &Links<'_>) -> String {
    let report = links
        .report
        .as_ref()
        .map_or_else(String::new, |report| format!("<p><a href=\"{}\">{REPORT}</a></p>", escape(report)));
    let mut rows = String::new();
    for (label, value) in facts {
        // Writing to a String cannot fail.
        let _ = write!(
            rows,
            "<tr><th align=\"left\" valign=\"top\" style=\"padding:4px 16px 4px 0;font-weight:600\">{}</th>\
             <td style=\"padding:4px 0;word-break:break-word\">{}</td></tr>",
            escape(label),
            escape(value)
        );
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>{subject}</title>\
         <body style=\"font:14px/20px 'Segoe UI',sans-serif;color:#242424;max-width:640px\">\
         <p>Hello {name},</p><h1 style=\"font-size:20px;line-height:28px\">{subject}.</h1>\
         <table style=\"border-collapse:collapse\">{rows}</table>\
         <p>{QUESTION}</p><p><a href=\"{link}\">Open it in Keystead</a></p>{report}\
         <p style=\"color:#616161\">You receive this because you are an administrator.</p></body></html>",
        subject = escape(&notice.subject()),
        name = escape(name),
        link = escape(links.look),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
