//! Whose ticket a client has brought, and until when it may play with it.

use drumbeat_shared::game::TicketHolder;

/// Time before a ticket ends at which its holder is asked for another, microseconds.
const WARNING_US: u64 = 60_000_000;

/// What a valid ticket says of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who it is, for whoever made the ticket.
    pub subject: String,
    /// Whether it may moderate.
    pub is_admin: bool,
    /// The ticket's other claims, a JSON object.
    pub claims: String,
    /// When the ticket ends, microseconds of the server's clock.
    pub ends_us: u64,
}

impl Holder {
    /// As the rules see it.
    #[must_use]
    pub fn seen_by_rules(&self) -> TicketHolder<'_> {
        let Self { subject, is_admin, claims, .. } = self;
        TicketHolder { subject, is_admin: *is_admin, claims }
    }
}

/// The ticket of a client, if it has brought one.
#[derive(Debug, Default)]
pub struct Ticketed {
    holder: Option<Box<Holder>>,
    /// Whether the holder has been asked for another ticket.
    is_warned: bool,
}

/// What becomes of a client whose ticket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketEnd {
    /// In so many seconds, rounded up; said once.
    Soon(u16),
    /// Now.
    Now,
}

impl Ticketed {
    /// The ticket of a connection that joins.
    #[must_use]
    pub fn new(holder: Option<Box<Holder>>) -> Self {
        Self { holder, is_warned: false }
    }

    /// Whose ticket it is; `None` for a guest.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_deref()
    }

    /// Whether a connection with this ticket, or none, may go on as this client at `now_us`. With
    /// none it comes by the ticket that the client has brought before.
    #[must_use]
    pub fn lets_resume(&self, holder: Option<&Holder>, now_us: u64) -> bool {
        match (&self.holder, holder) {
            (Some(before), Some(now)) => before.subject == now.subject,
            (Some(before), None) => now_us < before.ends_us,
            (None, now) => now.is_none(),
        }
    }

    /// Goes on as this client was before, whose ticket is still good if this one has brought none.
    pub fn resume(&mut self, before: Self) {
        self.holder = self.holder.take().or(before.holder);
    }

    /// Takes another ticket in place of the one before. Returns whether that is possible: it must be
    /// of the same subject.
    #[must_use]
    pub fn renew(&mut self, holder: Box<Holder>) -> bool {
        let is_same = self.holder().is_some_and(|before| before.subject == holder.subject);
        if is_same {
            *self = Self::new(Some(holder));
        }
        is_same
    }

    /// Whether the ticket ends about `now_us`.
    #[must_use]
    pub fn end(&mut self, now_us: u64) -> Option<TicketEnd> {
        let left_us = self.holder()?.ends_us.saturating_sub(now_us);
        if left_us == 0 {
            return Some(TicketEnd::Now);
        }
        let is_due = left_us <= WARNING_US && !self.is_warned;
        self.is_warned |= is_due;
        is_due.then(|| TicketEnd::Soon(left_us.div_ceil(1_000_000) as u16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(subject: &str, ends_us: u64) -> Box<Holder> {
        let (subject, claims) = (subject.to_owned(), "{}".to_owned());
        Box::new(Holder { subject, is_admin: false, claims, ends_us })
    }

    #[test]
    fn a_holder_is_warned_once_before_each_end() {
        let mut ticket = Ticketed::new(Some(holder("ada", 100_000_000)));
        let at = |ticket: &mut Ticketed, now_us| ticket.end(now_us);
        assert_eq!(at(&mut ticket, 39_999_999), None);
        assert_eq!(at(&mut ticket, 40_500_001), Some(TicketEnd::Soon(60)));
        assert_eq!(at(&mut ticket, 99_999_999), None, "it has been said");
        assert!(ticket.renew(holder("ada", 200_000_000)));
        assert_eq!(at(&mut ticket, 100_000_000), None);
        assert_eq!(at(&mut ticket, 199_000_000), Some(TicketEnd::Soon(1)));
        for now_us in [200_000_000, u64::MAX] {
            assert_eq!(at(&mut ticket, now_us), Some(TicketEnd::Now));
        }
        assert_eq!(Ticketed::default().end(u64::MAX), None, "a guest has none");
    }

    #[test]
    fn nobody_goes_on_as_somebody_else() {
        let ada = || Ticketed::new(Some(holder("ada", 100)));
        for (before, now, now_us, expected) in [
            (Ticketed::default(), None, 0, true),
            (Ticketed::default(), Some("ada"), 0, false),
            (ada(), Some("ada"), 500, true),
            (ada(), Some("eve"), 0, false),
            (ada(), None, 99, true),
            (ada(), None, 100, false),
        ] {
            let now = now.map(|subject| holder(subject, 1_000));
            assert_eq!(before.lets_resume(now.as_deref(), now_us), expected, "{before:?} {now:?}");
        }
        let mut again = Ticketed::default();
        again.resume(ada());
        assert_eq!(again.holder(), Some(&*holder("ada", 100)));
        let mut newer = Ticketed::new(Some(holder("ada", 900)));
        newer.resume(ada());
        assert_eq!(newer.holder().map(|holder| holder.ends_us), Some(900));
        assert!(!newer.renew(holder("eve", 1_000)) && !Ticketed::default().renew(holder("ada", 1)));
        assert_eq!(newer.holder().map(|holder| holder.ends_us), Some(900));
    }
}
