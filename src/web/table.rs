//! Lists: what a list is asked for in its address, and what its rows show.

use serde::Deserialize;

use super::guards::encode;
use crate::{
    models::page::{COUNT_LIMIT, Cursor, Page, Place, Query},
    values::{CeDiD, Reading},
    words::{Words, plain_number},
};

/// What stands in a list's address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    /// What is searched for.
    #[serde(default)]
    pub q: String,
    /// Column, with a minus for descending.
    #[serde(default)]
    pub sort: String,
    /// Where to go on.
    #[serde(default)]
    pub after: String,
    /// Where to go back from.
    #[serde(default)]
    pub before: String,
}

/// A column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Heading.
    pub label: &'static str,
    /// What it sorts by, if it does.
    pub sort: Option<&'static str>,
}

/// A cell of a row.
#[derive(Debug, Clone)]
pub enum Cell {
    /// The object itself: a link, with a line below.
    Name {
        /// Where it leads.
        address: String,
        /// What it says.
        text: String,
        /// What stands below.
        below: String,
    },
    /// The object itself, for those to whom it leads nowhere.
    Unlinked(String),
    /// Text.
    Text(String),
    /// A code, or what stands in its place.
    Code(Option<CeDiD>),
    /// A calendar date.
    Date(chrono::NaiveDate),
    /// A status and a line below; `None` is a draft.
    Status(Option<Reading>, String),
    /// A state in other words than those of a status.
    State {
        /// Style class.
        tone: &'static str,
        /// Icon.
        icon: &'static str,
        /// What it says.
        text: &'static str,
        /// What stands below.
        below: String,
    },
}

/// A filter of a list: a name, a label and what it can be set to.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Its name in the address.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Value and label of each choice.
    pub choices: Vec<(String, String)>,
    /// Whether it stands as tabs above the list and not as a menu.
    pub scopes: bool,
    /// What it is set to.
    pub chosen: String,
    /// What it shows when it is set to nothing.
    pub nothing: &'static str,
}

/// The file that every list of this portal can be taken out as.
pub const AS_CSV: (&str, &str) = ("csv", "Export what is filtered (CSV)");

/// A list as its page shows it.
#[derive(Debug, Clone)]
pub struct Table {
    /// The address without a query.
    pub address: String,
    /// Columns.
    pub columns: &'static [Column],
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Filters.
    pub filters: Vec<Filter>,
    /// What is searched for.
    pub q: String,
    /// How many match.
    pub matching: i64,
    /// Endings of the addresses under which what is filtered can be taken out, with what their buttons say.
    pub exports: Vec<(&'static str, &'static str)>,
    sort: String,
    descending: bool,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl Asked {
    /// As the models ask it. `default` is the column a list sorts by when nothing is said, with a minus for descending.
    pub fn query(&self, columns: &[Column], default: &str, filters: &[Filter]) -> Query {
        let known = |name: &str| columns.iter().any(|column| column.sort == Some(name));
        let wanted = self.sort.trim_start_matches('-');
        let sort = if known(wanted) { self.sort.as_str() } else { default };
        let place = match (Cursor::decode(&self.after), Cursor::decode(&self.before)) {
            (Some(after), _) => Place::After(after),
            (None, Some(before)) => Place::Before(before),
            (None, None) => Place::First,
        };
        Query {
            sort: sort.trim_start_matches('-').to_owned(),
            descending: sort.starts_with('-'),
            filters: filters.iter().map(|filter| (filter.name.to_owned(), filter.chosen.clone())).collect(),
            place,
            ..Query::search(&self.q)
        }
    }
}

impl Filter {
    /// A filter set to what the address says, if that is one of its choices.
    pub fn new(name: &'static str, label: &'static str, choices: Vec<(String, String)>, address: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(address).unwrap_or_default();
        let asked = pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default();
        let chosen = if choices.iter().any(|(value, _)| *value == asked) { asked } else { String::new() };
        Self { name, label, choices, scopes: false, chosen, nothing: "All" }
    }

    /// The same, as tabs above the list.
    pub fn as_scopes(mut self) -> Self {
        self.scopes = true;
        self
    }

    /// What the list shows when this filter is set to nothing, where that is not everything.
    pub fn with_nothing(mut self, label: &'static str) -> Self {
        self.nothing = label;
        self
    }

