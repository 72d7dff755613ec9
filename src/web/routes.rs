//! Every route on one screen, grouped by who uses it. Only handlers whose first argument is a gate can be mounted, so a
//! route without a declared permission does not compile; the table of what was mounted is what the tests walk.

use std::collections::BTreeMap;

use actix_web::{
    FromRequest, Responder, Route,
    http::Method,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use super::{
    State, assets,
    guards::{Access, Gated},
    headers, learner, objects, parts, passing, public, sessions, staff,
};
use crate::models::{
    Achievement, Alignment, Assertion, Association, AwardResult, Clr, Endorsement, Event, Evidence, Level, Profile,
    Program, ResultDescription, Rubric,
};

/// Bytes of a rubric's form.
const GRID_BYTES: usize = 1024 * 1024;

/// Bytes of a pasted list of learners.
const LIST_BYTES: usize = 1024 * 1024;

/// Bytes of a list of attendance that travels with its form.
const TABLE_BYTES: usize = 6 * 1024 * 1024;

/// A route as it was mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// Method.
    pub method: Method,
    /// Address, with `{names}` for what varies.
    pub path: String,
    /// Whom its gate lets in.
    pub access: Access,
}

/// Collects routes; an address takes several methods.
#[derive(Default)]
pub struct Routes {
    resources: Vec<(String, Vec<Route>, bool)>,
    mounted: Vec<Mounted>,
    places: BTreeMap<String, usize>,
    sizes: BTreeMap<String, usize>,
}

impl Routes {
    /// `GET`.
    pub fn get<H, Args>(&mut self, path: &str, handler: H)
    where
        H: Gated<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.add(Method::GET, path, H::ACCESS, web::route().guard(get_or_head()).to(handler));
    }

    /// `POST`.
    pub fn post<H, Args>(&mut self, path: &str, handler: H)
    where
        H: Gated<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.add(Method::POST, path, H::ACCESS, web::post().to(handler));
    }

    /// Lets an address take larger forms than the others, in bytes.
    pub fn takes(&mut self, path: &str, bytes: usize) {
        self.sizes.insert(path.to_owned(), bytes);
    }

    fn add(&mut self, method: Method, path: &str, access: Access, route: Route) {
        let place = *self.places.entry(path.to_owned()).or_insert_with(|| {
            self.resources.push((path.to_owned(), Vec::new(), false));
            self.resources.len() - 1
        });
        if let Some((_, routes, knows_somebody)) = self.resources.get_mut(place) {
            routes.push(route);
            // Visitors' pages load no session.
            *knows_somebody |= access != Access::Public;
        }
        self.mounted.push(Mounted { method, path: path.to_owned(), access });
    }

    fn finish(self, config: &mut ServiceConfig, state: &State) {
        for (path, routes, knows_somebody) in self.resources {
            let size = self.sizes.get(&path).map(|bytes| web::PayloadConfig::new(*bytes));
            let resource = routes.into_iter().fold(web::resource(path), |resource, route| resource.route(route));
            let resource = match size {
                Some(size) => resource.app_data(size),
                None => resource,
            };
            let resource = resource.default_service(web::to(public::wrong_method));
            if knows_somebody {
                let giving = from_fn(sessions::give_token);
                config.service(resource.wrap(giving).wrap(sessions::middleware(state)).wrap(from_fn(headers::settle)));
            } else {
                config.service(resource.wrap(from_fn(headers::settle)));
            }
        }
    }
}

fn get_or_head() -> impl actix_web::guard::Guard {
    actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head())
}

/// Mounts every route of the portal.
pub fn mount(config: &mut ServiceConfig, state: &State) {
    all().finish(config, state);
}

/// What is mounted: the table the permission tests walk.
pub fn table() -> Vec<Mounted> {
    all().mounted
}

fn all() -> Routes {
    let mut routes = Routes::default();
    for_anybody(&mut routes);
    for_signing_in(&mut routes);
    for_learners(&mut routes);
    for_staff(&mut routes);
    for_shares(&mut routes);
    routes
}

