//! Answers of HTTP that stay open, and the progress of long work by them.
//!
//! * [`Framed`]: one JSON object, framed once for all who get it;
//! * [`push`]: answers that grow: server-sent events, and lines of JSON;
//! * [`Job`], [`Jobs`]: what long work says of itself, for whoever asks;
//! * `routes`: jobs by HTTP, as JSON or pushed; [`JobsPage`]: a small server of them, with a page
//!   that draws them, for programs that serve nothing else.
//!
//! Who may ask, and how many at once, is the affair of the server that answers.

mod framed;
mod job;
mod jobs;
mod jobs_page;
pub mod push;
mod routes;

pub use framed::Framed;
pub use job::{Job, Progress};
pub use jobs::Jobs;
pub use jobs_page::{JobsPage, PageError};
