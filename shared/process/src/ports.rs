//! Where the programs find each other by default.

/// How far the port of a server's admin listener is from the one that players use.
const ADMIN_PORT_STEP: u16 = 1_000;

/// The port of the admin listener of a server whose players use this one, unless it is told another;
/// 0, which lets the system choose, for 0.
#[must_use]
pub const fn admin_port(port: u16) -> u16 {
    match (port, port.checked_add(ADMIN_PORT_STEP)) {
        (0, _) => 0,
        (_, Some(above)) => above,
        (_, None) => port - ADMIN_PORT_STEP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_has_one_for_the_admin() {
        let pairs = [(0, 0), (1, 1_001), (7_777, 8_777), (64_535, 65_535), (64_536, 63_536)];
        for (port, admin) in pairs {
            assert_eq!(admin_port(port), admin);
        }
    }
}
