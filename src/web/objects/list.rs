//! The list of a kind, as a page and as a file.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Kind, Managed, Shared};
use crate::{
    db::Conn,
    models::{Profile, import, page::Query},
    values::Id,
    web::{
        csv,
        error::Error,
        frame::{Frame, page},
        guards::May,
        table::{AS_CSV, Asked, Filter, Table},
    },
};

#[derive(Template)]
#[template(path = "objects/index.html")]
struct IndexPage {
    frame: Frame,
    kind: Kind,
    table: Table,
    may_change: bool,
    views: Vec<(&'static str, &'static str)>,
}

/// `GET /admin/KIND`
pub(super) async fn index<T: Managed>(
    may: May<T::Read>,
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (asked, address, office) = (asked.into_inner(), request.query_string().to_owned(), may.by.office.clone());
    let mut table = state.db.read(move |conn| list::<T>(conn, &asked, &address, office)).await?;
    table.exports = T::exports(&may.frame);
    table.exports.insert(0, AS_CSV);
    let may_change = may.frame.may::<T::Change>();
    let mut views = T::views();
    if may_change {
        views.extend(T::ways_in());
    }
    page(&IndexPage { frame: may.frame, kind: T::KIND, table, may_change, views })
}

fn list<T: Managed>(
    conn: &mut Conn,
    asked: &Asked,
    address: &str,
    office: Option<Id<Profile>>,
) -> Result<Table, Error> {
    let filters = all_filters::<T>(conn, address, office.as_ref())?;
    let query = Query { office, ..asked.query(T::COLUMNS, T::SORT, &filters) };
    let page = T::search(conn, &query)?;
    let mut table = Table::new(format!("/admin/{}", T::KIND.path), T::COLUMNS, &query, page, T::cells);
    table.matching = T::count(conn, &query)?;
    Ok(table.narrowed(filters, asked))
}

/// The filters of a list: the kind's own, and whose objects they are where other publishers' may be among them.
fn all_filters<T: Managed>(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, Error> {
    let mut filters = T::filters(conn, address, office)?;
    if import::any_done(conn)? {
        let choices = [("own", "Ours"), ("foreign", "Other publishers’")];
        let choices = choices.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
        filters.push(Filter::new("origin", "Whose", choices, address));
    }
    Ok(filters)
}

/// `GET /admin/KIND.csv`: every row of the list as it is filtered.
pub(super) async fn table_file<T: Managed>(
    may: May<T::Read>,
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (address, office) = (request.query_string().to_owned(), may.by.office.clone());
    let list = state
        .db
        .read(move |conn| {
            let filters = all_filters::<T>(conn, &address, office.as_ref())?;
            let query = Query { office, ..asked.query(T::COLUMNS, T::SORT, &filters) };
            Ok::<_, Error>(csv::List {
                title: T::KIND.plural,
                name: T::KIND.path,
                columns: T::COLUMNS,
                chosen: csv::in_words(&asked.q, &filters),
                matching: T::count(conn, &query)?,
                query,
                read: Arc::new(|conn, query| Ok(T::search(conn, query)?.map(T::cells))),
            })
        })
        .await?;
    csv::answer(&request, state, list, may.by).await
}
