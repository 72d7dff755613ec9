//! The association: how an achievement belongs to another one (CLR 1.0 `Association`).

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Achievement,
    issued::{Extensions, IssuedAssociation},
};
use crate::{
    clock,
    db::{Conn, schema::association},
    values::{AssociationType, Id, Iri, Json, Name, fold},
};

/// A tie to another achievement (CLR 1.0 `Association`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = association, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Association::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Association {
    /// A tie from one achievement to another that is known here.
    pub fn to(achievement_id: Id<Achievement>, association_type: AssociationType, target: &Achievement) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id,
            association_type,
            target_iri: target.iri.clone(),
            target_id: Some(target.id.clone()),
            title: target.name.clone(),
            position: 0,
            created_at: now,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
        };
        new.refold();
        new
    }

    /// Sets what is derived from the title and the target.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.title.as_str());
        let words = [self.title.as_str(), self.target_iri.as_str(), self.association_type.as_str()];
        self.search_text = fold(&words.join(" "));
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(association::table).values(row).execute(conn).map(|_| ())
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
