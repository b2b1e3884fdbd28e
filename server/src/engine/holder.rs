//! Whose ticket a client has brought, and until when it may play with it.

use std::fmt::Debug;

use drumbeat_shared::game::TicketHolder;

/// What a valid ticket says of its holder.
#[derive(Debug)]
pub struct Holder {
    /// Who it is, for whoever made the ticket.
    pub subject: String,
    /// Whether it is an admin: the rules decide what that allows.
    pub is_admin: bool,
    /// The ticket's other claims, a JSON object.
    pub claims: String,
    /// Whether the name to play under was signed, too.
    pub has_name: bool,
    /// From when its holder is asked for another, microseconds of the server's clock.
    pub warns_us: u64,
    /// When the ticket ends, microseconds of the server's clock.
    pub ends_us: u64,
    /// Its use, if it has just one.
    pub once: Option<Box<dyn OneUse>>,
}

/// The use of a ticket that is valid once. If it is dropped, the ticket has not been used.
pub trait OneUse: Debug + Send {
    /// The holder has come in: the ticket has been used.
    fn settle(self: Box<Self>);
}

impl PartialEq for Holder {
    /// Whether both say the same; whether they have been used is no part of that.
    fn eq(&self, other: &Self) -> bool {
        let times = (self.warns_us, self.ends_us) == (other.warns_us, other.ends_us);
        times && self.has_name == other.has_name && self.seen_by_rules() == other.seen_by_rules()
    }
}

impl Holder {
    /// As the rules see it.
    #[must_use]
    pub fn seen_by_rules(&self) -> TicketHolder<'_> {
        let Self { subject, is_admin, claims, .. } = self;
        TicketHolder { subject, is_admin: *is_admin, claims }
    }

    /// Whether another ticket is of the same person with the same rights. What the rules saw of a
    /// player when it joined stays true.
    fn is_same(&self, other: &Self) -> bool {
        (&self.subject, self.is_admin) == (&other.subject, other.is_admin)
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
            (Some(before), Some(now)) => before.is_same(now),
            (Some(before), None) => now_us < before.ends_us,
            (None, now) => now.is_none(),
        }
    }

    /// Goes on as this client was before, whose ticket is still good if this one has brought none.
    pub fn resume(&mut self, before: Self) {
        self.holder = self.holder.take().or(before.holder);
    }

    /// Takes another ticket in place of the one before. Returns whether that is possible: it must be
    /// of the same holder.
    #[must_use]
    pub fn renew(&mut self, holder: Box<Holder>) -> bool {
        let is_same = self.holder().is_some_and(|before| before.is_same(&holder));
        if is_same {
            *self = Self::new(Some(holder));
            self.settle();
        }
        is_same
    }

    /// The holder has come in.
    pub fn settle(&mut self) {
        if let Some(once) = self.holder.as_mut().and_then(|holder| holder.once.take()) {
            once.settle();
        }
    }

    /// Whether the ticket ends about `now_us`.
    #[must_use]
    pub fn end(&mut self, now_us: u64) -> Option<TicketEnd> {
        let Holder { warns_us, ends_us, .. } = *self.holder()?;
        if now_us >= ends_us {
            return Some(TicketEnd::Now);
        }
        let is_due = now_us >= warns_us && !self.is_warned;
        self.is_warned |= is_due;
        is_due.then(|| TicketEnd::Soon((ends_us - now_us).div_ceil(1_000_000) as u16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(subject: &str, ends_us: u64) -> Box<Holder> {
        let (subject, claims) = (subject.to_owned(), "{}".to_owned());
        let warns_us = ends_us.saturating_sub(60_000_000);
        let (is_admin, has_name, once) = (false, false, None);
        Box::new(Holder { subject, is_admin, claims, has_name, warns_us, ends_us, once })
    }

    fn ends_us(ticket: &Ticketed) -> Option<u64> {
        ticket.holder().map(|holder| holder.ends_us)
    }

    #[test]
    fn a_holder_is_warned_once_before_each_end() {
        let mut ticket = Ticketed::new(Some(holder("ada", 100_000_000)));
        assert_eq!(ticket.end(39_999_999), None);
        assert_eq!(ticket.end(40_500_001), Some(TicketEnd::Soon(60)));
        assert_eq!(ticket.end(99_999_999), None, "it has been said");
        assert!(ticket.renew(holder("ada", 200_000_000)));
        assert_eq!(ticket.end(100_000_000), None);
        assert_eq!(ticket.end(199_000_000), Some(TicketEnd::Soon(1)));
        for now_us in [200_000_000, u64::MAX] {
            assert_eq!(ticket.end(now_us), Some(TicketEnd::Now));
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
        let admin = || Box::new(Holder { is_admin: true, ..*holder("ada", 1_000) });
        assert!(!ada().lets_resume(Some(&admin()), 0) && !ada().renew(admin()), "other rights");
        let mut again = Ticketed::default();
        again.resume(ada());
        assert_eq!(ends_us(&again), Some(100));
        let mut newer = Ticketed::new(Some(holder("ada", 900)));
        newer.resume(ada());
        assert_eq!(ends_us(&newer), Some(900));
        assert!(!newer.renew(holder("eve", 1_000)) && !Ticketed::default().renew(holder("ada", 1)));
        assert_eq!(ends_us(&newer), Some(900));
    }
}
