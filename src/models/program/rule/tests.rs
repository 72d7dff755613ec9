//! The rule at its edges, and against a plainer reading of itself over generated attendance.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::{Counting, Judged, Known, Needed, Occasion, Rule, Spread, Window};
use crate::values::{
    AttendanceStatus::{self, Absent, Attended, Excused},
    TimeZone,
};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn bloomington() -> TimeZone {
    TimeZone::parse("America/Indiana/Indianapolis").unwrap()
}

fn occasion(areas: &[&str], starts_at: NaiveDateTime) -> Occasion {
    let areas = areas.iter().map(|area| (*area).to_owned()).collect();
    Occasion { areas, starts_at, ends_at: starts_at + TimeDelta::hours(2), is_cancelled: false }
}

fn rule(events: u32, window: Window) -> Rule {
    Rule { events, spread: None, minutes: 0, window, held: Vec::new() }
}

fn judge(rule: &Rule, known: &Known<'_>, stood: &[(Occasion, AttendanceStatus)]) -> Judged {
    let stood: Vec<(&Occasion, AttendanceStatus)> = stood.iter().map(|(one, status)| (one, *status)).collect();
    rule.judge(bloomington(), known, &stood)
}

fn spring() -> Window {
    Window::Days { name: Some("Spring 2026".to_owned()), from: day(2026, 1, 12), to: day(2026, 5, 8) }
}

#[test]
fn a_window_ends_with_the_day_on_the_institutions_clock() {
    // In Bloomington it is five hours earlier in winter, four in summer.
    let at = |date: NaiveDate, hour: u32, minute: u32| date.and_hms_opt(hour, minute, 0).unwrap();
    let edges = [
        (at(day(2026, 1, 12), 4, 59), Counting::TooEarly),
        (at(day(2026, 1, 12), 5, 0), Counting::Counts),
        (at(day(2026, 5, 9), 3, 59), Counting::Counts),
        (at(day(2026, 5, 9), 4, 0), Counting::TooLate),
    ];
    for (starts_at, wanted) in edges {
        let judged = judge(&rule(1, spring()), &Known::default(), &[(occasion(&[], starts_at), Attended)]);
        assert_eq!(judged.events, [wanted], "{starts_at}");
        assert_eq!(judged.is_earned(), wanted == Counting::Counts);
    }
}

#[test]
fn what_does_not_count_says_why() {
    let noon = day(2026, 2, 3).and_hms_opt(17, 0, 0).unwrap();
    let cancelled = Occasion { is_cancelled: true, ..occasion(&[], noon) };
    let stood = [
        (occasion(&[], noon), Absent),
        (occasion(&[], noon), Excused),
        (cancelled, Attended),
        (occasion(&[], noon), Attended),
    ];
    let judged = judge(&rule(2, spring()), &Known::default(), &stood);
    assert_eq!(judged.events, [Counting::Absent, Counting::Excused, Counting::Cancelled, Counting::Counts]);
    assert_eq!((judged.counted, judged.minutes, judged.lacking()), (1, 120, 1));
    assert_eq!(judged.lacks(), "1 more event");
}

#[test]
fn a_first_year_lasts_a_year_and_nothing_counts_without_its_first_day() {
    let rule = rule(1, Window::FirstYear);
    let on = |date: NaiveDate| vec![(occasion(&[], date.and_hms_opt(17, 0, 0).unwrap()), Attended)];
    let counts = |entered_on, date| judge(&rule, &Known { entered_on, held: &[] }, &on(date)).events[0];
    let entered = Some(day(2025, 8, 25));
    assert_eq!(counts(entered, day(2025, 8, 24)), Counting::TooEarly);
    assert_eq!(counts(entered, day(2025, 8, 25)), Counting::Counts);
    assert_eq!(counts(entered, day(2026, 8, 24)), Counting::Counts);
    assert_eq!(counts(entered, day(2026, 8, 25)), Counting::TooLate);
    assert_eq!(counts(None, day(2026, 2, 2)), Counting::NoFirstDay);
    let leap = Some(day(2024, 2, 29));
    assert_eq!(counts(leap, day(2025, 2, 28)), Counting::Counts);
    assert_eq!(counts(leap, day(2025, 3, 1)), Counting::TooLate);
}

