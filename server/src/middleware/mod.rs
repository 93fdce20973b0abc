//! What every request passes, from the outside in: request id, log line, panic guard, headers, client
//! address, origin check; and for pages: target, session, gate.

mod address;
mod csrf;
mod gate;
mod headers;
mod log;
mod panic;
pub mod problem;
mod request_id;
mod target;

pub(crate) use address::resolve as resolve_address;
pub use address::{ClientAddress, client_address};
pub(crate) use csrf::check as check_origin;
pub(crate) use gate::{Gate, gate};
pub(crate) use headers::secure as secure_headers;
pub(crate) use log::{answers, log};
pub(crate) use panic::catch as catch_panic;
pub use request_id::RequestId;
pub(crate) use request_id::assign as assign_request_id;
pub(crate) use target::check_target;
