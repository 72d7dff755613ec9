//! What stands on every page: the institution, its publisher, and whether this is a demonstration. Kept for two seconds,
//! so that a public page costs one read.

use std::{
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use crate::{
    db::{Conn, Db},
    models::{issued::Organization, profile, setting},
};

const FRESH: Duration = Duration::from_secs(2);

/// The heading and the foot of every page.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Name of the institution; the publisher's where none was chosen.
    pub institution: String,
    /// The publisher.
    pub publisher: Organization,
    /// Whether this is a demonstration.
    pub demonstration: bool,
}

/// The last reading of it.
#[derive(Default)]
pub struct Cache(RwLock<Option<(Instant, Arc<Site>)>>);

impl Cache {
    /// The site, at most two seconds old. When the database is away, the last reading stands.
    pub async fn get(&self, db: &Db) -> Arc<Site> {
        let kept = self.0.read().ok().and_then(|kept| kept.clone());
        if let Some((at, site)) = &kept
            && at.elapsed() < FRESH
        {
            return site.clone();
        }
        let Ok(site) = db.read(read).await else {
            return kept.map(|(_, site)| site).unwrap_or_default();
        };
        let site = Arc::new(site);
        if let Ok(mut kept) = self.0.write() {
            *kept = Some((Instant::now(), site.clone()));
        }
        site
    }

    /// Forgets the last reading, after the settings or the publisher changed.
    pub fn forget(&self) {
        if let Ok(mut kept) = self.0.write() {
            *kept = None;
        }
    }
}

fn read(conn: &mut Conn) -> Result<Site, crate::db::Error> {
    let publisher = match profile::publisher(conn)? {
        Some(publisher) => publisher.as_organization(None),
        None => Organization::default(),
    };
    let institution = setting::get(conn, setting::INSTITUTION)?.filter(|name| !name.is_empty());
    Ok(Site {
        institution: institution
            .unwrap_or_else(|| if publisher.name.is_empty() { "Testamur".to_owned() } else { publisher.name.clone() }),
        demonstration: setting::get(conn, setting::DEMONSTRATION)?.is_some(),
        publisher,
    })
}
