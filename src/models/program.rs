//! Programs: an achievement plus the rule that earns it. Rules are numbered; one that was in force stays as it was, and
//! an award names the one it was earned under.

pub mod award;
pub mod list;
pub mod progress;
pub mod rule;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use self::rule::Rule;
use super::{
    Achievement, Profile,
    audit::{self, Actor, Change},
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            achievement, assertion, conferral, credential, program, program_award, program_progress, program_rule,
        },
    },
    values::{Id, Json, Line, fold},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "program";

/// An achievement that is earned by a rule.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = program, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Program {
    /// Row id.
    pub id: Id<Program>,
    /// What is earned.
    pub achievement_id: Id<Achievement>,
    /// The office that issues it.
    pub office_id: Id<Profile>,
    /// The number of the rule that is in force.
    pub rule_in_force: Option<i32>,
    /// The number of the newest rule; a draft, where it never was in force.
    pub newest_rule: i32,
    /// What is written into the award's result, where the achievement has one.
    pub result_value: Option<Line>,
    /// What lists are sorted by.
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When everybody was last looked at by the rule in force; nothing while that is still to be done.
    pub evaluated_at: Option<NaiveDateTime>,
    /// Counts the changes.
    pub revision: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// A rule under its number.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = program_rule, treat_none_as_default_value = false)]
pub struct NumberedRule {
    /// The program.
    pub program_id: Id<Program>,
    /// Its number.
    pub number: i32,
    /// What it says.
    pub rule: Json<Rule>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: NaiveDateTime,
    /// Since when it is or was in force.
    pub in_force_since: Option<NaiveDateTime>,
    /// Until when it was.
    pub in_force_until: Option<NaiveDateTime>,
}

impl Program {
    /// A new program for an achievement, with its first rule still to be recorded.
    pub fn new(earned: &Achievement) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id: earned.id.clone(),
            office_id: earned.issuer_id.clone(),
            rule_in_force: None,
            newest_rule: 1,
            result_value: None,
            sort_name: String::new(),
            search_text: String::new(),
            evaluated_at: None,
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        new.refold(earned);
        new
    }

    /// Sets what is derived from the achievement.
    pub fn refold(&mut self, earned: &Achievement) {
        self.sort_name = fold(earned.name.as_str());
        let code = earned.code.as_ref().map(|code| code.as_str()).unwrap_or_default();
        self.search_text = fold(&format!("{} {} {code}", earned.name, earned.shown_title()));
        self.office_id = earned.issuer_id.clone();
    }

    /// Whether it exists for this person: staff of an office see what their office issues.
    pub fn exists_for(&self, by: &Actor) -> bool {
        by.office.as_ref().is_none_or(|office| *office == self.office_id)
    }

    /// Records it with its first rule, which is not in force yet.
    pub fn insert(&self, conn: &mut Conn, rule: &Rule, by: &Actor) -> QueryResult<()> {
        diesel::insert_into(program::table).values(self.clone()).execute(conn)?;
        insert_rule(conn, &self.id, 1, rule, by)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), vec![told("Rule 1", None, Some(rule.sentence()))])
    }

    /// Stores what was edited. A rule that was in force stays: another one begins the next number. `false` when somebody
    /// changed the program meanwhile.
    pub fn update(&self, conn: &mut Conn, rule: &Rule, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        let newest = rule_of(conn, &self.id, before.newest_rule)?;
        let is_same = newest.rule.get() == rule;
        let is_draft = newest.in_force_since.is_none();
        let mut after = self.clone();
        after.newest_rule = before.newest_rule + i32::from(!is_same && !is_draft);
        (after.rule_in_force, after.evaluated_at) = (before.rule_in_force, before.evaluated_at);
        if !after.store(conn)? {
            return Ok(false);
        }
        let mut changes = Vec::new();
        if !is_same {
            if is_draft {
                diesel::update(program_rule::table.find((&self.id, newest.number)))
                    .set((
                        program_rule::rule.eq(Json::new(rule.clone())),
                        program_rule::made_by.eq(&by.name),
                        program_rule::made_at.eq(clock::now().naive_utc()),
                    ))
                    .execute(conn)?;
            } else {
                insert_rule(conn, &self.id, after.newest_rule, rule, by)?;
            }
            let old = Some(newest.rule.get().sentence());
            changes.push(told(&format!("Rule {}", after.newest_rule), old, Some(rule.sentence())));
        }
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string);
        if before.result_value != self.result_value {
            changes.push(told("Result on the award", line(&before.result_value), line(&self.result_value)));
        }
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        Ok(true)
    }

    fn store(&self, conn: &mut Conn) -> QueryResult<bool> {
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision = program::table.find(&self.id).filter(program::revision.eq(self.revision));
        Ok(diesel::update(same_revision).set(after).execute(conn)? == 1)
    }

    /// Puts its newest rule in force, or none. `false` when somebody changed the program meanwhile.
    pub fn put_in_force(&self, conn: &mut Conn, wanted: Option<i32>, by: &Actor) -> QueryResult<bool> {
        let now = clock::now().naive_utc();
        let after = Self { rule_in_force: wanted, evaluated_at: None, ..self.clone() };
        if !after.store(conn)? {
            return Ok(false);
        }
        if let Some(before) = self.rule_in_force {
            diesel::update(program_rule::table.find((&self.id, before)))
                .set(program_rule::in_force_until.eq(Some(now)))
                .execute(conn)?;
        }
        if let Some(number) = wanted {
            // One that is put in force again goes on from when it first was.
            diesel::update(program_rule::table.find((&self.id, number)).filter(program_rule::in_force_since.is_null()))
                .set(program_rule::in_force_since.eq(Some(now)))
                .execute(conn)?;
            diesel::update(program_rule::table.find((&self.id, number)))
                .set(program_rule::in_force_until.eq(None::<NaiveDateTime>))
                .execute(conn)?;
        } else {
            diesel::delete(program_progress::table.filter(program_progress::program_id.eq(&self.id))).execute(conn)?;
        }
        let numbered = |number: Option<i32>| number.map(|number| format!("rule {number}"));
        let change = told("In force", numbered(self.rule_in_force), numbered(wanted));
        let action = if wanted.is_some() { "put a rule in force for" } else { "took the rule out of force for" };
        audit::write(conn, by, action, (KIND, self.id.as_str()), vec![change])?;
        Ok(true)
    }
}