fn for_anybody(routes: &mut Routes) {
    routes.get("/", public::home::show);
    routes.get("/validate", public::validate::show);
    routes.get("/verify", public::verify::form);
    routes.post("/verify", public::verify::check);
    routes.takes("/verify", public::verify::MOST_READ);
    routes.get("/c/{cedid}/certificate.pdf", public::credential::certificate);
    routes.get("/c/{cedid:[^/]+}.vc.json", public::signed::vc);
    routes.get("/c/{cedid:[^/]+}.jwt", public::signed::jwt);
    routes.get("/c/{cedid:[^/]+}.png", public::badge::png);
    routes.get("/c/{cedid:[^/]+}.svg", public::badge::svg);
    routes.get("/status/{id}", public::signed::status);
    routes.get("/revocations/{id}", public::signed::revocations);
    routes.get("/refresh/{secret}", public::signed::refresh);
    routes.get("/c/{cedid:[^/]+}.json", public::credential::json);
    routes.get("/c/{cedid:[^/]+}.jws", public::hosted::signed);
    routes.get("/c/{cedid:[^/]+}.pdf", public::credential::pdf);
    routes.get("/c/{cedid}", public::credential::show);
    routes.get("/s/{token:[^/]+}.vc.json", public::share::vc);
    routes.get("/s/{token:[^/]+}.json", public::share::json);
    routes.get("/s/{token:[^/]+}.pdf", public::share::pdf);
    routes.get("/s/{token}", public::share::show);
    routes.get("/achievements/{id}", public::achievement::show);
    routes.get("/events/{code}", public::event::show);
    routes.get("/files/{id}", public::files::show);
    routes.get("/ims/clr/v1p0/endorsements/{id}", public::files::endorsement);
    routes.get("/privacy", public::home::privacy);
    routes.get("/.well-known/did.json", public::keys::publisher);
    routes.get("/.well-known/jwks.json", public::keys::jwk_set);
    routes.get("/issuers/{id}/did.json", public::keys::issuer);
    routes.get("/keys/{id}", public::keys::show);
    routes.get("/ims/clr/v1p0/assertions/{id}", public::hosted::assertion);
    routes.get("/ims/clr/v1p0/revocations/{id}", public::hosted::revocations);
    routes.get("/ims/clr/v1p0/keys/{id}", public::keys::cryptographic);
    routes.get("/healthz", public::health::alive);
    routes.get("/readyz", public::health::ready);
    routes.get("/static/{name}", assets::show);
    routes.get("/favicon.ico", assets::favicon);
    routes.get("/robots.txt", assets::robots);
}

fn for_signing_in(routes: &mut Routes) {
    routes.get("/sign-in", staff::sign_in::show);
    routes.post("/sign-in", staff::sign_in::submit);
    routes.post("/sign-out", staff::sign_in::sign_out);
    routes.get("/sign-in/link", learner::sign_in::ask);
    routes.post("/sign-in/link", learner::sign_in::send);
    routes.get("/sign-in/link/{secret}", learner::sign_in::confirm);
    routes.post("/sign-in/link/{secret}", learner::sign_in::consume);
    routes.get("/set-up/{secret}", staff::set_up::show);
    routes.post("/set-up/{secret}", staff::set_up::submit);
}

