//! The address of a page holds text: what no text holds is refused before anything looks it up. The API
//! checks each parameter itself and names it.

use super::problem::About;
use axum::{extract::Request, middleware::Next, response::Response};
use domain::Code;
use http::StatusCode;

/// Refuses addresses with the character NUL (400), which PostgreSQL cannot even be asked about.
pub(crate) async fn check_target(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    if target.contains("%00") {
        let text =
            "The address holds the character NUL (%00), which no name and no search contains. Remove it.";
        return About::of(&request).refuse(StatusCode::BAD_REQUEST, Code::Invalid, text);
    }
    next.run(request).await
}
