//! The multipart forms that bring a key file.

use super::{extract::unread, problem::Answer, problem::Failure};
use crate::state::AppState;
use axum::extract::{FromRequest, Multipart, Request, multipart::Field};
use domain::{Code, Refusal};
use http::StatusCode;
use service::keys::{Lock, Proof, Unlock, Upload};
use vault::Password;

/// The parts of a new key, each there once; whether they are any good is the use case's business.
pub(super) struct KeyForm(pub Upload);

/// Likewise, of a file that is to hold a certain key.
pub(super) struct ProofForm(pub Proof);

/// Likewise, of the Active key's file that locks.
pub(super) struct LockForm(pub Lock);

/// Likewise, of a locked key's file that comes back.
pub(super) struct UnlockForm(pub Unlock);

#[derive(Default)]
struct Parts {
    name: Option<String>,
    file: Option<Vec<u8>>,
    password: Option<String>,
    risk_acknowledged: Option<String>,
    typed_text: Option<String>,
    confirmed: Option<String>,
}

impl FromRequest<AppState> for KeyForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        let names = &["name", "file", "password", "risk_acknowledged"];
        let parts = Parts::read(request, state, names).await?;
        parts.complete(&["name", "file", "password"])?;
        let risk_acknowledged = ticked("risk_acknowledged", &parts.risk_acknowledged)?;
        let name = parts.name.clone().unwrap_or_default();
        let Proof { file, password } = parts.proof();
        Ok(Self(Upload { name, file, password, risk_acknowledged }))
    }
}

impl FromRequest<AppState> for ProofForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        let parts = Parts::read(request, state, &["file", "password"]).await?;
        parts.complete(&["file", "password"])?;
        Ok(Self(parts.proof()))
    }
}

impl FromRequest<AppState> for LockForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        let names = &["file", "password", "typed_text", "confirmed", "risk_acknowledged"];
        let parts = Parts::read(request, state, names).await?;
        parts.complete(&["file", "password", "typed_text"])?;
        let confirmed = ticked("confirmed", &parts.confirmed)?;
        let risk_acknowledged = ticked("risk_acknowledged", &parts.risk_acknowledged)?;
        let typed_text = parts.typed_text.clone().unwrap_or_default();
        let Proof { file, password } = parts.proof();
        Ok(Self(Lock { file, password, typed_text, confirmed, risk_acknowledged }))
    }
}

impl FromRequest<AppState> for UnlockForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        let parts = Parts::read(request, state, &["file", "password", "risk_acknowledged"]).await?;
        parts.complete(&["file", "password"])?;
        let risk_acknowledged = ticked("risk_acknowledged", &parts.risk_acknowledged)?;
        let Proof { file, password } = parts.proof();
        Ok(Self(Unlock { file, password, risk_acknowledged }))
    }
}

fn ticked(name: &str, part: &Option<String>) -> Answer<bool> {
    match part.as_deref() {
        Some("true") => Ok(true),
        None | Some("false") => Ok(false),
        Some(_) => Err(Failure::field(name, "Give 'true' or 'false'.")),
    }
}

impl Parts {
    async fn read(request: Request, state: &AppState, names: &[&str]) -> Answer<Self> {
        let mut form = Multipart::from_request(request, state).await.map_err(|_| {
            let detail = "Send the key as 'multipart/form-data'.".to_owned();
            Failure::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
        })?;
        let mut parts = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| unread(error.status()))? {
            parts.take(field, names).await?;
        }
        Ok(parts)
    }

    async fn take(&mut self, field: Field<'_>, names: &[&str]) -> Answer<()> {
        let name = field.name().unwrap_or_default().to_owned();
        let part = match name.as_str() {
            name if !names.contains(&name) => {
                return Err(Failure::field(name, format!("The parts are '{}'.", names.join("', '"))));
            }
            "file" => {
                let bytes = field.bytes().await.map_err(|error| unread(error.status()))?;
                return once(&name, &mut self.file, bytes.into());
            }
            "name" => &mut self.name,
            "password" => &mut self.password,
            "typed_text" => &mut self.typed_text,
            "confirmed" => &mut self.confirmed,
            _ => &mut self.risk_acknowledged,
        };
        once(&name, part, field.text().await.map_err(|error| unread(error.status()))?)
    }

    /// Says which of these are missing.
    fn complete(&self, names: &[&str]) -> Answer<()> {
        let there = |name: &str| match name {
            "name" => self.name.is_some(),
            "file" => self.file.is_some(),
            "typed_text" => self.typed_text.is_some(),
            _ => self.password.is_some(),
        };
        let mut missing = Refusal::new(Code::Invalid, "The form is not complete.");
        for name in names.iter().filter(|name| !there(name)) {
            missing = missing.at_field(name, "This part is missing.");
        }
        if missing.fields.is_empty() { Ok(()) } else { Err(missing.into()) }
    }

    fn proof(self) -> Proof {
        Proof {
            file: self.file.unwrap_or_default(),
            password: Password::new(self.password.unwrap_or_default()),
        }
    }
}

fn once<T>(name: &str, part: &mut Option<T>, value: T) -> Answer<()> {
    match part.replace(value) {
        None => Ok(()),
        Some(_) => Err(Failure::field(name, "This part is there twice.")),
    }
}
