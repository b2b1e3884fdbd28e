//! The laws of the contract, tried on the board.

drumbeat_kit::laws!(drumbeat_board::Board);