fn for_learners(routes: &mut Routes) {
    routes.get("/record", learner::record::show);
    routes.get("/check-in", learner::check_in::code);
    routes.get("/check-in/{id}/{code}", learner::check_in::show);
    routes.post("/check-in/{id}/{code}", learner::check_in::submit);
    routes.get("/record.vc.json", learner::record::vc);
    routes.get("/record.json", learner::record::json);
    routes.get("/record.pdf", learner::record::pdf);
    routes.get("/record/published/{number:[^/]+}.vc.json", learner::published::vc);
    routes.get("/record/published/{number:[^/]+}.jwt", learner::published::jwt);
    routes.get("/record/published/{number:[^/]+}.jws", learner::published::jws);
    routes.get("/record/published/{number:[^/]+}.json", learner::published::json);
    routes.get("/record/published/{number:[^/]+}.pdf", learner::published::pdf);
    routes.get("/record/published/{number}", learner::published::show);
    routes.get("/record/shares", learner::shares::index);
    routes.get("/record/shares/new", learner::shares::made::ask);
    routes.post("/record/shares", learner::shares::made::make);
    routes.get("/record/shares/{id}", learner::shares::show);
    routes.get("/record/shares/{id}/preview", learner::shares::preview);
    routes.post("/record/shares/{id}/end", learner::shares::end);
    routes.post("/record/shares/{id}/removal", learner::shares::remove);
    routes.get("/record/disclosures", learner::disclosures::show);
    routes.get("/record/attendance", learner::attendance::show);
    routes.get("/record/attendance/{event}", learner::attendance::ask);
    routes.post("/record/attendance/{event}", learner::attendance::submit);
}

fn for_staff(routes: &mut Routes) {
    routes.get("/admin", staff::dashboard::show);
    routes.get("/admin/search", staff::search::show);
    objects::mount::<Profile>(routes);
    objects::mount::<Achievement>(routes);
    routes.get("/admin/achievements/{id}/versions", staff::versions::index);
    routes.post("/admin/achievements/{id}/versions", staff::versions::begin);
    routes.get("/admin/achievements/{id}/versions/{number}", staff::versions::show);
    objects::mount::<Rubric>(routes);
    // A full grid has 64 times 12 cells of prose.
    routes.takes("/admin/rubrics", GRID_BYTES);
    routes.takes("/admin/rubrics/{id}", GRID_BYTES);
    objects::mount::<Assertion>(routes);
    parts::mount::<ResultDescription>(routes);
    parts::mount::<Level>(routes);
    parts::mount::<Alignment>(routes);
    parts::mount::<Association>(routes);
    routes.get("/admin/assertions/{id}/issue", staff::issue::preview);
    routes.post("/admin/assertions/{id}/issue", staff::issue::submit);
    for_standings(routes);
    for_parts_of_awards(routes);
    routes.post("/admin/achievements/{id}/retirement", staff::retirement::submit);
    objects::mount::<Clr>(routes);
    routes.get("/admin/clrs/{id}/publication", staff::publication::preview);
    routes.post("/admin/clrs/{id}/publication", staff::publication::submit);
    routes.get("/admin/clrs/{id}/record.json", staff::publication::json);
    routes.get("/admin/clrs/{id}/record.pdf", staff::publication::pdf);
    routes.get("/admin/clrs/{id}/record.vc.json", staff::publication::vc);
    routes.get("/admin/clrs/{id}/record.jws", staff::publication::jws);
    for_staff_with_learners(routes);
    routes.get("/admin/assertions.ndjson", staff::exports::awards);
    routes.get("/admin/exports", staff::exports::show);
    routes.post("/admin/exports", staff::exports::make);
    routes.get("/admin/backup", staff::backup::show);
    routes.post("/admin/backup", staff::backup::make);
    routes.post("/admin/backup/file", staff::restoring::hand_in);
    routes.get("/admin/backup/restore", staff::restoring::ask);
    routes.post("/admin/backup/restore", staff::restoring::submit);
    for_events(routes);
    for_attendance(routes);
    for_programs(routes);
    for_holds(routes);
    for_imports(routes);
    routes.get("/admin/mail", staff::mail::index);
    routes.get("/admin/mail/{id}", staff::mail::show);
    routes.post("/admin/mail/{id}/retry", staff::mail::retry);
    for_audit(routes);
    routes.get("/admin/keys", staff::keys::index);
    routes.post("/admin/keys/rotation", staff::keys::rotate);
    routes.get("/admin/keys/{id}", staff::keys::show);
    routes.post("/admin/keys/{id}/retirement", staff::keys::retire);
    routes.get("/admin/keys/{id}/compromise", staff::keys::ask);
    routes.post("/admin/keys/{id}/compromise", staff::keys::mark);
    routes.post("/admin/keys/{id}/reissue", staff::keys::reissue);
    routes.get("/admin/staff", staff::accounts::index);
    routes.get("/admin/staff/new", staff::accounts::new);
    routes.post("/admin/staff", staff::accounts::create);
    routes.post("/admin/staff/{id}/disabling", staff::accounts::disable);
    routes.post("/admin/staff/{id}/link", staff::accounts::link);
    routes.get("/admin/settings", staff::settings::show);
    routes.post("/admin/settings", staff::settings::submit);
}

