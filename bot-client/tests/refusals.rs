//! What a run reports when there is no server, or one that refuses everybody.

use std::future::{pending, ready};

use clap::Parser;
use drumbeat_bots::arena::{BrainKind, Pilot};
use drumbeat_bots::options::Options;
use drumbeat_bots::report::Report;
use drumbeat_bots::swarm::{RunError, run};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

fn options(port: u16) -> Options {
    let url = format!("ws://127.0.0.1:{port}");
    let args = ["drumbeat-bots", "--bots", "3", "--seconds", "1", "--ramp-per-s", "1000"];
    Options::parse_from(args.iter().copied().chain(["--url", &url]))
}

async fn launch(port: u16, interrupt: impl Future<Output = ()>) -> Result<Report, RunError> {
    let brain = |seed| Pilot::new(BrainKind::Drift, seed);
    run(&options(port), brain, |_| {}, interrupt).await
}

/// Starts a server that passes each connection to `serve`. Returns its port.
async fn fake_server<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    port
}

#[tokio::test]
async fn without_a_server_the_error_says_how_to_start_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = launch(port, pending()).await.unwrap_err().to_string();
    assert!(error.contains("cargo run --release"), "{error}");
    assert!(error.contains(&port.to_string()), "{error}");
}

// The large error type belongs to tungstenite's callback type.
#[allow(clippy::result_large_err)]
#[tokio::test]
async fn a_full_room_is_reported_in_the_servers_words() {
    let port = fake_server(|stream| async move {
        let protocol = |request: &Request, mut response: Response| {
            assert_eq!(request.uri().path(), "/ws");
            let name = request.headers()["sec-websocket-protocol"].clone();
            assert_eq!(name, HeaderValue::from_static("drumbeat.v1"));
            response.headers_mut().insert("sec-websocket-protocol", name);
            Ok(response)
        };
        // The run also requests /metrics, which is not a handshake.
        let Ok(mut socket) = accept_hdr_async(stream, protocol).await else {
            return;
        };
        socket.next().await;
        let reason = "the room is full".into();
        let frame = CloseFrame { code: 1013.into(), reason };
        let _ = socket.send(Message::Close(Some(frame))).await;
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    let report = launch(port, pending()).await.unwrap();
    assert_eq!((report.joined, report.failed_joins), (0, 3));
    let expected =
        "3 bots could not join: 1013 the room is full (the server's --capacity is a room's size)";
    assert_eq!(report.failures, [expected]);
    assert_eq!(report.server.ticks, None);
}

#[tokio::test]
async fn a_refused_upgrade_is_reported_with_its_text() {
    let long = "this server does not answer for the host 127.0.0.1:18777: if it should, add its name \
                to --hosts; if a proxy changed the host, have it pass on the browser's (nginx: \
                proxy_set_header Host $http_host)";
    for (status, text) in [("503 Service Unavailable", "busy"), ("421 Misdirected Request", long)] {
        let length = text.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{text}");
        let port = fake_server(move |mut stream| {
            let answer = answer.clone();
            async move {
                let mut request = [0; 1_024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        })
        .await;
        let report = launch(port, pending()).await.unwrap();
        assert_eq!(report.failures, [format!("3 bots could not join: HTTP {status}: {text}")]);
    }
}

/// The error of a run against a server that gives `answer` to every request.
async fn answered(answer: &'static str) -> String {
    let port = fake_server(move |mut stream| async move {
        let mut request = [0; 1_024];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let error = launch(port, pending()).await.unwrap_err();
    assert!(matches!(error, RunError::NoGame { .. }), "{error}");
    error.to_string()
}

#[tokio::test]
async fn what_is_no_game_is_one_error() {
    let error = answered("HTTP/1.0 404 File not found\r\n\r\n<html>").await;
    assert!(
        error.contains("answers, but is no Drumbeat server (HTTP/1.0, no WebSocket)"),
        "{error}"
    );
    let error =
        answered("HTTP/1.1 404 Not Found\r\ncontent-length: 21\r\n\r\nthere is no /foo here").await;
    assert!(error.contains("(HTTP 404 Not Found: there is no /foo here)"), "{error}");
}

#[tokio::test]
async fn a_bot_that_panics_has_failed_to_join() {
    let port = fake_server(|stream| async move { drop(stream) }).await;
    let brain = |_| -> Pilot { panic!("as planned") };
    let report = run(&options(port), brain, |_| {}, pending()).await.unwrap();
    assert_eq!(report.failures, ["3 bots could not join: the bot panicked"]);
}

#[tokio::test]
async fn an_early_interrupt_measures_nothing() {
    let port = fake_server(|stream| async move {
        // Never answers, but holds the connection.
        let _stream = stream;
        pending::<()>().await;
    })
    .await;
    let result = launch(port, ready(())).await;
    assert!(matches!(result, Err(RunError::Interrupted)), "{result:?}");
}
