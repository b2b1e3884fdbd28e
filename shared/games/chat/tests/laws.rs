//! The laws of the contract, tried on a room.

drumbeat_kit::laws!(drumbeat_chat::Chat);