fn for_staff_with_learners(routes: &mut Routes) {
    routes.get("/admin/learners", staff::learners::index);
    routes.get("/admin/learners/new", staff::learners::new);
    routes.get("/admin/learners/{id}", staff::learners::show);
    routes.get("/admin/learners/{id}/edit", staff::learners::edit);
    routes.get("/admin/learners/{id}/erasure", staff::erasure::ask);
    routes.post("/admin/learners/{id}/erasure", staff::erasure::submit);
    routes.get("/admin/learners/{id}/merging", staff::merging::ask);
    routes.post("/admin/learners/{id}/merging", staff::merging::submit);
    routes.get("/admin/merges/{id}", staff::merging::show);
    routes.post("/admin/merges/{id}/undoing", staff::merging::undo);
    routes.get("/admin/learners/{id}/record.vc.json", staff::learners::vc);
    routes.get("/admin/learners/{id}/record.json", staff::learners::json);
    routes.get("/admin/learners/{id}/record.pdf", staff::learners::pdf);
    routes.get("/admin/learners.csv", staff::learners::csv);
    routes.get("/admin/learners.ndjson", staff::learners::records);
}

fn for_audit(routes: &mut Routes) {
    use staff::audit::{self, checkpoints, export};
    routes.get("/admin/audit", audit::index);
    routes.get("/admin/audit.csv", export::table);
    routes.get("/admin/audit.ndjson", export::lines);
    routes.get("/admin/audit/checkpoints", checkpoints::index);
    routes.post("/admin/audit/checkpoints", checkpoints::sign);
    routes.get("/admin/audit/checkpoints.jws", checkpoints::all);
    routes.get("/admin/audit/checkpoints/{seq:[^/]+}.jws", checkpoints::one);
}

/// How awards and records stand.
fn for_standings(routes: &mut Routes) {
    use staff::standing::{Reinstatement, Revocation, Suspension, ask, submit};
    routes.get("/admin/assertions/{id}/revocation", ask::<Assertion, Revocation>);
    routes.post("/admin/assertions/{id}/revocation", submit::<Assertion, Revocation>);
    routes.get("/admin/assertions/{id}/suspension", ask::<Assertion, Suspension>);
    routes.post("/admin/assertions/{id}/suspension", submit::<Assertion, Suspension>);
    routes.get("/admin/assertions/{id}/reinstatement", ask::<Assertion, Reinstatement>);
    routes.post("/admin/assertions/{id}/reinstatement", submit::<Assertion, Reinstatement>);
    routes.get("/admin/assertions/{id}/correction", staff::correction::ask);
    routes.post("/admin/assertions/{id}/correction", staff::correction::submit);
    routes.get("/admin/learners/{id}/renaming", staff::renaming::ask);
    routes.post("/admin/learners/{id}/renaming", staff::renaming::submit);
    routes.get("/admin/clrs/{id}/revocation", ask::<Clr, Revocation>);
    routes.post("/admin/clrs/{id}/revocation", submit::<Clr, Revocation>);
    routes.get("/admin/clrs/{id}/suspension", ask::<Clr, Suspension>);
    routes.post("/admin/clrs/{id}/suspension", submit::<Clr, Suspension>);
    routes.get("/admin/clrs/{id}/reinstatement", ask::<Clr, Reinstatement>);
    routes.post("/admin/clrs/{id}/reinstatement", submit::<Clr, Reinstatement>);
}

