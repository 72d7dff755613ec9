//! A postal address (CLR 1.0 `Address`); nothing of it is required.

use serde::{Deserialize, Serialize};

/// A postal address in the standard's parts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and number.
    pub street: Option<String>,
    /// Post-office box.
    pub post_office_box: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

impl Address {
    /// Whether nothing of it is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// On one line, as an envelope has it: `408 N. Union St., Bloomington, IN 47405`.
    pub fn one_line(&self) -> String {
        let region =
            [&self.region, &self.postal_code].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        [
            self.street.as_deref(),
            self.post_office_box.as_deref(),
            self.locality.as_deref(),
            Some(region.as_str()),
            self.country.as_deref(),
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
    }
}
