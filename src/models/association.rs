//! The association: how an achievement belongs to another one (CLR 1.0 `Association`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Achievement, issued::IssuedAssociation};
use crate::{
    clock,
    db::{Conn, schema::association},
    values::{AssociationType, Id, Iri, Name},
};

/// A tie to another achievement (CLR 1.0 `Association`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = association, treat_none_as_default_value = false)]
pub struct Association {
    /// Row id.
    pub id: Id<Association>,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// Kind of tie.
    pub association_type: AssociationType,
    /// The other achievement's public id.
    pub target_iri: Iri,
    /// The other achievement, where it is known here.
    pub target_id: Option<Id<Achievement>>,
    /// The other achievement's name.
    pub title: Name,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
}

impl Association {
    /// A tie from one achievement to another that is known here.
    pub fn to(achievement_id: Id<Achievement>, association_type: AssociationType, target: &Achievement) -> Self {
        Self {
            id: Id::fresh(),
            achievement_id,
            association_type,
            target_iri: target.iri.clone(),
            target_id: Some(target.id.clone()),
            title: target.name.clone(),
            position: 0,
            created_at: clock::now().naive_utc(),
        }
    }

    /// Records it.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(association::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// The ties of the achievement, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAssociation>> {
    let own: Vec<Association> = association::table
        .filter(association::achievement_id.eq(id))
        .order((association::position, association::id))
        .select(Association::as_select())
        .load(conn)?;
    let issued = |one: Association| IssuedAssociation {
        association_type: one.association_type,
        target_id: one.target_iri.to_string(),
        title: one.title.to_string(),
    };
    Ok(own.into_iter().map(issued).collect())
}
