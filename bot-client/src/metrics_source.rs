//! Where the server's metrics are: at its admin listener.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use drumbeat_process::admin_port;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::url::AdminUrl;

/// Limit of the bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 4 << 20;

/// A listener that knows the server's metrics.
#[derive(Clone, Debug)]
pub struct MetricsSource {
    address: SocketAddr,
    host: String,
    token: Option<String>,
}

/// The file with the token cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read a token from {}: {reason}", path.display())]
pub struct TokenError {
    path: PathBuf,
    reason: String,
}

impl MetricsSource {
    /// The listener at this URL or, without one, beside a server on this machine; `None` for a server
    /// on another, whose admin listener cannot be guessed.
    pub async fn find(
        url: Option<&AdminUrl>,
        server: SocketAddr,
        token: Option<String>,
    ) -> Option<Self> {
        let Some(url) = url else {
            let address = SocketAddr::new(server.ip(), admin_port(server.port()));
            let is_local = server.ip().is_loopback();
            return is_local.then(|| Self { address, host: address.to_string(), token });
        };
        let address = url.host().addresses().await.ok()?.next()?;
        Some(Self { address, host: url.host().to_string(), token })
    }

    /// Requests the metrics. Returns the whole answer.
    pub(crate) async fn request(&self) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.address).await?;
        let bearer = |token| format!("Authorization: Bearer {token}\r\n");
        let token = self.token.as_ref().map_or(String::new(), bearer);
        // An HTTP/1.0 answer ends with the connection and is never chunked.
        let request = format!("GET /metrics HTTP/1.0\r\nHost: {}\r\n{token}\r\n", self.host);
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

/// The first token of a file in the form that the server reads.
///
/// # Errors
/// When there is none.
pub fn read_token(path: &Path) -> Result<String, TokenError> {
    let refuse = |reason: String| TokenError { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let token = line.and_then(|line| line.split_whitespace().last());
    token.map(str::to_owned).ok_or_else(|| refuse("it holds none".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_guessed_beside_a_server_on_this_machine_alone() {
        let find = async |url: Option<&str>, server: &str| {
            let url = url.map(|url| url.parse().unwrap());
            let found = MetricsSource::find(url.as_ref(), server.parse().unwrap(), None).await;
            found.map(|source| (source.address.to_string(), source.host))
        };
        let both = |text: &str| Some((text.to_owned(), text.to_owned()));
        assert_eq!(find(None, "127.0.0.1:7777").await, both("127.0.0.1:8777"));
        assert_eq!(find(None, "[::1]:7777").await, both("[::1]:8777"));
        assert_eq!(find(None, "192.0.2.1:7777").await, None);
        let named = find(Some("http://127.0.0.1:9001"), "192.0.2.1:7777").await;
        assert_eq!(named, both("127.0.0.1:9001"));
    }

    #[test]
    fn a_token_is_the_last_word_of_the_first_line_that_says_something() {
        let name = format!("drumbeat-bots-token-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            read_token(&path).map_err(|error| error.to_string())
        };
        assert_eq!(read("# mine\n\n ada abc \nben def\n"), Ok("abc".to_owned()));
        assert_eq!(read("abc"), Ok("abc".to_owned()));
        assert!(read("# nothing\n").unwrap_err().contains("it holds none"));
        fs::remove_file(&path).unwrap();
        assert!(read_token(&path).unwrap_err().to_string().contains(&path.display().to_string()));
    }
}
