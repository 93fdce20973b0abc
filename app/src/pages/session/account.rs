//! The own account: who one is, where one is signed in, the password.

use crate::{error::UiError, forms, pages::load::*, ui::*};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A session of the own account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewSession {
    /// Names it in the form; opens nothing.
    pub id: String,
    /// Whether it is the one that looks.
    pub current: bool,
    pub began: Moment,
    pub seen: Moment,
    pub until: Moment,
    /// Where it was signed in from.
    pub address: String,
}

/// What the page shows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewAccount {
    pub name: String,
    pub email: String,
    pub roles: Vec<String>,
    pub sessions: Vec<ViewSession>,
}

impl PageData for ViewAccount {
    fn title(&self) -> String {
        "Your account".to_owned()
    }
}

/// The caller's own account.
#[server(prefix = "/fn", endpoint = "account")]
pub async fn account() -> Result<ViewAccount, UiError> {
    let (portal, caller) = crate::request::request()?;
    let sessions = service::sessions::list(&portal, &caller).await?;
    Ok(ViewAccount {
        name: caller.name().to_owned(),
        email: caller.email().to_owned(),
        roles: caller.roles().iter().map(|role| role.label().to_owned()).collect(),
        sessions: sessions.into_iter().map(ViewSession::from).collect(),
    })
}

/// `/account`.
#[component]
pub fn Account() -> AnyView {
    page(|_| account(), show)
}

fn show(data: ViewAccount) -> AnyView {
    let ViewAccount { name, email, roles, sessions } = data;
    let address = email.clone();
    view! {
        <PageHeader title="Your account" subtitle=email.clone() />
        {forms::summary(&[])}
        <Card title="Who you are">
            <Facts>
                <Fact name="Name">{name}</Fact>
                <Fact name="E-mail address">{address}</Fact>
                <Fact name="Roles">{roles.join(", ")}</Fact>
            </Facts>
        </Card>
        {sessions_card(sessions)}
        {password(email)}
    }
    .into_any()
}

fn sessions_card(sessions: Vec<ViewSession>) -> AnyView {
    let others = sessions.iter().any(|session| !session.current);
    let end = others.then(|| {
        view! {
            <form method="post" action="/account">
                <Button label="Sign out everywhere else" icon=Glyph::SignOut name="do" value="end_others" />
            </form>
        }
    });
    let columns = vec![
        Column::new("Signed in"),
        Column::new("Last used"),
        Column::new("Ends").minor(),
        Column::new("From"),
        Column::new("Action").unnamed(),
    ];
    view! {
        <Card title="Where you are signed in" aside=end.into_any()>
            <DataTable caption="Your sessions" columns rows=sessions.into_iter().map(row).collect() />
        </Card>
    }
    .into_any()
}

fn row(session: ViewSession) -> Row {
    let ViewSession { id, current, began, seen, until, address } = session;
    let end = if current {
        view! { <Badge label="This session" tone=Tone::Success /> }.into_any()
    } else {
        view! {
            <form method="post" action="/account">
                <input type="hidden" name="session" value=id.clone() />
                <Button label="Sign out" name="do" value="end_session" look=Look::Subtle />
            </form>
        }
        .into_any()
    };
    Row::new(id, began.shown.clone())
        .cell(view! { <Time at=began /> })
        .cell(view! { <Time at=seen /> })
        .cell(view! { <Time at=until /> })
        .cell(address)
        .cell(end)
}

fn password(email: String) -> AnyView {
    view! {
        <Card title="Change your password">
            <form class="form" method="post" action="/account">
                // Password managers want to know whose password it is.
                <input type="hidden" name="username" autocomplete="username" value=email />
                <PasswordInput
                    name="current_password"
                    label="Current password"
                    error=forms::error("current_password")
                />
                <PasswordInput
                    name="new_password"
                    label="New password"
                    hint="12 to 256 characters. A few random words make a good one."
                    error=forms::error("new_password")
                    autocomplete="new-password"
                />
                <PasswordInput
                    name="new_password_again"
                    label="New password again"
                    error=forms::error("new_password_again")
                    autocomplete="new-password"
                />
                <p class="field-hint">"Your other sessions are signed out."</p>
                <div class="actions">
                    <Button label="Change password" name="do" value="password" look=Look::Primary />
                </div>
            </form>
        </Card>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod build {
    use super::ViewSession;
    use service::sessions::ListedSession;

    impl From<ListedSession> for ViewSession {
        fn from(session: ListedSession) -> Self {
            Self {
                id: session.id,
                current: session.current,
                began: session.created_at.into(),
                seen: session.seen_at.into(),
                until: session.expires_at.into(),
                address: session.address.unwrap_or_else(|| "unknown".to_owned()),
            }
        }
    }
}
