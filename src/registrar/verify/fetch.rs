//! Fetching from hosts that an administrator allowed.

/// What lies at an address; nothing where it did not answer as it should.
pub async fn fetch(_address: String) -> Option<Vec<u8>> {
    None
}
