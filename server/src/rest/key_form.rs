//! The multipart form that brings a key.

use super::{extract::unread, problem::Answer, problem::Failure};
use crate::state::AppState;
use axum::extract::{FromRequest, Multipart, Request, multipart::Field};
use domain::{Code, Refusal};
use http::StatusCode;
use service::keys::Upload;
use vault::Password;

/// The form's parts, each there once; whether they are any good is the use case's business.
pub(super) struct KeyForm(pub Upload);

#[derive(Default)]
struct Parts {
    name: Option<String>,
    file: Option<Vec<u8>>,
    password: Option<String>,
    risk_acknowledged: Option<String>,
}

impl FromRequest<AppState> for KeyForm {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Answer<Self> {
        let mut form = Multipart::from_request(request, state).await.map_err(|_| {
            let detail = "Send the key as 'multipart/form-data'.".to_owned();
            Failure::Request(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
        })?;
        let mut parts = Parts::default();
        while let Some(field) = form.next_field().await.map_err(|error| unread(error.status()))? {
            parts.take(field).await?;
        }
        parts.upload().map(Self)
    }
}

impl Parts {
    async fn take(&mut self, field: Field<'_>) -> Answer<()> {
        let name = field.name().unwrap_or_default().to_owned();
        let read = match name.as_str() {
            "file" => {
                let bytes = field.bytes().await.map_err(|error| unread(error.status()))?;
                return once(&name, &mut self.file, bytes.into());
            }
            "name" => &mut self.name,
            "password" => &mut self.password,
            "risk_acknowledged" => &mut self.risk_acknowledged,
            _ => {
                let text = "The parts are 'name', 'file', 'password' and 'risk_acknowledged'.";
                return Err(Failure::field(&name, text));
            }
        };
        once(&name, read, field.text().await.map_err(|error| unread(error.status()))?)
    }

    fn upload(self) -> Answer<Upload> {
        let mut missing = Refusal::new(Code::Invalid, "The form is not complete.");
        for (name, there) in [
            ("name", self.name.is_some()),
            ("file", self.file.is_some()),
            ("password", self.password.is_some()),
        ] {
            if !there {
                missing = missing.at_field(name, "This part is missing.");
            }
        }
        if !missing.fields.is_empty() {
            return Err(missing.into());
        }
        let risk_acknowledged = match self.risk_acknowledged.as_deref() {
            Some("true") => true,
            None | Some("false") => false,
            Some(_) => return Err(Failure::field("risk_acknowledged", "Give 'true' or 'false'.")),
        };
        Ok(Upload {
            name: self.name.unwrap_or_default(),
            file: self.file.unwrap_or_default(),
            password: Password::new(self.password.unwrap_or_default()),
            risk_acknowledged,
        })
    }
}

fn once<T>(name: &str, part: &mut Option<T>, value: T) -> Answer<()> {
    match part.replace(value) {
        None => Ok(()),
        Some(_) => Err(Failure::field(name, "This part is there twice.")),
    }
}
