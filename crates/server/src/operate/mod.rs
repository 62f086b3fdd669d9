//! Operating the server: is it well, what does it count, what does it log.
//!
//! One list of checks serves `dotpha doctor` and the operator's page. What is asked of the process from
//! outside (`/healthz`, `/readyz`, `/metrics`) makes no session and tells no secret.

mod checks;
mod host;
mod metrics;
mod observe;
mod probes;
mod setup;

pub use checks::{Check, Instance, Level, examine};
pub use host::free_space;
pub use metrics::{Metrics, SignIn};
pub use observe::{Reader, RequestId, discreet, observe};
pub use probes::{aside, routes};
pub use setup::{Limits, ServerAddress, Setup, Token};