fn told(field: &str, before: Option<String>, after: Option<String>) -> Change {
    Change { field: field.to_owned(), before, after }
}

fn insert_rule(conn: &mut Conn, program: &Id<Program>, number: i32, rule: &Rule, by: &Actor) -> QueryResult<()> {
    let row = NumberedRule {
        program_id: program.clone(),
        number,
        rule: Json::new(rule.clone()),
        made_by: by.name.clone(),
        made_at: clock::now().naive_utc(),
        in_force_since: None,
        in_force_until: None,
    };
    diesel::insert_into(program_rule::table).values(row).execute(conn).map(|_| ())
}

/// One program.
pub fn find(conn: &mut Conn, id: &Id<Program>) -> QueryResult<Program> {
    program::table.find(id).select(Program::as_select()).first(conn)
}

/// The program that earns an achievement.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Option<Program>> {
    program::table.filter(program::achievement_id.eq(id)).select(Program::as_select()).first(conn).optional()
}

/// The programs that are switched on, each with its rule in force.
pub fn in_force(conn: &mut Conn) -> QueryResult<Vec<(Program, NumberedRule)>> {
    let own = program_rule::program_id.eq(program::id);
    program::table
        .inner_join(program_rule::table.on(own.and(program::rule_in_force.eq(program_rule::number.nullable()))))
        .order((program::sort_name, program::id))
        .select((Program::as_select(), NumberedRule::as_select()))
        .load(conn)
}

/// Every program with the name of its award, of one office where one is given; at most so many.
pub fn named(conn: &mut Conn, office: Option<&Id<Profile>>, most: i64) -> QueryResult<Vec<(Program, String)>> {
    let mut rows =
        program::table.inner_join(achievement::table.on(achievement::id.eq(program::achievement_id))).into_boxed();
    if let Some(office) = office {
        rows = rows.filter(program::office_id.eq(office));
    }
    rows.order((program::sort_name, program::id))
        .limit(most)
        .select((Program::as_select(), achievement::name))
        .load(conn)
}

