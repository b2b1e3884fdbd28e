//! The client core of the tests' game, as an author would write it.

drumbeat_web::export!(drumbeat_shared::toy::Toy);

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that a function has written.
    fn written(len: usize) -> Vec<u8> {
        assert_eq!(output_len(), len);
        with_core(|core| core.output.clone())
    }

    fn text() -> String {
        String::from_utf8(written(output_len())).unwrap()
    }

    /// Puts values of controls into the input.
    fn give(values: &[i32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        with_core(|core| core.input[..bytes.len()].copy_from_slice(&bytes));
    }

    #[test]
    fn the_exports_drive_a_core_of_this_game() {
        let described: serde_json::Value = serde_json::from_slice(&written(schema())).unwrap();
        assert_eq!(described["game"], "toy");
        let wanted = br#"{"name": "Ada", "room": "main", "spectate": false, "ticket": "a.b.c"}"#;
        with_core(|core| core.input[..wanted.len()].copy_from_slice(wanted));
        assert_eq!(connect(5), 3, "no JSON is refused");
        assert_eq!(connect(wanted.len()), 0);
        let hello = written(transmit(0.0));
        assert!(hello.ends_with(b"\x04main\x03Ada\x00\x00\x01\x05a.b.c\x00"), "{hello:?}");
        assert_eq!((tick(), draw(0.0), truth(), path()), (-1.0, 0, 0, 0));
        // Steers are two signed bytes, up to 9.
        with_core(|core| core.input[..2].copy_from_slice(&[9, 247]));
        assert_eq!(hold(2, 0.0), 1);
        with_core(|core| core.input[0] = 10);
        assert_eq!((hold(2, 0.0), text().as_str()), (0, "dx = 10, outside -9..=9"));
        assert_eq!(hold(3, 0.0), 0);
        let expected = "3 bytes are no input of toy, whose default takes 2: ";
        assert!(text().starts_with(expected), "{}", text());
        give(&[-9, 9]);
        assert_eq!((hold_values(2, 0.0), output_len()), (1, 0));
        give(&[0, 300]);
        assert_eq!((hold_values(2, 0.0), text().as_str()), (0, "dy = 300, outside -9..=9"));
        assert_eq!(hold_values(3, 0.0), 0);
        assert_eq!(text(), "3 values for the 2 controls of toy");
        assert_eq!(private_len(), with_core(|core| core.private().len()));
        assert!(draw_stride() > 3 && input_cap() > 7);
    }
}