    /// The label of what it is set to.
    pub fn chosen_label(&self) -> &str {
        self.choices.iter().find(|(value, _)| *value == self.chosen).map_or("", |(_, label)| label)
    }
}

impl Table {
    /// A list from a page of rows.
    pub fn new<T>(
        address: String,
        columns: &'static [Column],
        query: &Query,
        page: Page<T>,
        cells: impl Fn(T) -> Vec<Cell>,
    ) -> Self {
        Self {
            address,
            columns,
            rows: page.rows.into_iter().map(cells).collect(),
            filters: Vec::new(),
            q: String::new(),
            matching: 0,
            exports: Vec::new(),
            sort: query.sort.clone(),
            descending: query.descending,
            next: page.next,
            previous: page.previous,
        }
    }

    /// The same, with what it was narrowed by.
    pub fn narrowed(mut self, filters: Vec<Filter>, asked: &Asked) -> Self {
        self.filters = filters;
        self.q = asked.q.trim().to_owned();
        self
    }

    /// "52,310", or "more than 10,000".
    pub fn shown_count(&self) -> String {
        let number = plain_number(&Words::default(), self.matching.min(COUNT_LIMIT));
        if self.matching > COUNT_LIMIT { format!("more than {number}") } else { number }
    }

    /// Whether something narrows the list.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || self.filters.iter().any(|filter| !filter.chosen.is_empty())
    }

    /// Whether something that was typed or chosen narrows it, and not only the tab that is looked at.
    pub fn is_narrowed_beyond_tabs(&self) -> bool {
        !self.q.is_empty() || self.menus().iter().any(|filter| !filter.chosen.is_empty())
    }

    /// The menus, without the tabs.
    pub fn menus(&self) -> Vec<&Filter> {
        self.filters.iter().filter(|filter| !filter.scopes).collect()
    }

    /// The tabs.
    pub fn tabs(&self) -> Option<&Filter> {
        self.filters.iter().find(|filter| filter.scopes)
    }

    /// `aria-sort` of a column.
    pub fn aria_sort(&self, column: &Column) -> &'static str {
        match column.sort {
            Some(sort) if sort == self.sort && self.descending => "descending",
            Some(sort) if sort == self.sort => "ascending",
            _ => "none",
        }
    }

    /// The address that sorts by a column; the other way round when it is sorted by it already.
    pub fn sorted_by(&self, sort: &str) -> String {
        let minus = if sort == self.sort && !self.descending { "-" } else { "" };
        self.with(&[("sort", &format!("{minus}{sort}"))], None)
    }

    /// The address with a filter set otherwise.
    pub fn filtered(&self, name: &str, value: &str) -> String {
        self.with(&[("sort", &self.sort_sign())], Some((name, value)))
    }

    /// The address of the next page.
    pub fn next(&self) -> Option<String> {
        let cursor = self.next.as_ref()?.encode();
        Some(self.with(&[("sort", &self.sort_sign()), ("after", &cursor)], None))
    }

    /// The address of the previous page.
    pub fn previous(&self) -> Option<String> {
        let cursor = self.previous.as_ref()?.encode();
        Some(self.with(&[("sort", &self.sort_sign()), ("before", &cursor)], None))
    }

    /// The address of what is filtered as a file: that of the list with an ending.
    pub fn exported(&self, ending: &str) -> String {
        let list = self.with(&[("sort", &self.sort_sign())], None);
        format!("{}.{ending}{}", self.address, list.strip_prefix(&self.address).unwrap_or_default())
    }

    /// How it is sorted, as the address has it.
    pub fn sort_sign(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.sort)
    }

    fn with(&self, more: &[(&str, &str)], changed: Option<(&str, &str)>) -> String {
        let q = ("q".to_owned(), self.q.clone());
        let filters = self.filters.iter().map(|filter| match changed {
            Some((name, value)) if name == filter.name => (name.to_owned(), value.to_owned()),
            _ => (filter.name.to_owned(), filter.chosen.clone()),
        });
        let rest = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let pairs: Vec<String> = std::iter::once(q)
            .chain(filters)
            .chain(rest)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(&value)))
            .collect();
        if pairs.is_empty() { self.address.clone() } else { format!("{}?{}", self.address, pairs.join("&")) }
    }
}
