//! One JSON object, framed once for all who are sent it.

use bytes::Bytes;

/// A JSON object as a server-sent event, as a line, and by itself, all in one buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framed {
    event: Bytes,
    /// Where in it the object begins.
    json_at: usize,
}

impl Framed {
    /// Frames an object that has no line feeds of its own. `fields` are further lines of the event,
    /// each with its line feed: `id: 7\n` is what a browser asks from when it comes back,
    /// `retry: 2000\n` how long it waits until then.
    pub fn new(fields: &str, json: &[u8]) -> Self {
        let before = [fields.as_bytes(), b"data: "].concat();
        let json_at = before.len();
        Self { event: [&before, json, b"\n\n"].concat().into(), json_at }
    }

    /// As a server-sent event.
    pub fn event(&self) -> Bytes {
        self.event.clone()
    }

    /// As a line.
    pub fn line(&self) -> Bytes {
        self.event.slice(self.json_at..self.event.len() - 1)
    }

    /// The object alone.
    pub fn json(&self) -> Bytes {
        self.event.slice(self.json_at..self.event.len() - 2)
    }

    /// Bytes that it takes.
    pub fn byte_count(&self) -> usize {
        self.event.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_buffer_is_read_in_three_ways() {
        let framed = Framed::new("id: a.7\n", b"{\"n\":7}");
        assert_eq!(framed.event(), "id: a.7\ndata: {\"n\":7}\n\n");
        assert_eq!((framed.line(), framed.json()), ("{\"n\":7}\n".into(), "{\"n\":7}".into()));
        assert_eq!(framed.byte_count(), framed.event().len());
    }
}
