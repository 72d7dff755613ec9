//! Everything HTTP: routes on one screen, guards as extractors, forms, pages, errors → status codes. The only room with
//! actix.

pub mod assets;
pub mod components;
pub mod confirmed;
pub mod csv;
pub mod download;
pub mod drawn;
pub mod error;
pub mod filters;
pub mod forms;
pub mod frame;
pub mod grid;
pub mod guards;
pub mod headers;
pub mod kept;
pub mod learner;
pub mod limits;
pub mod links;
pub mod markdown;
pub mod objects;
pub mod occasion;
pub mod parts;
pub mod passing;
pub mod public;
pub mod routes;
pub mod sentence;
pub mod sessions;
pub mod site;
pub mod staff;
pub mod table;

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, HttpServer, dev::Server, middleware::Compress, web};

use crate::{
    config::Config,
    db::Db,
    pdf::Fonts,
    registrar::{Portal, check_in},
    sign::MasterKey,
};

/// Bytes of a form; more is 413.
const FORM_BYTES: usize = 256 * 1024;

/// What every handler can reach.
pub struct State {
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Config,
    /// What verbs need to know of the portal.
    pub portal: Portal,
    /// The fonts of PDFs.
    pub fonts: Fonts,
    /// What stands on every page: the institution and its publisher.
    pub site: site::Cache,
    /// Who asked too often.
    pub limits: limits::Limits,
    /// PDFs drawn at once.
    pub drawing: tokio::sync::Semaphore,
    /// How far the audit trail was checked by this process.
    pub trail: std::sync::Mutex<crate::models::audit_check::Reached>,
    /// Documents that are verified at once.
    pub verifying: tokio::sync::Semaphore,
    /// Backups that are being downloaded: one at a time, as each holds a connection and an instant.
    pub copying: Arc<tokio::sync::Semaphore>,
    /// Whether a backup is being restored: one at a time.
    pub restoring: tokio::sync::Semaphore,
    /// The backup that was handed in to be restored.
    pub handed_in: staff::restoring::HandedIn,
    /// The codes with which learners check themselves in.
    pub check_in: check_in::Codes,
    /// What tells the master key from others; stands in backups.
    pub key_fingerprint: String,
    cookie_key: actix_web::cookie::Key,
}

impl State {
    /// The state of a portal over a database that was opened. The master key keeps sessions; the portal has its own.
    pub fn new(db: Db, config: Config, key: &MasterKey, portal: Portal) -> Arc<Self> {
        let fonts = Fonts::load(config.font_dir.as_deref());
        Arc::new(Self {
            site: site::Cache::default(),
            limits: limits::Limits::new(),
            trail: std::sync::Mutex::default(),
            drawing: tokio::sync::Semaphore::new(2),
            verifying: tokio::sync::Semaphore::new(2),
            copying: Arc::new(tokio::sync::Semaphore::new(1)),
            restoring: tokio::sync::Semaphore::new(1),
            handed_in: staff::restoring::HandedIn::default(),
            check_in: check_in::Codes::new(key.derive("check-in")),
            key_fingerprint: key.fingerprint(),
            cookie_key: actix_web::cookie::Key::from(&key.derive("session cookies")),
            portal,
            fonts,
            db,
            config,
        })
    }
}

/// A server on a listener; it runs when it is awaited.
pub fn server(state: Arc<State>, listener: TcpListener) -> std::io::Result<Server> {
    let data = web::Data::from(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(FORM_BYTES))
            .wrap(Compress::default())
            .wrap(actix_web::middleware::from_fn(headers::finish))
            .configure(|config| routes::mount(config, &data))
            .default_service(web::to(public::not_found))
    });
    // A slow sender is cut off; a request under way at the end gets up to ten seconds.
    Ok(server
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(10)
        .disable_signals()
        .listen(listener)?
        .run())
}
