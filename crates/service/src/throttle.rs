//! Slows down guessing, of passwords of people and of key files, in the database: replicas count together.

use crate::{Portal, ServiceResult};
use domain::{Code, Refusal, Timestamp, UserId, time::human_span};
use std::{net::IpAddr, time::Duration};

/// So many failures within [`WINDOW`] block what they are counted for.
pub const FAILURES: i64 = 10;
/// How long failures count together.
pub const WINDOW: Duration = Duration::from_secs(10 * 60);
/// How long a block lasts.
pub const BLOCK: Duration = Duration::from_secs(10 * 60);

/// What one attempt is counted for.
pub(crate) struct Subjects {
    /// Forgotten after a success.
    account: String,
    /// Kept all the same.
    address: Option<String>,
    /// What to look at again.
    check: &'static str,
}

impl Subjects {
    /// `canonical` is the account's address in lower case, or empty for what is no address.
    pub(crate) fn new(canonical: &str, address: Option<&str>) -> Self {
        let address = address.map(|address| format!("address:{}", network(address)));
        Self { account: account(canonical), address, check: "the address and the password" }
    }

    /// Wrong passwords of key files, per person: a stolen file is not for trying passwords here.
    pub(crate) fn key_files_of(user: UserId) -> Self {
        Self { account: format!("key-file:{user}"), address: None, check: "the password of the key file" }
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.account.as_str()).chain(self.address.as_deref())
    }

    /// Refuses while one of them is blocked.
    pub(crate) async fn check(&self, portal: &Portal) -> ServiceResult<()> {
        let now = portal.clock().now();
        let mut until = None;
        for subject in self.all() {
            let known = store::sign_ins::get(portal.db().read(), subject).await?;
            until = until.max(known.and_then(|known| known.blocked_until));
        }
        match until.map(Timestamp).filter(|until| *until > now) {
            Some(until) => Err(self.blocked(until, now).into()),
            None => Ok(()),
        }
    }

    /// Counts a failure; the tenth within the window blocks, until the returned time.
    pub(crate) async fn count(&self, portal: &Portal) -> ServiceResult<Option<Timestamp>> {
        let now = portal.clock().now();
        // A microsecond more, so that a window that began exactly ten minutes ago is over.
        let start = now - WINDOW + Duration::from_micros(1);
        let mut until = None;
        let tx = portal.db().begin().await?;
        for subject in self.all() {
            if store::sign_ins::count(&tx, subject, now, start).await? >= FAILURES {
                tracing::warn!(subject, "too many failures: blocked for ten minutes");
                until = Some(now + BLOCK);
                store::sign_ins::block(&tx, subject, now + BLOCK).await?;
            }
        }
        tx.commit().await?;
        Ok(until)
    }

    /// Forgets the account's failures after a success. The address keeps its own: somebody with an
    /// account must not be able to guess another one's password for ever.
    pub(crate) async fn forget(&self, portal: &Portal) -> ServiceResult<()> {
        Ok(store::sign_ins::clear(portal.db().write(), &self.account).await?)
    }

    fn blocked(&self, until: Timestamp, now: Timestamp) -> Refusal {
        let detail = format!("Too many failed attempts. Try again in {}.", human_span(until.since(now)));
        Refusal::new(Code::TooManyAttempts, detail)
            .from(until)
            .remedy(format!("Wait, then check {}.", self.check))
    }
}

/// The name under which an account's failures are counted.
pub(crate) fn account(canonical: &str) -> String {
    format!("account:{canonical}")
}

/// The address itself, or the /64 network of an IPv6 address, which one person holds whole.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(ip) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_network_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
