//! FORMATS: the standards as they travel. Pure functions between a [`crate::models::record::Record`] and bytes. No SQL,
//! no HTTP. Wire types live here and nowhere else.

pub mod carried;
pub mod v1;
pub mod v2;
