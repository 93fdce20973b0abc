//! Who asks, how, and from where: made by one extractor per surface.

use domain::{EnvironmentId, TenantId, TokenId, UserId, actions::Action, roles, roles::Role};
use std::sync::Arc;

/// How the caller proved who they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Via {
    /// A browser session, by the hash of its id.
    Session([u8; 32]),
    /// An API token.
    Token(TokenId),
    /// The operator at the machine's command line.
    Operator,
    /// The portal itself, when time is up; the person is only who it is written down for.
    Timer,
    /// A job that finishes what the person asked for.
    Job,
}

/// A known person (or a job that acts for one) in one tenant. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Caller(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    user: UserId,
    tenant: TenantId,
    name: String,
    email: String,
    roles: Vec<Role>,
    via: Via,
    address: Option<String>,
    request_id: String,
}

impl Caller {
    /// `address` is the client's IP; `request_id` ties logs, problems and audit rows together.
    pub fn new(
        user: &store::users::User,
        roles: Vec<Role>,
        via: Via,
        address: Option<String>,
        request_id: String,
    ) -> Self {
        Self(Arc::new(Inner {
            user: UserId(user.id),
            tenant: TenantId(user.tenant_id),
            name: user.name.clone(),
            email: user.email.clone(),
            roles,
            via,
            address,
            request_id,
        }))
    }

    pub fn user(&self) -> UserId {
        self.0.user
    }

    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn email(&self) -> &str {
        &self.0.email
    }

    pub fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    pub fn via(&self) -> &Via {
        &self.0.via
    }

    /// The client's IP address, where there is a client.
    pub fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Whether the roles allow it; `on` is the environment it touches. Jobs finish what was allowed.
    pub fn may(&self, action: Action, on: Option<EnvironmentId>) -> bool {
        match self.0.via {
            Via::Job | Via::Operator | Via::Timer => true,
            Via::Session(_) | Via::Token(_) => roles::allows(&self.0.roles, action, on),
        }
    }

    /// Which environments lists show: all (`None`) or just these.
    pub fn visible(&self) -> Option<Vec<EnvironmentId>> {
        match self.0.via {
            Via::Job | Via::Operator | Via::Timer => None,
            Via::Session(_) | Via::Token(_) => roles::visible(&self.0.roles),
        }
    }
}
