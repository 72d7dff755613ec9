//! Open Badges 3.0 and CLR 2.0: an issued award, an event behind it, an endorsement, and a published record as W3C
//! Verifiable Credentials.
//!
//! [`wire`] holds the standards' classes, for writing. The other files turn `Issued` and `Published` into documents that
//! have no proof yet; whoever signs them adds it, and what was signed is kept (`models::credential_document`). The same
//! input gives the same bytes.
//!
//! What differs from CLR 1.0, because the two have different classes for it:
//!
//! | of ours | here |
//! |---|---|
//! | CeDiD | `licenseNumber` where the award has none of its own, and in `description` always |
//! | conferral date | `awardedDate`, at its first instant |
//! | title, where it differs from the name | `name` of the credential |
//! | artifacts of evidence | evidence of their own, each with its address as `id` |
//! | an achievement's level and members of other systems | left out: there is no place that every verifier accepts |
//! | where an event was, which areas it counts for | `description` of its credential, `tag` of its achievement |
//! | signed endorsements of CLR 1.0 | left out: another standard's signature means nothing here |

mod achievement;
mod award;
pub mod bake;
pub mod checks;
mod endorsement;
mod profile;
mod record;
mod terms;
mod wire;

use std::collections::BTreeMap;

pub use achievement::document as achievement_document;
pub use award::{award, award_id, event};
pub use endorsement::{endorsement, endorsements};
pub use record::{Envelope, envelope, record_id};
pub use terms::id as subject_id;
pub use wire::{Signed, list};

/// The first context of every credential.
const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";
/// The context of Open Badges 3.0.
const BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// The context of CLR 2.0.
const RECORDS: &str = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";
/// The context of the 1EdTech revocation list and refresh service.
const EXTENSIONS: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";

/// Who signs for whom, and what others signed already: what a document needs beside what was issued.
#[derive(Debug, Default)]
pub struct Signing {
    /// The issuer's id of each profile that signs, by profile id.
    pub issuers: BTreeMap<String, String>,
    /// Endorsements that are signed, by the endorsement's id.
    pub endorsements: BTreeMap<String, Signed>,
    /// The pages of achievements of ours, by achievement id: an achievement is named by its page.
    pub pages: BTreeMap<String, String>,
}

impl Signing {
    /// The id of an achievement.
    fn achievement_id(&self, id: &str) -> String {
        self.pages.get(id).cloned().unwrap_or_else(|| terms::achievement_id(id))
    }

    /// The id under which a profile signs; its profile id, where it has no key.
    fn id<'a>(&'a self, profile: &'a str) -> std::borrow::Cow<'a, str> {
        match self.issuers.get(profile) {
            Some(issuer) => issuer.as_str().into(),
            None => terms::id(profile).into(),
        }
    }
}

/// Where a credential's status is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A place in a Bitstring Status List.
    Bit {
        /// The address of the list.
        list: String,
        /// The place.
        place: u32,
    },
    /// The 1EdTech revocation list at this address.
    Listed(String),
}
