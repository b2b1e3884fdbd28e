//! The laws hold for a game that keeps them.

drumbeat_kit::laws!(drumbeat_shared::toy::Toy, map = "0");
