//! Proof that needs no trust in us.
#[cfg(test)]
mod tests;