#[test]
fn areas_hours_and_other_awards_are_lacking_until_they_are_there() {
    let noon = |on: u32| day(2026, 2, on).and_hms_opt(17, 0, 0).unwrap();
    let areas = ["Arts", "Careers", "Community"].map(str::to_owned).to_vec();
    let rule = Rule {
        spread: Some(Spread { each: 1, of: 3, areas: areas.clone() }),
        minutes: 600,
        held: vec![Needed { id: "orientation".to_owned(), name: "Orientation".to_owned() }],
        ..rule(3, spring())
    };
    let stood = [(occasion(&["Arts"], noon(2)), Attended), (occasion(&["Arts", "Careers"], noon(3)), Attended)];
    let judged = judge(&rule, &Known::default(), &stood);
    assert_eq!(judged.lacks(), "1 more event in Community; 6 hours more; “Orientation”");
    assert_eq!(judged.lacking(), 2);
    let third = [stood[0].clone(), stood[1].clone(), (occasion(&["Community"], noon(4)), Attended)];
    let held = ["orientation".to_owned()];
    let judged = judge(&rule, &Known { entered_on: None, held: &held }, &third);
    assert_eq!((judged.events_lacking, judged.minutes_lacking), (1, 240), "hours need a further event");
    let any_two = Rule { spread: Some(Spread { each: 1, of: 2, areas }), minutes: 0, ..rule };
    assert!(!judge(&any_two, &Known { entered_on: None, held: &held }, &stood).is_earned());
    assert!(judge(&any_two, &Known { entered_on: None, held: &held }, &third).is_earned());
}

#[test]
fn a_rule_reads_as_one_sentence() {
    let plain = rule(6, Window::Always);
    assert_eq!(plain.sentence(), "A learner earns this award by attending at least 6 different qualifying events.");
    let full = Rule {
        spread: Some(Spread { each: 1, of: 2, areas: vec!["Arts".to_owned(), "Careers".to_owned()] }),
        minutes: 630,
        held: vec![Needed { id: String::new(), name: "Orientation".to_owned() }],
        ..rule(6, spring())
    };
    assert_eq!(
        full.sentence(),
        "A learner earns this award by attending at least 6 different qualifying events from 12 January 2026 to 8 May \
         2026 (Spring 2026), at least 1 in each of the areas Arts and Careers, 10 hours 30 minutes or more in all, and \
         by holding “Orientation”."
    );
    let first =
        Rule { spread: Some(Spread { each: 2, of: 1, areas: vec!["Arts".to_owned()] }), ..rule(1, Window::FirstYear) };
    assert_eq!(
        first.sentence(),
        "A learner earns this award by attending at least 1 qualifying event in their first year here, at least 2 of \
         them in the area Arts."
    );
}

const AREAS: [&str; 4] = ["A", "B", "C", "D"];

fn any_occasion() -> impl Strategy<Value = (Occasion, AttendanceStatus)> {
    let status = prop_oneof![6 => Just(Attended), 1 => Just(Absent), 1 => Just(Excused)];
    (0..200i64, 0..24i64, 0..300i64, proptest::collection::btree_set(0..4usize, 0..3), 0..12u8, status).prop_map(
        |(days, hours, minutes, areas, cancelled, status)| {
            let starts_at = day(2025, 12, 20).and_hms_opt(0, 0, 0).unwrap() + TimeDelta::hours(days * 24 + hours);
            let areas: Vec<&str> = areas.into_iter().map(|area| AREAS[area]).collect();
            let ends_at = starts_at + TimeDelta::minutes(minutes);
            (Occasion { ends_at, is_cancelled: cancelled == 0, ..occasion(&areas, starts_at) }, status)
        },
    )
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let window = prop_oneof![Just(Window::Always), Just(spring()), Just(Window::FirstYear)];
    let spread =
        proptest::option::of((1..3u32, 1..5u32, proptest::collection::btree_set(0..4usize, 1..5))).prop_map(|spread| {
            spread.map(|(each, of, areas)| {
                let areas: Vec<String> = areas.into_iter().map(|area| AREAS[area].to_owned()).collect();
                Spread { each, of: of.min(areas.len() as u32), areas }
            })
        });
    let held = proptest::option::of(Just(Needed { id: "x".to_owned(), name: "X".to_owned() }));
    (1..8u32, spread, prop_oneof![Just(0u32), Just(300u32)], window, held).prop_map(
        |(events, spread, minutes, window, held)| Rule {
            events,
            spread,
            minutes,
            window,
            held: held.into_iter().collect(),
        },
    )
}