/// The achievements that programs which are switched on look at: what is earned, and what must be held. Whoever is
/// awarded one of them, or loses it, is looked at again.
pub fn concerned(conn: &mut Conn) -> QueryResult<Vec<Id<Achievement>>> {
    let mut ids = Vec::new();
    for (program, rule) in in_force(conn)? {
        ids.extend(rule.rule.get().held.iter().filter_map(|needed| needed.id.parse().ok()));
        ids.push(program.achievement_id);
    }
    Ok(ids)
}

/// Notes that everybody was looked at by the rule that was in force then.
pub fn evaluated(conn: &mut Conn, id: &Id<Program>, rule: i32) -> QueryResult<()> {
    let same_rule = program::table.find(id).filter(program::rule_in_force.eq(rule));
    diesel::update(same_rule).set(program::evaluated_at.eq(Some(clock::now().naive_utc()))).execute(conn).map(|_| ())
}

/// Everybody is to be looked at again.
pub fn evaluate_again(conn: &mut Conn, id: &Id<Program>, by: &Actor) -> QueryResult<()> {
    diesel::update(program::table.find(id)).set(program::evaluated_at.eq(None::<NaiveDateTime>)).execute(conn)?;
    audit::write(conn, by, "counted everybody anew for", (KIND, id.as_str()), Vec::new())
}

/// Everybody is to be looked at again by every program: the days are counted otherwise.
pub fn evaluate_all_again(conn: &mut Conn) -> QueryResult<()> {
    diesel::update(program::table).set(program::evaluated_at.eq(None::<NaiveDateTime>)).execute(conn).map(|_| ())
}

/// The rule with a number.
pub fn rule_of(conn: &mut Conn, id: &Id<Program>, number: i32) -> QueryResult<NumberedRule> {
    program_rule::table.find((id, number)).select(NumberedRule::as_select()).first(conn)
}

/// All rules, the newest first.
pub fn rules(conn: &mut Conn, id: &Id<Program>) -> QueryResult<Vec<NumberedRule>> {
    program_rule::table
        .filter(program_rule::program_id.eq(id))
        .order(program_rule::number.desc())
        .select(NumberedRule::as_select())
        .load(conn)
}

/// Who was awarded an achievement with a conferral date between two days, both in it.
pub fn awarded_between(
    conn: &mut Conn,
    earned: &Id<Achievement>,
    (from, to): (NaiveDate, NaiveDate),
) -> QueryResult<Vec<Id<Profile>>> {
    assertion::table
        .inner_join(credential::table.on(credential::assertion_id.eq(assertion::id.nullable())))
        .filter(assertion::achievement_id.eq(earned))
        .filter(assertion::conferral_date.ge(from))
        .filter(assertion::conferral_date.le(to))
        .select(assertion::learner_id)
        .distinct()
        .load(conn)
}

/// Who uses it, as sentences; empty when nothing does.
pub fn uses(conn: &mut Conn, id: &Id<Program>) -> QueryResult<Vec<String>> {
    let awards: i64 = program_award::table.filter(program_award::program_id.eq(id)).count().get_result(conn)?;
    let goes: i64 = conferral::table.filter(conferral::program_id.eq(id)).count().get_result(conn)?;
    let in_force: i64 = program_rule::table
        .filter(program_rule::program_id.eq(id))
        .filter(program_rule::in_force_since.is_not_null())
        .count()
        .get_result(conn)?;
    Ok([
        (awards, "award was conferred by it", "awards were conferred by it"),
        (goes, "conferral was prepared", "conferrals were prepared"),
        (in_force, "rule was in force; switch it off instead", "rules were in force; switch it off instead"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
    .collect())
}

/// Deletes a program that nothing uses.
pub fn delete(conn: &mut Conn, id: &Id<Program>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    let last = rule_of(conn, id, gone.newest_rule)?;
    diesel::delete(program_progress::table.filter(program_progress::program_id.eq(id))).execute(conn)?;
    diesel::delete(program_rule::table.filter(program_rule::program_id.eq(id))).execute(conn)?;
    diesel::delete(program::table.find(id)).execute(conn)?;
    let changes = vec![told("Rule", Some(last.rule.get().sentence()), None)];
    audit::write(conn, by, "deleted", (KIND, id.as_str()), changes)
}
