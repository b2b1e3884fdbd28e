//! The laws of the contract, tried on tag.

drumbeat_kit::laws!(drumbeat_tag::Tag);
