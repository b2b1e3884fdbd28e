//! What all requests to the admin listener share.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use drumbeat_shared::game::Game;

use super::audit::Audit;
use super::tokens::{Tokens, TokensError};
use crate::net::Edge;

/// Why there is no admin listener.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Others than this machine can reach it, and no token is asked for.
    #[error(
        "the admin listener at {0} can be reached from other machines, so it needs a token: write \
         one into a file (openssl rand -hex 32 > FILE) and name that with --admin-token-file FILE; \
         or listen on this machine alone (--admin 127.0.0.1:{port}), or not at all (--admin off)",
        port = .0.port()
    )]
    NoToken(SocketAddr),
    /// The tokens could not be loaded.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// The audit log cannot be written.
    #[error("cannot write the audit log {}: {error}; name another with --audit-log", path.display())]
    Audit {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// What all requests to the admin listener share.
pub(crate) struct Admin<G: Game> {
    pub(super) edge: Arc<Edge<G>>,
    pub(super) tokens: Tokens,
    pub(super) audit: Audit,
    /// Whether it is for this machine alone.
    pub(super) is_local: bool,
}

impl<G: Game> Admin<G> {
    /// What an admin listener at this address needs.
    ///
    /// # Errors
    /// When it may be reached by anybody, or its files are not what they must be.
    pub(crate) fn new(edge: Arc<Edge<G>>, address: SocketAddr) -> Result<Arc<Self>, AdminError> {
        let config = &edge.config;
        let tokens = config.admin_token_file.as_deref().map(Tokens::load).transpose()?;
        let tokens = tokens.unwrap_or_default();
        let is_local = address.ip().to_canonical().is_loopback();
        if tokens.is_empty() && !is_local {
            return Err(AdminError::NoToken(address));
        }
        let path = config.audit_log.as_deref();
        let audit = Audit::open(path, edge.metrics.admin.audit_lines_lost.clone());
        let unwritable =
            |error| AdminError::Audit { path: path.unwrap_or("".as_ref()).into(), error };
        let audit = audit.map_err(unwritable)?;
        Ok(Arc::new(Self { edge, tokens, audit, is_local }))
    }
}

/// Who asks: the name of a token, `ticket` and the subject of a ticket or, where neither is asked for,
/// the other end of the connection.
#[derive(Clone, Debug)]
pub(super) struct Who(pub(super) String);
