//! How a page gets its data: asked for once, shown, or the reason why not.

use super::{answer::Answer, errors};
use crate::{error::UiError, url};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin, sync::Arc};

/// What an address asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Input {
    /// The path's `{id}`; empty on pages without one.
    pub id: String,
    /// The path's second capture, `{row}` or `{backup}`.
    pub sub: String,
    /// The query string, without `?`.
    pub query: String,
}

impl Input {
    /// A value of the query; empty when it is not there.
    pub fn value(&self, name: &str) -> String {
        url::query_value(&self.query, name)
    }
}

/// The data of a page.
pub trait PageData: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The document's title, the same as the page's `h1`.
    fn title(&self) -> String;

    /// Whether something runs that the page should follow: it is then asked for again each second,
    /// and without script every five.
    fn running(&self) -> bool {
        false
    }
}

/// A page: asks `fetch` for its data and shows it. While the address or the data changes, what was
/// shown stays. Suspense is flat: a page calls this once.
///
/// Only the two closures are made per page; what they stand in is compiled once, for the wasm's size.
pub fn page<T: PageData, F>(fetch: fn(Input) -> F, show: fn(T) -> AnyView) -> AnyView
where
    F: Future<Output = Result<T, UiError>> + Send + 'static,
{
    let ask: Ask = Arc::new(move |input| {
        let asked = fetch(input);
        Box::pin(async move { Answer::new(asked.await) })
    });
    let tell: Tell = Arc::new(move |answer| match answer.into_data::<T>() {
        Ok(data) => titled(data.title(), show(data)),
        Err(error) => errors::view(error),
    });
    any_page(ask, tell)
}

type Ask = Arc<dyn Fn(Input) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;
type Tell = Arc<dyn Fn(Answer) -> AnyView + Send + Sync>;

/// On the server: asks once and waits, on the task of the request itself.
#[cfg(feature = "ssr")]
fn any_page(ask: Ask, tell: Tell) -> AnyView {
    let context = Owner::current_shared_context();
    // The browser numbers what it takes from the document: its resource first, then its transition.
    let id = context.as_ref().map(|context| (context.next_id(), context.next_id()).0);
    let asked = ask(untrack(input));
    Suspend::new(async move {
        let answer = asked.await;
        if let Some((context, id)) = context.zip(id) {
            context.write_async(id, Box::pin(std::future::ready(answer.to_string())));
        }
        shown(answer, &tell)
    })
    .into_any()
}

/// In the browser: what the document has, then what the address asks for.
#[cfg(not(feature = "ssr"))]
fn any_page(ask: Ask, tell: Tell) -> AnyView {
    let data = Resource::new_str(input, move |input| ask(input));
    follow(data);
    view! {
        <Transition>
            {move || {
                let tell = tell.clone();
                Suspend::new(async move { shown(data.await, &tell) })
            }}
        </Transition>
    }
    .into_any()
}

fn shown(answer: Answer, tell: &Tell) -> AnyView {
    let again = answer.running().then(refresh);
    view! {
        {again}
        {tell(answer)}
    }
    .into_any()
}

/// The parts of the address that data depends on; reading it tracks them. `done` is not one.
fn input() -> Input {
    let query = use_location().search.get();
    let query: Vec<&str> =
        query.trim_start_matches('?').split('&').filter(|pair| !pair.starts_with("done=")).collect();
    let query = query.join("&");
    use_params_map().with(|params| Input {
        id: params.get("id").unwrap_or_default(),
        sub: params.get("row").or_else(|| params.get("backup")).unwrap_or_default(),
        query,
    })
}

fn titled(title: String, page: AnyView) -> AnyView {
    view! {
        <Title text=title />
        {page}
    }
    .into_any()
}

/// Without script the browser loads the page again. As a text: in a document with script, browsers
/// read what is in `noscript` as one.
fn refresh() -> AnyView {
    view! { <noscript inner_html="<meta http-equiv=\"refresh\" content=\"5\">"></noscript> }.into_any()
}

/// Asks again while something runs.
#[cfg(not(feature = "ssr"))]
fn follow(data: Resource<Answer, leptos::server::codee::string::FromToStringCodec>) {
    use std::time::Duration;

    Effect::new(move |_| {
        let running = data.with(|answer| answer.as_ref().is_some_and(Answer::running));
        if running && let Ok(handle) = set_timeout_with_handle(move || data.refetch(), Duration::from_secs(1))
        {
            on_cleanup(move || handle.clear());
        }
    });
}