/// The rule read word by word, without any of the arithmetic of what is lacking.
fn is_earned_plainly(rule: &Rule, known: &Known<'_>, stood: &[(Occasion, AttendanceStatus)]) -> bool {
    let in_window = |one: &Occasion| {
        let on = bloomington().wall_clock(one.starts_at).date();
        match &rule.window {
            Window::Always => true,
            Window::Days { from, to, .. } => *from <= on && on <= *to,
            Window::FirstYear => {
                known.entered_on.is_some_and(|first| first <= on && on < first + chrono::Months::new(12))
            }
        }
    };
    let counting: Vec<&Occasion> = stood
        .iter()
        .filter(|(one, status)| *status == Attended && !one.is_cancelled && in_window(one))
        .map(|(one, _)| one)
        .collect();
    let minutes: i64 = counting.iter().map(|one| (one.ends_at - one.starts_at).num_minutes()).sum();
    let spread = rule.spread.as_ref().is_none_or(|spread| {
        let filled = spread
            .areas
            .iter()
            .filter(|area| counting.iter().filter(|one| one.areas.contains(area)).count() >= spread.each as usize);
        filled.count() >= spread.of as usize
    });
    counting.len() >= rule.events as usize
        && spread
        && minutes >= i64::from(rule.minutes)
        && rule.held.iter().all(|needed| known.held.contains(&needed.id))
}

proptest! {
    #[test]
    fn it_is_earned_exactly_when_the_words_say_so(
        rule in any_rule(),
        stood in proptest::collection::vec(any_occasion(), 0..14),
        entered in proptest::option::of(0..300i64),
        holds in any::<bool>(),
    ) {
        let held = if holds { vec!["x".to_owned()] } else { Vec::new() };
        let entered_on = entered.map(|days| day(2025, 6, 1) + TimeDelta::days(days));
        let known = Known { entered_on, held: &held };
        let judged = judge(&rule, &known, &stood);
        prop_assert_eq!(judged.is_earned(), is_earned_plainly(&rule, &known, &stood));
        prop_assert_eq!(judged.lacks().is_empty(), judged.is_earned());
        prop_assert_eq!(judged.counted as usize, judged.events.iter().filter(|one| **one == Counting::Counts).count());
        // In whatever order it is told, it comes to the same.
        let turned: Vec<_> = stood.iter().rev().cloned().collect();
        let again = judge(&rule, &known, &turned);
        prop_assert_eq!((again.counted, again.lacking(), again.lacks()), (judged.counted, judged.lacking(), judged.lacks()));
    }

    #[test]
    fn a_further_event_never_takes_anything_away(
        rule in any_rule(),
        stood in proptest::collection::vec(any_occasion(), 0..14),
        further in any_occasion(),
    ) {
        let before = judge(&rule, &Known::default(), &stood);
        let mut more = stood.clone();
        more.push(further);
        let after = judge(&rule, &Known::default(), &more);
        prop_assert!(after.lacking() <= before.lacking());
        prop_assert!(before.lacking() - after.lacking() <= 2, "one event fills at most what its areas lack");
    }

    #[test]
    fn as_many_events_as_are_lacking_are_enough_where_hours_do_not_matter(
        rule in any_rule().prop_map(|rule| Rule { minutes: 0, held: Vec::new(), window: spring(), ..rule }),
        stood in proptest::collection::vec(any_occasion(), 0..10),
    ) {
        let before = judge(&rule, &Known::default(), &stood);
        let noon = day(2026, 3, 3).and_hms_opt(17, 0, 0).unwrap();
        let mut more = stood.clone();
        let wanted: Vec<String> =
            before.areas_lacking.iter().flat_map(|(area, number)| vec![area.clone(); *number as usize]).collect();
        for nth in 0..before.events_lacking as usize {
            let areas: BTreeSet<&str> = wanted.get(nth).map(String::as_str).into_iter().collect();
            let areas: Vec<&str> = areas.into_iter().collect();
            more.push((occasion(&areas, noon + TimeDelta::days(nth as i64)), Attended));
        }
        prop_assert!(judge(&rule, &Known::default(), &more).is_earned());
    }
}
