//! AUTH PLAIN (RFC 4616) and AUTH LOGIN.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncWrite};

use super::session::Session;

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// `rest` is the mechanism and perhaps the client's first response.
    pub(super) async fn authenticate(&mut self, rest: &str) -> io::Result<()> {
        let (mechanism, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let login = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => plain(&self.response(first, "334 ").await?),
            // The prompts are "Username:" and "Password:" in base64.
            "LOGIN" => {
                let user = self.response(first, "334 VXNlcm5hbWU6").await?;
                let password = self.response("", "334 UGFzc3dvcmQ6").await?;
                user.zip(password)
            }
            _ => return self.reply("504 5.5.4 PLAIN or LOGIN").await,
        };
        let wanted = self.shared.settings.login.clone();
        let good = login.filter(|login| wanted.is_none_or(|wanted| wanted == *login));
        let Some((user, _)) = good else {
            self.shared.count(|counts| counts.failed_logins += 1);
            return self.reply("535 5.7.8 wrong user or password").await;
        };
        self.shared.count(|counts| counts.logins += 1);
        self.user = Some(user);
        self.reply("235 2.7.0 welcome").await
    }

    async fn response(&mut self, first: &str, prompt: &str) -> io::Result<Option<String>> {
        if !first.is_empty() {
            return Ok(decode(first));
        }
        self.reply(prompt).await?;
        Ok(decode(&self.line().await?))
    }
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// `authorisation NUL user NUL password`.
fn plain(response: &Option<String>) -> Option<(String, String)> {
    let mut fields = response.as_deref()?.split('\0').skip(1).map(str::to_owned);
    fields.next().zip(fields.next())
}
