//! `/badge/ROOM.svg`: how many play in a room, as a picture for other people's pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::names::is_room_name;

use super::edge::Edge;

/// How long a browser may show the same picture: many people load a page at once.
const CACHED: &str = "public, max-age=5";
/// Width of a letter of the badge's font, pixels, with some space for the widest.
const LETTER_WIDTH: usize = 8;
/// Space beside each text, pixels, both sides together.
const PADDING: usize = 12;

/// Answers with the picture. A room that is not open is one in which nobody plays yet.
pub(crate) async fn badge<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Path(file): Path<String>,
) -> Response {
    let not_found = |text: &'static str| (StatusCode::NOT_FOUND, text).into_response();
    if !edge.config.room_list {
        return not_found("badges are turned off here with the list of rooms (--room-list)\n");
    }
    let room = file.strip_suffix(".svg").filter(|room| is_room_name(room));
    let Some(room) = room else {
        return not_found(
            "no room has this name; ask for /badge/ROOM.svg, such as /badge/main.svg\n",
        );
    };
    let players = edge.lobby.counts().into_iter().find(|counts| counts.name == room);
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, CACHED),
        // Pages of all sites may show it.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, picture(room, players.map_or(0, |counts| counts.players))).into_response()
}

/// The picture: the room on the left, the number of players on the right.
fn picture(room: &str, players: usize) -> String {
    let online = format!("{players} online");
    let [left, right] = [room, &online].map(|text| text.chars().count() * LETTER_WIDTH + PADDING);
    let (width, middle, end) = (left + right, left / 2, left + right / 2);
    let room = escaped(room);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{room}: {online}"><title>{room}: {online}</title><rect width="{width}" height="20" rx="3" fill="#1d2733"/><rect x="{left}" width="{right}" height="20" rx="3" fill="#0f766e"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{middle}" y="14">{room}</text><text x="{end}" y="14">{online}</text></g></svg>
"##
    )
}

/// A text as it stands in XML, within an element or an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_text() {
        let picture = picture(r#"<a href="x">&"#, 12);
        assert_eq!(picture.matches("&lt;a href=&quot;x&quot;&gt;&amp;").count(), 3, "{picture}");
        assert!(!picture.contains("<a "), "{picture}");
        assert_eq!(picture.matches("12 online").count(), 3, "{picture}");
    }
}
