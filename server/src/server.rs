//! A server for any game, from the first connection to an orderly end.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_shared::game::{Game, MapError};
use drumbeat_shared::input::{InvalidInput, check_default};
use metrics_exporter_prometheus::BuildError;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{info, warn};

use crate::admin::{self, Admin, AdminError};
use crate::bans::{Bans, BansError};
use crate::config::Config;
use crate::engine::close::CloseReason;
use crate::engine::come_back::ComeBack;
use crate::engine::shards::ShardsError;
use crate::net::{self, Edge, Guards, Stage};
use crate::stamp::Stamp;
use crate::telemetry::metrics::Metrics;
use crate::tickets::Tickets;
use crate::tls::Tls;

/// How long the rooms may take to notify their players that the server ends.
const NOTIFY_LIMIT: Duration = Duration::from_secs(5);
/// How long connections may take to close after that.
const CLOSE_LIMIT: Duration = Duration::from_secs(4);
/// How often recorded times are folded into the histograms.
const UPKEEP: Duration = Duration::from_secs(2);
/// Time between two looks at the file with the keys of tickets.
const KEYS: Duration = Duration::from_secs(1);
/// Time between two looks at whether ticks end.
const WATCH: Duration = Duration::from_millis(250);

/// Why a server did not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The map is invalid.
    #[error("{0}")]
    Map(#[from] MapError),
    /// The default input of the game is not one that a player could send.
    #[error("{0}")]
    Input(#[from] InvalidInput),
    /// The tickets that are asked for cannot be checked.
    #[error("{0}")]
    Tickets(String),
    /// The TLS certificate cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The threads that make frames could not be started.
    #[error("{0}")]
    Shards(#[from] ShardsError),
    /// The bans could not be loaded.
    #[error("{0}")]
    Bans(#[from] BansError),
    /// Those who run the server could not reach it, or others could.
    #[error("{0}")]
    Admin(#[from] AdminError),
    /// HTTP could not be served.
    #[error("HTTP cannot be served: {0}")]
    Http(io::Error),
    /// The metrics could not be set up.
    #[error("the metrics could not be set up: {0}")]
    Metrics(#[from] BuildError),
}

/// A game's server, before it serves anybody.
pub struct Server<G: Game> {
    edge: Arc<Edge<G>>,
    stage: watch::Sender<Stage>,
    admin: Option<(Arc<Admin<G>>, TcpListener)>,
    reloads: watch::Receiver<u64>,
}

/// Serves a game on `listener` until `shutdown` is done: creates a [`Server`] without an admin listener
/// and runs it.
///
/// # Errors
/// When the map, the default input, the keys of tickets, the bans or the certificate are invalid, or
/// threads or the metrics are not available; then nothing has been served.
pub async fn run<G: Game>(
    config: Config<G::Settings>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    Server::<G>::new(config)?.run(listener, shutdown).await
}

impl<G: Game> Server<G> {
    /// Creates a server. Call this in the runtime that reads game connections.
    ///
    /// # Errors
    /// When the map, the default input, the keys of tickets, the bans or the certificate are invalid, or
    /// threads or the metrics are not available.
    pub fn new(config: Config<G::Settings>) -> Result<Self, RunError> {
        check_default::<G::Input>()?;
        config.room.map::<G>()?;
        let (stage, follow_stage) = watch::channel(Stage::Open);
        let metrics = Metrics::new()?;
        let tickets = Tickets::open(config.tickets.clone()).map_err(RunError::Tickets)?;
        let bans = Bans::load(config.bans.as_deref(), Stamp::now())?;
        let tls = config.tls.clone().map(|files| Tls::open(files, metrics.edge.tls.clone()));
        let tls = tls.transpose().map_err(RunError::Tls)?.map(Arc::new);
        let edge = Edge::new(config, metrics, follow_stage, Guards { tickets, bans, tls })?;
        Ok(Self { edge, stage, admin: None, reloads: watch::channel(0).1 })
    }

    /// Also serves those who run the server: its metrics, its players, and what they may do.
    ///
    /// # Errors
    /// When others than this machine can reach the listener and the configuration names no tokens; when
    /// the tokens or the audit log are not what they must be.
    pub fn with_admin(self, listener: TcpListener) -> Result<Self, RunError> {
        let address = listener.local_addr().map_err(RunError::Http)?;
        let admin = Admin::new(Arc::clone(&self.edge), address)?;
        Ok(Self { admin: Some((admin, listener)), ..self })
    }

    /// Reads the certificate anew whenever `reloads` changes, and not only when the files do.
    #[must_use]
    pub fn reload_on(self, reloads: watch::Receiver<u64>) -> Self {
        Self { reloads, ..self }
    }

    /// What begins to drain the server: from then on it lets nobody new in, and says so at `/readyz`,
    /// while those inside play on. Call it before the end, for as long as a balancer in front of the
    /// server needs to notice.
    pub fn drain(&self) -> impl Fn() + Send + Sync + 'static + use<G> {
        let lobby = Arc::clone(&self.edge.lobby);
        move || lobby.end_soon()
    }

    /// What says whether the loop of every room advances, as `/healthz` does.
    pub fn health(&self) -> impl Fn() -> bool + Send + Sync + 'static + use<G> {
        let lobby = Arc::clone(&self.edge.lobby);
        move || lobby.health().is_ok()
    }

    /// Serves on `listener` until `shutdown` is done. Then it notifies the players, closes their
    /// connections and returns within ten seconds, whatever they do.
    ///
    /// # Errors
    /// When the threads of HTTP are not available; then nothing has been served.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), RunError> {
        let Self { edge, stage, admin, reloads } = self;
        let (seed, come_back) = (edge.config.room.game.seed, edge.config.come_back);
        let (lobby, metrics) = (Arc::clone(&edge.lobby), edge.metrics.clone());
        let watched = Arc::clone(&lobby);
        let (admission, tickets) = (Arc::clone(&edge.admission), Arc::clone(&edge.tickets));
        let http = Http::start("http").map_err(RunError::Http)?;
        let listener = http.take(listener).map_err(RunError::Http)?;
        let admin = admin.map(Administration::start).transpose().map_err(RunError::Http)?;
        let certificate = edge.tls.clone();
        let certificate =
            certificate.map(|tls| http.0.spawn(async move { tls.follow(reloads).await }));
        let relaying = http.0.spawn(Arc::clone(&lobby).relay());
        let accepting = http.0.spawn(net::accept(edge, listener));
        let reading = metrics.rooms.read_lateness.clone();
        let reading = tokio::spawn(reading.watch(metrics.edge.read_lateness.clone()));
        let watching = http.0.spawn(repeat(WATCH, move || watched.watch()));
        let following = http.0.spawn(repeat(KEYS, move || tickets.refresh()));
        // In the HTTP thread: the upkeep may wait for a request for the metrics.
        let upkeep = http.0.spawn(repeat(UPKEEP, move || metrics.run_upkeep()));

        shutdown.await;
        info!("shutting down: refusing new players, notifying current ones");
        lobby.end_soon();
        let from_ms = u32::try_from(come_back.as_millis()).unwrap_or(u32::MAX);
        let come_back = ComeBack::new(seed, from_ms, admission.game_connections());
        stage.send_replace(Stage::Ending(come_back));
        // Awaited, not run in a thread: at the end the system may allow no new one.
        if !lobby.shut_down(&CloseReason::shutting_down(come_back), NOTIFY_LIMIT).await {
            warn!("some rooms did not close in time");
        }
        stage.send_replace(Stage::Closed);
        let _ = accepting.await;
        if timeout(CLOSE_LIMIT, admission.all_closed()).await.is_err() {
            warn!("some clients did not close in time: their connections are dropped");
        }
        if let Some(admin) = admin {
            let _ = timeout(CLOSE_LIMIT, admin.serving).await;
        }
        upkeep.abort();
        relaying.abort();
        watching.abort();
        following.abort();
        certificate.inspect(JoinHandle::abort);
        reading.abort();
        info!("stopped");
        Ok(())
    }
}

/// Does something again and again, at least this long apart.
async fn repeat(period: Duration, act: impl Fn()) {
    let mut due = interval(period);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        act();
    }
}

/// The admin listener, on a thread of its own.
struct Administration {
    serving: JoinHandle<()>,
    _http: Http,
}

impl Administration {
    fn start<G: Game>((admin, listener): (Arc<Admin<G>>, TcpListener)) -> io::Result<Self> {
        let http = Http::start("admin")?;
        let listener = http.take(listener)?;
        Ok(Self { serving: http.0.spawn(admin::serve(admin, listener)), _http: http })
    }
}

/// A thread only for HTTP. However many visitors ask for however much, other threads read the game,
/// and where cores are few those come first.
struct Http(Handle, Option<Runtime>);

impl Http {
    fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .on_thread_start(yield_to_the_game)
            .enable_all()
            .build()?;
        Ok(Self(runtime.handle().clone(), Some(runtime)))
    }

    /// A listener whose connections this thread serves.
    fn take(&self, listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
        let _here = self.0.enter();
        tokio::net::TcpListener::from_std(listener)
    }
}

impl Drop for Http {
    /// Does not wait, as asynchronous code must not, even when [`run`] is cancelled.
    fn drop(&mut self) {
        if let Some(runtime) = self.1.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lowers the priority of the calling thread; only Linux allows this for a single thread.
fn yield_to_the_game() {
    #[cfg(target_os = "linux")]
    {
        const NICE: i32 = 10;
        // If this fails, visitors only take a fair share.
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}
