//! What players ask of the rules: commands, chat lines, reports.

use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::{ChatEdit, Game, Refused, Spoken, Verdict};
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::CHAT_BYTES_MAX;
use drumbeat_shared::protocol::messages::Note;
use drumbeat_shared::protocol::{codec, names};

use super::Engine;
use crate::engine::incident::What;
use crate::engine::news::Plain;
use crate::engine::viewer::{Role, Viewer};
use crate::engine::wish::Wish;

/// Notes that wait for a player up to which it gets whispers: the rest of its mail is for the rules.
const WHISPERS_BEHIND_MAX: usize = 16;

impl<G: Game> Engine<G> {
    /// Passes the wishes of this tick to the rules, in the order of the players.
    pub(super) fn ask_rules(&mut self) {
        let mut wishes = std::mem::take(&mut self.wishes);
        for (player, wish) in wishes.drain(..) {
            match wish {
                Wish::Command { number, command } => self.command(player, number, &command),
                Wish::Say { text, to } => self.say(player, &text, to),
                Wish::Report(line) => self.report(player, line),
            }
        }
        // The memory stays allocated.
        self.wishes = wishes;
    }

    fn command(&mut self, player: PlayerId, number: u32, command: &G::Command) {
        let context = self.world.at(self.tick);
        let answer = self.rules.command(context, player, command, &mut self.events);
        self.counts.commands += 1;
        if let Err(Refused(reason)) = answer {
            self.refuse(player, Some(number), &reason);
        }
    }

    fn say(&mut self, player: PlayerId, text: &str, to: Option<PlayerId>) {
        if self.is_muted(player) {
            return;
        }
        let context = self.world.at(self.tick);
        let line = Spoken { text, to };
        let verdict = self.rules.say(context, player, line, &mut self.events);
        let text = match &verdict {
            Verdict::Say => text,
            Verdict::Instead(text) => text,
            Verdict::Done => return,
            Verdict::Refuse(reason) => return self.refuse(player, None, reason),
        };
        let Some(name) = self.name_of(player) else { return };
        match to {
            None => self.say_to_all(Some((player, &name)), text),
            Some(to) => self.whisper((player, name), to, text),
        }
    }

    /// Whether a player is muted, and has been told so instead of being heard.
    fn is_muted(&mut self, player: PlayerId) -> bool {
        let (tick, tick_hz) = (self.tick, self.world.tick_hz);
        let Some(client) = self.roster.get_mut(Viewer::Player(player)) else { return false };
        let answer = client.conduct.mute.as_ref().and_then(|mute| mute.answer(tick, tick_hz));
        match answer {
            Some(answer) => {
                self.counts.muted_lines += 1;
                client.refuse(None, &answer);
                true
            }
            None => {
                client.conduct.mute = None;
                false
            }
        }
    }

    /// The name that a connected player goes by.
    fn name_of(&self, player: PlayerId) -> Option<String> {
        let own = self.players.name(player)?;
        Some(self.rules.game().name(player).unwrap_or(own).to_owned())
    }

    fn whisper(&mut self, (from, from_name): (PlayerId, String), to: PlayerId, text: &str) {
        let [from_client, to_client] =
            [from, to].map(|player| self.roster.get(Viewer::Player(player)));
        let seen = from_client.and_then(|client| client.pace.seen());
        // Somebody else than the speaker meant may have the seat by now.
        let left = self.left.get(&to).copied();
        let is_same = left.is_none_or(|left| seen.is_some_and(|seen| left < seen));
        let Some(to_name) = self.name_of(to).filter(|_| is_same) else {
            return self.refuse(from, None, "that player is not here any more");
        };
        self.counts.whispers += 1;
        if to_client.is_some_and(|client| client.mail.len() >= WHISPERS_BEHIND_MAX) {
            return self.refuse(from, None, "too much waits for that player: try again later");
        }
        let text = names::fit(text, CHAT_BYTES_MAX).to_owned();
        let note = Note::<()>::Whisper { from, from_name, to, to_name, text };
        let note = codec::encode(&note);
        if to != from {
            self.mail(from, note.clone());
        }
        self.mail(to, note);
    }

    fn report(&mut self, player: PlayerId, line: RecordId) {
        let said = self.chat.find(line);
        let Some((said_by, text)) = said.and_then(|said| Some((said.name, said.text?))) else {
            return self.refuse(player, None, "that line is not there any more");
        };
        self.counts.reports += 1;
        self.rules.report(player, line, &text, &mut self.events);
        if let Some(client) = self.roster.get(Viewer::Player(player)) {
            let what = What::Reported { line: line.0, said_by, text };
            self.counts.incidents.push(client.incident(Role::Player, what));
        }
    }

    fn refuse(&mut self, player: PlayerId, number: Option<u32>, reason: &str) {
        self.counts.refused_wishes += 1;
        if let Some(client) = self.roster.get_mut(Viewer::Player(player)) {
            client.refuse(number, reason);
        }
    }

    fn mail(&mut self, player: PlayerId, note: Vec<u8>) {
        if let Some(client) = self.roster.get_mut(Viewer::Player(player)) {
            client.mail.push(note);
        }
    }

    /// Does to the chat what the rules want.
    pub(super) fn edit_chat(&mut self) {
        let edits: Vec<ChatEdit> = self.events.drain_chat().collect();
        for edit in edits {
            match edit {
                ChatEdit::Announce(text) => self.say_to_all(None, &text),
                ChatEdit::Withdraw(line) => {
                    self.chat.withdraw(line);
                    if G::PUBLIC.chat {
                        self.news.publish_plain(self.tick, &Plain::Withdrawn { line: line.0 });
                    }
                }
            }
        }
    }

    /// Adds a line of a player, or of the game, to the chat of the room.
    pub(super) fn say_to_all(&mut self, speaker: Option<(PlayerId, &str)>, text: &str) {
        let said = self.chat.say(speaker, text, self.tick);
        self.counts.chat_lines += 1;
        if let Some((line, text)) = said.filter(|_| G::PUBLIC.chat) {
            let name = speaker.map_or("", |(_, name)| name);
            self.news.publish_plain(self.tick, &Plain::Chat { line, name, text });
        }
    }
}
