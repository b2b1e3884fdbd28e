//! Who a player is.

/// Who asks to join, as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The name to play under; valid (see `protocol::names`), not unique.
    pub name: &'a str,
    /// What its ticket says; `None` for a guest.
    pub ticket: Option<TicketHolder<'a>>,
}

impl<'a> Identity<'a> {
    /// Somebody without a ticket.
    #[must_use]
    pub const fn guest(name: &'a str) -> Self {
        Self { name, ticket: None }
    }
}

/// What a signed ticket says of its holder: the server has checked the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketHolder<'a> {
    /// Who it is, for whoever made the ticket, such as an account: 1 to 128 bytes without control
    /// characters. The same on every visit; two connections may have the same.
    pub subject: &'a str,
    /// Whether it is an admin: the rules decide what that allows.
    pub is_admin: bool,
    /// The ticket's other claims: a JSON object of at most 1,024 bytes.
    pub claims: &'a str,
}
