//! Learners whose progress towards awards is to be looked at again. Whoever changes what progress rests on marks them in
//! the same transaction, so that evaluating costs as much as has changed, and nothing is forgotten when it is interrupted.

use diesel::prelude::*;

use super::Profile;
use crate::{
    clock,
    db::{Conn, schema::progress_mark},
    values::Id,
};

/// Marks a learner; one who is marked already stays so.
pub fn mark(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<()> {
    let row = (progress_mark::learner_id.eq(learner), progress_mark::marked_at.eq(clock::now().naive_utc()));
    // Two arms, because the connection to either has no word for a conflict. On PostgreSQL a mark that is there is
    // written again and not passed over: whoever is taking it at this moment is waited for, and the mark is made anew.
    match conn {
        Conn::Sqlite(inner) => {
            diesel::insert_into(progress_mark::table).values(row).on_conflict_do_nothing().execute(inner)
        }
        Conn::Postgres(inner) => diesel::insert_into(progress_mark::table)
            .values(row)
            .on_conflict(progress_mark::learner_id)
            .do_update()
            .set(progress_mark::marked_at.eq(progress_mark::marked_at))
            .execute(inner),
    }
    .map(|_| ())
}