fn for_parts_of_awards(routes: &mut Routes) {
    objects::mount::<Endorsement>(routes);
    objects::mount::<Evidence>(routes);
    objects::mount::<AwardResult>(routes);
    routes.get("/admin/endorsements/{id}/revocation", staff::endorsements::ask);
    routes.post("/admin/endorsements/{id}/revocation", staff::endorsements::submit);
    routes.post("/admin/evidence/{id}/move", staff::evidence::shift);
    routes.post("/admin/results/{id}/move", staff::evidence::shift_result);
    routes.get("/admin/assertions/{id}/files", staff::evidence::files);
    routes.post("/admin/assertions/{id}/files", staff::evidence::hand_in);
    routes.get("/admin/files/{id}", staff::evidence::file);
    routes.get("/admin/suggestions/learners", staff::suggestions::learners);
    routes.get("/admin/suggestions/organizations", staff::suggestions::organizations);
    routes.get("/admin/suggestions/profiles", staff::suggestions::profiles);
    routes.get("/admin/suggestions/awardable", staff::suggestions::awardable);
    routes.get("/admin/suggestions/achievements", staff::suggestions::achievements);
    routes.get("/admin/suggestions/drafts", staff::suggestions::drafts);
    routes.get("/admin/suggestions/assertions", staff::suggestions::assertions);
    routes.get("/admin/suggestions/clrs", staff::suggestions::clrs);
    routes.post("/admin/passing/learners", passing::learner);
    routes.post("/admin/passing/organizations", passing::organization);
    routes.post("/admin/passing/achievements", passing::achievement);
}

fn for_events(routes: &mut Routes) {
    use staff::events;
    // Before the seven pages: it is no event's id.
    routes.get("/admin/events/calendar", events::calendar);
    routes.get("/admin/events/import", events::import::ask);
    routes.post("/admin/events/import", events::import::hand_in);
    routes.post("/admin/events/import/rows", events::import::submit);
    routes.takes("/admin/events/import/rows", TABLE_BYTES);
    routes.get("/admin/reports/attendance", staff::reports::attendance);
    routes.get("/admin/reports/attendance.csv", staff::reports::csv);
    objects::mount::<Event>(routes);
    routes.get("/admin/events/{id}/repeat", events::repeat::ask);
    routes.post("/admin/events/{id}/repeat", events::repeat::submit);
    routes.get("/admin/events/{id}/cancellation", events::ask);
    routes.post("/admin/events/{id}/cancellation", events::submit);
}

fn for_attendance(routes: &mut Routes) {
    use staff::attendance::{self, add, desk, file, learner, parked, paste, screen, sheet};
    routes.get("/admin/events/{id}/attendance", attendance::index);
    routes.post("/admin/events/{id}/attendance", add::submit);
    routes.get("/admin/events/{id}/attendance.csv", attendance::csv);
    routes.get("/admin/events/{id}/attendance/add", add::ask);
    routes.get("/admin/events/{id}/attendance/paste", paste::ask);
    routes.post("/admin/events/{id}/attendance/paste", paste::submit);
    routes.takes("/admin/events/{id}/attendance/paste", LIST_BYTES);
    routes.get("/admin/events/{id}/attendance/file", file::ask);
    routes.post("/admin/events/{id}/attendance/file", file::hand_in);
    routes.post("/admin/events/{id}/attendance/rows", file::submit);
    routes.takes("/admin/events/{id}/attendance/rows", TABLE_BYTES);
    routes.get("/admin/events/{id}/attendance/parked", parked::of_event);
    routes.get("/admin/events/{id}/learners/{learner}", learner::show);
    routes.post("/admin/events/{id}/learners/{learner}", learner::correct);
    routes.get("/admin/events/{id}/desk", desk::show);
    routes.post("/admin/events/{id}/desk", desk::submit);
    routes.post("/admin/events/{id}/desk/entries", desk::entries);
    routes.get("/admin/events/{id}/screen", screen::show);
    routes.get("/admin/events/{id}/sheet.pdf", sheet::show);
    routes.get("/admin/attendance/parked", parked::index);
    routes.get("/admin/attendance/parked/{id}", parked::show);
    routes.post("/admin/attendance/parked/{id}", parked::resolve);
    routes.post("/admin/attendance/parked/{id}/dismissal", parked::dismiss);
    routes.get("/admin/learners/{id}/cards", staff::cards::show);
    routes.post("/admin/learners/{id}/cards", staff::cards::add);
    routes.post("/admin/learners/{id}/cards/removal", staff::cards::remove);
}

