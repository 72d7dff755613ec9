//! Evidence: what an award rests on (CLR 1.0 `Evidence`).

use diesel::prelude::*;

use super::{
    Assertion,
    issued::{IssuedArtifact, IssuedEvidence},
};
use crate::{
    clock,
    db::{Conn, schema::evidence},
    values::{Id, Json},
};

/// Adds a piece of evidence to a draft.
pub fn add(conn: &mut Conn, id: &Id<Assertion>, told: &IssuedEvidence, position: i32) -> QueryResult<()> {
    diesel::insert_into(evidence::table)
        .values((
            evidence::id.eq(clock::row_id().to_string()),
            evidence::iri.eq(&told.id),
            evidence::assertion_id.eq(id),
            evidence::name.eq(&told.name),
            evidence::audience.eq(told.audience.as_deref()),
            evidence::description.eq(told.description.as_deref()),
            evidence::genre.eq(told.genre.as_deref()),
            evidence::narrative.eq(told.narrative.as_deref()),
            evidence::artifacts.eq(Json::new(told.artifacts.clone())),
            evidence::position.eq(position),
            evidence::created_at.eq(clock::now().naive_utc()),
        ))
        .execute(conn)
        .map(|_| ())
}

/// The evidence as it is frozen.
pub fn issued(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<IssuedEvidence>> {
    type Row =
        (String, String, Option<String>, Option<String>, Option<String>, Option<String>, Json<Vec<IssuedArtifact>>);
    let rows: Vec<Row> = evidence::table
        .filter(evidence::assertion_id.eq(id))
        .order((evidence::position, evidence::id))
        .select((
            evidence::iri,
            evidence::name,
            evidence::audience,
            evidence::description,
            evidence::genre,
            evidence::narrative,
            evidence::artifacts,
        ))
        .load(conn)?;
    let issued = |(id, name, audience, description, genre, narrative, artifacts): Row| IssuedEvidence {
        id,
        name,
        audience,
        description,
        genre,
        narrative,
        artifacts: artifacts.into_inner(),
    };
    Ok(rows.into_iter().map(issued).collect())
}
