//! Which page answers which URL.

use crate::{
    layout::Layout,
    pages::{
        audit, backups, clock, environments, errors::NotFound, keys, notifications, operations, overview,
        risk, rows, session, tables,
    },
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};

/// The root of the pages, the same on the server and in the browser.
///
/// Every route renders in [`SsrMode::Async`]: one complete document, so status codes, redirects and
/// cookies are decided before the first byte leaves, and the page is whole without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page| format!("{page} · Keystead") />
        <Router>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("") view=overview::Overview />
                    <SessionRoutes />
                    <EnvironmentRoutes />
                    <KeyRoutes />
                    <DataRoutes />
                    <RecordRoutes />
                    <Route path=path!("/*any") view=NotFound />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// What works before and around the sign-in.
#[component(transparent)]
fn SessionRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/setup") view=session::Setup />
            <Route path=path!("/sign-in") view=session::SignIn />
            <Route path=path!("/account") view=session::Account />
        </ParentRoute>
    }
    .into_inner()
}

/// Environments: the word `new` stands before the capture that would take it.
#[component(transparent)]
fn EnvironmentRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/environments") view=Outlet>
            <Route path=path!("") view=environments::Environments />
            <Route path=path!("/new") view=environments::NewEnvironment />
            <Route path=path!("/:id") view=environments::EnvironmentHome />
            <Route path=path!("/:id/details") view=environments::EnvironmentDetails />
            <Route path=path!("/:id/encryption") view=environments::EnvironmentEncryption />
            <Route path=path!("/:id/encryption/apply") view=environments::ApplyKey />
            <Route path=path!("/:id/encryption/return") view=environments::ReturnKey />
            <Route path=path!("/:id/encryption/unlock") view=environments::UnlockEnvironment />
            <Route path=path!("/:id/delete") view=environments::DeleteEnvironment />
            <Route path=path!("/:id/reset") view=environments::ResetEnvironment />
            <Route path=path!("/:id/copy") view=backups::CopyEnvironment />
            <Route path=path!("/:id/tables/new") view=tables::NewTable />
            <BackupRoutes />
        </ParentRoute>
    }
    .into_inner()
}

/// Backups of an environment.
#[component(transparent)]
fn BackupRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/:id/backups") view=Outlet>
            <Route path=path!("") view=backups::Backups />
            <Route path=path!("/:backup/restore") view=backups::RestoreBackup />
            <Route path=path!("/:backup/delete") view=backups::DeleteBackup />
        </ParentRoute>
    }
    .into_inner()
}

/// Protection keys. A word stands before the capture that would take it.
#[component(transparent)]
fn KeyRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/encryption-keys") view=Outlet>
            <Route path=path!("") view=keys::Keys />
            <Route path=path!("/risk") view=risk::Risk />
            <Route path=path!("/new") view=keys::NewKey />
            <Route path=path!("/report") view=keys::ReportChange />
            <Route path=path!("/clear-report") view=keys::ClearReport />
            <Route path=path!("/roll-back") view=keys::RollBack />
            <Route path=path!("/approval") view=keys::GiveApproval />
            <Route path=path!("/:id") view=keys::KeyDetails />
            <Route path=path!("/:id/activate") view=keys::ActivateKey />
            <Route path=path!("/:id/approval") view=keys::AskApproval />
            <Route path=path!("/:id/lock") view=keys::LockEnvironments />
            <Route path=path!("/:id/unlock") view=keys::UnlockKey />
            <Route path=path!("/:id/file") view=keys::KeyFile />
        </ParentRoute>
    }
    .into_inner()
}

/// Rows of tables.
#[component(transparent)]
fn DataRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/tables/:id") view=Outlet>
            <Route path=path!("") view=rows::Rows />
            <Route path=path!("/rows/new") view=rows::NewRow />
            <Route path=path!("/rows/:row") view=rows::EditRow />
            <Route path=path!("/import") view=rows::ImportRows />
        </ParentRoute>
    }
    .into_inner()
}

/// What happened: jobs, mails, the trail; and when it is.
#[component(transparent)]
fn RecordRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("/operations") view=operations::Operations />
            <Route path=path!("/operations/:id") view=operations::Operation />
            <Route path=path!("/notifications") view=notifications::Notifications />
            <Route path=path!("/notifications/:id") view=notifications::Notification />
            <Route path=path!("/audit") view=audit::AuditLog />
            <Route path=path!("/dev/clock") view=clock::Clock />
        </ParentRoute>
    }
    .into_inner()
}