fn for_programs(routes: &mut Routes) {
    use staff::{
        conferrals, disputes, flags,
        programs::{self, conferral, learner, report, trial},
        terms,
    };
    objects::mount::<Program>(routes);
    routes.post("/admin/programs/{id}/rule", programs::put_in_force);
    routes.post("/admin/programs/{id}/evaluation", programs::evaluate_again);
    routes.get("/admin/programs/{id}/trial", trial::show);
    routes.get("/admin/programs/{id}/learners", programs::learners);
    routes.get("/admin/programs/{id}/learners.csv", programs::learners_csv);
    routes.get("/admin/programs/{id}/learners/{learner}", learner::show);
    routes.get("/admin/programs/{id}/conferral", conferral::ask);
    routes.post("/admin/programs/{id}/conferral", conferral::prepare);
    routes.get("/admin/reports/programs", report::show);
    routes.get("/admin/reports/programs.csv", report::table_file);
    routes.get("/admin/approvals", conferrals::approvals);
    routes.get("/admin/conferrals/{id:[^/]+}.csv", conferrals::table_file);
    routes.get("/admin/conferrals/{id}", conferrals::show);
    routes.get("/admin/conferrals/{id}/preview", conferrals::preview::preview);
    routes.post("/admin/conferrals/{id}/decision", conferrals::decide);
    routes.get("/admin/flags", flags::index);
    routes.get("/admin/flags/{id}", flags::show);
    routes.post("/admin/flags/{id}", flags::keep);
    routes.get("/admin/disputes", disputes::index);
    routes.get("/admin/disputes/{id}", disputes::show);
    routes.post("/admin/disputes/{id}", disputes::answer);
    routes.get("/admin/terms", terms::index);
    routes.post("/admin/terms", terms::create);
    routes.post("/admin/terms/{id}/removal", terms::remove);
}

fn for_holds(routes: &mut Routes) {
    use staff::holds::{self, many};
    routes.get("/admin/holds", holds::index);
    routes.get("/admin/holds.csv", holds::csv);
    routes.get("/admin/holds/new", holds::new);
    routes.post("/admin/holds", holds::create);
    routes.get("/admin/holds/many", many::ask);
    routes.post("/admin/holds/many", many::submit);
    routes.takes("/admin/holds/many", LIST_BYTES);
    routes.get("/admin/holds/{id}", holds::show);
    routes.post("/admin/holds/{id}/end", holds::end);
    routes.post("/admin/holds/{id}/lifting", holds::lift);
}

/// What learners share with whom.
fn for_shares(routes: &mut Routes) {
    use staff::shares;
    routes.get("/admin/shares", shares::index);
    routes.get("/admin/shares.csv", shares::csv);
    routes.get("/admin/shares/{id}", shares::show);
    routes.post("/admin/shares/{id}/end", shares::end);
}

fn for_imports(routes: &mut Routes) {
    use staff::imports::{self, claims, copy, received};
    routes.get("/admin/imports", imports::index);
    routes.post("/admin/imports", imports::upload);
    routes.get("/admin/imports/{id}", imports::show);
    routes.post("/admin/imports/{id}", imports::bring_in);
    routes.post("/admin/imports/{id}/reversal", imports::take_back);
    routes.post("/admin/imports/{id}/deletion", imports::forget);
    routes.get("/admin/clrs/{id}/received.json", received::json);
    routes.get("/admin/clrs/{id}/received", received::show);
    routes.post("/admin/achievements/{id}/copy", copy::submit);
    routes.get("/admin/settings/publishers", claims::index);
    routes.post("/admin/settings/publishers", claims::claim);
    routes.post("/admin/settings/publishers/removal", claims::give_up);
}
