//! The two drivers of a well-behaved bot.

use std::time::Duration;

use crate::bot::Brain;
use crate::connect::{Ending, Socket, Target};
use crate::frame_driver::FrameDriver;
use crate::player::Player;
use crate::screen_driver::ScreenDriver;

/// What drives a bot.
pub(crate) enum Driver<B: Brain> {
    /// The frames it receives.
    Frames(Box<FrameDriver<B>>),
    /// The clock of its screen.
    Screen(Box<ScreenDriver<B>>),
}

impl<B: Brain> Driver<B> {
    /// The player.
    pub(crate) fn player(&self) -> &Player<B::Game> {
        match self {
            Self::Frames(driver) => driver.player(),
            Self::Screen(driver) => driver.player(),
        }
    }

    /// From the hello of its connection to the first frame.
    pub(crate) fn to_view(&self) -> Duration {
        match self {
            Self::Frames(driver) => driver.to_view(),
            Self::Screen(driver) => driver.to_view(),
        }
    }

    /// Connects, says hello and waits for the first frame.
    pub(crate) async fn join(&mut self, target: &Target) -> Result<Socket, Ending> {
        match self {
            Self::Frames(driver) => driver.join(target, None).await,
            Self::Screen(driver) => driver.join(target).await,
        }
    }

    /// Plays until `is_over`.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play(
        &mut self,
        socket: &mut Socket,
        is_over: impl Fn() -> bool,
    ) -> Result<(), Ending> {
        match self {
            Self::Frames(driver) => driver.play(socket, is_over).await,
            Self::Screen(driver) => driver.play(socket, is_over).await,
        }
    }
}
