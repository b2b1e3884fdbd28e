//! Arena, the bundled game.
