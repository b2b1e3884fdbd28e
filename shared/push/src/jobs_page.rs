//! A small server of jobs, and of the page that draws them, for programs that serve nothing else. It
//! runs in a thread of its own: the work waits for no reader.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::jobs::Jobs;
use crate::routes::routes;

/// Limit of open connections.
const CONNECTIONS_MAX: usize = 64;
/// How long a client may take to ask, and to ask again.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// Limit of the bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// How long a connection lasts at most. A page that still looks on comes back by itself; a client that
/// reads nothing makes room.
const CONNECTION_LIMIT: Duration = Duration::from_secs(3_600);
/// How long readers may take to get the end of a job when the program ends.
const GRACE: Duration = Duration::from_secs(2);
/// How long a client may take to hear that there is no place.
const REFUSAL_LIMIT: Duration = Duration::from_millis(100);
/// Time until the next attempt when the system has no connection to give.
const PAUSE: Duration = Duration::from_millis(100);

/// What the page may load: its own files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// The files of the page.
const FILES: [(&str, &str, &str); 5] = [
    ("/", "text/html; charset=utf-8", include_str!("../page/index.html")),
    ("/page.css", "text/css; charset=utf-8", include_str!("../page/page.css")),
    ("/page.js", JAVASCRIPT, include_str!("../page/page.js")),
    ("/chart.js", JAVASCRIPT, include_str!("../page/chart.js")),
    ("/story.js", JAVASCRIPT, include_str!("../page/story.js")),
];

/// Why there is no page.
#[derive(Debug)]
pub struct PageError {
    address: SocketAddr,
    reason: io::Error,
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, reason } = self;
        match reason.kind() {
            io::ErrorKind::AddrInUse => write!(
                f,
                "another program listens at {address}; choose another port, or 0 for any that is free"
            ),
            _ => write!(f, "the page can't be served at {address}: {reason}"),
        }
    }
}

impl std::error::Error for PageError {}

/// The server, which ends when this is dropped, or [`JobsPage::end`] says so.
#[derive(Debug)]
pub struct JobsPage {
    jobs: Jobs,
    address: SocketAddr,
    end: watch::Sender<bool>,
    served: std::sync::mpsc::Receiver<()>,
}

impl JobsPage {
    /// Listens at an address, and only there.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn open(address: SocketAddr) -> Result<Self, PageError> {
        Self::serve(address).map_err(|reason| PageError { address, reason })
    }

    fn serve(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let (jobs, address) = (Jobs::default(), listener.local_addr()?);
        let router = router(jobs.clone(), address);
        let (end, ended) = watch::channel(false);
        let (done, served) = std::sync::mpsc::sync_channel(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let work = move || {
            // The listener is the runtime's from here on, and fails only if that has no room for it.
            runtime.block_on(async { accept(listener, router, ended).await }).ok();
            let _ = done.send(());
        };
        thread::Builder::new().name("page".to_owned()).spawn(work)?;
        Ok(Self { jobs, address, end, served })
    }

    /// The jobs that it serves.
    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Waits until readers have got what was said, but only for a moment.
    pub fn end(self) {
        self.end.send_replace(true);
        // With some time for the answers in the making.
        let _ = self.served.recv_timeout(GRACE + PAUSE);
    }
}

fn router(jobs: Jobs, address: SocketAddr) -> Router {
    let is_local = address.ip().is_loopback();
    let files = FILES.into_iter().fold(routes(jobs), |router, (path, content_type, text)| {
        let answer = ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache")], text);
        router.route(path, get(async move || answer))
    });
    let guard = move |request: Request, next: Next| async move {
        if is_local && !names_this_machine(&request) {
            let text = "this page is for this machine alone: ask for localhost or an address\n";
            return finished((StatusCode::MISDIRECTED_REQUEST, text).into_response());
        }
        finished(next.run(request).await)
    };
    files.layer(from_fn(guard))
}

/// Whether a request reached this machine by a name that no other site can have.
fn names_this_machine(request: &Request) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(authority) = host.parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Adds what every answer has.
fn finished(mut answer: Response) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Accepts connections until the end, then waits for those that are open.
async fn accept(
    listener: TcpListener,
    router: Router,
    mut ended: watch::Receiver<bool>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ended.wait_for(|ended| *ended) => break,
        };
        let Ok((socket, _)) = accepted else {
            sleep(PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            refuse(socket).await;
            continue;
        };
        tokio::spawn(converse(socket, router.clone(), place, ended.clone()));
    }
    let all = places.acquire_many(CONNECTIONS_MAX as u32);
    let _ = timeout(GRACE, all).await;
    Ok(())
}

/// Refuses a connection: as many as there may be are open. Others wait meanwhile.
async fn refuse(mut socket: TcpStream) {
    let text =
        format!("{CONNECTIONS_MAX} connections are open, and no more may be; close some pages\n");
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{text}"
    );
    // A socket that is closed with something unread takes the answer back.
    let answered = async {
        socket.write_all(answer.as_bytes()).await?;
        socket.shutdown().await?;
        let mut asked = [0; 1_024];
        while socket.read(&mut asked).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = timeout(REFUSAL_LIMIT, answered).await;
}

async fn converse(
    socket: TcpStream,
    router: Router,
    _place: OwnedSemaphorePermit,
    mut ended: watch::Receiver<bool>,
) {
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), TowerToHyperService::new(router));
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        // However it ends, nobody is there any more who could hear of it.
        _ = timeout(CONNECTION_LIMIT, serving.as_mut()) => return,
        _ = ended.wait_for(|ended| *ended) => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = timeout(GRACE, serving).await;
}

#[cfg(test)]
mod tests;
