//! What the invented offices award: types, criteria, results and rubrics. Sample data throughout.

/// What can be reached in an achievement.
#[derive(Debug, Clone, Copy)]
pub enum Reached {
    /// Nothing but the award itself.
    Nothing,
    /// A value: name of the result, its type, and the values that occur.
    Value(&'static str, &'static str, &'static [&'static str]),
    /// A rubric: its name, and its criteria, each with what is done.
    Rubric(&'static str, &'static [(&'static str, &'static str)]),
}

/// The definition of an achievement.
#[derive(Debug)]
pub struct Definition {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: &'static str,
    /// Place of the office in the list of offices.
    pub office: usize,
    /// Description.
    pub description: &'static str,
    /// Criteria, in Markdown.
    pub criteria: &'static str,
    /// Results.
    pub reached: Reached,
    /// Credits.
    pub credits: Option<f64>,
    /// The holder's role.
    pub role: Option<&'static str>,
    /// How many years it is valid.
    pub years: Option<i32>,
    /// Evidence that some awards rest on: name and description.
    pub evidence: Option<(&'static str, &'static str)>,
    /// Tags.
    pub tags: &'static [&'static str],
}

/// The levels of every criterion, low to high: name, and what stands before what is done.
pub const LEVELS: [(&str, &str); 4] = [
    ("Beginning", "Needs guidance to"),
    ("Developing", "In familiar situations can"),
    ("Proficient", "Without help can"),
    ("Exemplary", "In new situations, and as an example to others, can"),
];

/// The achievements.
pub const CATALOGUE: [Definition; 8] = [
    Definition {
        code: "GLOBAL-LEARNER",
        name: "Global Learner Certificate",
        kind: "Certificate",
        office: 2,
        description: "Certifies learning across cultures, at home and abroad, judged by a portfolio.",
        criteria: "Sample criteria:\n\n- two courses with a global theme\n- one stay abroad or one virtual exchange\n- a portfolio, judged with the rubric *Global perspective*",
        reached: Reached::Rubric(
            "Global perspective",
            &[
                ("Perspective taking", "see a question from the viewpoint of another culture"),
                ("Intercultural communication", "speak and listen across languages and customs"),
                ("Global responsibility", "weigh what a decision here does elsewhere"),
            ],
        ),
        credits: Some(6.0),
        role: None,
        years: None,
        evidence: Some(("Portfolio", "The portfolio that was judged; kept by the office. Sample data.")),
        tags: &["global", "portfolio"],
    },
    Definition {
        code: "PEER-LEADER",
        name: "Peer Leadership Award",
        kind: "Co-Curricular",
        office: 1,
        description: "Recognises students who led a group of their peers for a whole year.",
        criteria: "Sample criteria:\n\n1. a year as a peer mentor or an officer of a student organisation\n2. a reflection, judged with the rubric *Leading peers*",
        reached: Reached::Rubric(
            "Leading peers",
            &[
                ("Listening", "hear what members of a group need and say it back to them"),
                ("Organising", "plan a project and bring it to its end on time"),
                ("Conflict", "help two sides of a quarrel to an agreement"),
                ("Reflection", "tell what went wrong and what was learned from it"),
            ],
        ),
        credits: None,
        role: Some("Peer mentor"),
        years: None,
        evidence: Some(("Reflection", "Two pages on a year of leading. Sample data.")),
        tags: &["leadership"],
    },
    Definition {
        code: "BUS-ETHICS",
        name: "Business Ethics Micro-credential",
        kind: "Badge",
        office: 0,
        description: "Three modules and a case study on decisions that have no easy answer.",
        criteria: "Sample criteria: all three modules passed, and a case study judged with the rubric *Ethical reasoning*.",
        reached: Reached::Rubric(
            "Ethical reasoning",
            &[
                ("Recognising the question", "name the people whom a decision touches"),
                ("Arguing", "give reasons for and against, and weigh them"),
                ("Deciding", "reach a decision and answer for it"),
            ],
        ),
        credits: Some(1.0),
        role: None,
        years: None,
        evidence: None,
        tags: &["business", "ethics"],
    },
    Definition {
        code: "DATA-LITERACY",
        name: "Data Literacy Badge",
        kind: "Badge",
        office: 0,
        description: "Reading, questioning and showing data with everyday tools.",
        criteria: "Sample criteria: 70 percent or more in the final assessment.",
        reached: Reached::Value(
            "Final assessment",
            "Percent",
            &["71", "74", "78", "82", "85", "88", "91", "96", "100"],
        ),
        credits: None,
        role: None,
        years: None,
        evidence: None,
        tags: &["data"],
    },
    Definition {
        code: "SERVICE-100",
        name: "One Hundred Hours of Service",
        kind: "CommunityService",
        office: 1,
        description: "Recognises one hundred hours or more of service in the community.",
        criteria: "Sample criteria: hours confirmed by the organisation that was served.",
        reached: Reached::Value("Hours of service", "RawScore", &["100", "104", "110", "118", "125", "142", "160"]),
        credits: None,
        role: Some("Volunteer"),
        years: None,
        evidence: Some(("Log of hours", "Hours by organisation, confirmed. Sample data.")),
        tags: &["service", "community"],
    },
    Definition {
        code: "FIRST-RESPONDER",
        name: "Campus First Responder",
        kind: "Certification",
        office: 1,
        description: "First aid and the campus's own procedures. Valid for two years.",
        criteria: "Sample criteria: sixteen hours of training and a practical examination.",
        reached: Reached::Value("Practical examination", "Status", &["Passed"]),
        credits: None,
        role: None,
        years: Some(2),
        evidence: None,
        tags: &["safety"],
    },
    Definition {
        code: "RESEARCH-FELLOW",
        name: "Undergraduate Research Fellow",
        kind: "Fieldwork",
        office: 3,
        description: "A term of research in a laboratory, ended with a poster.",
        criteria: "Sample criteria: 120 hours in a laboratory and a poster at the spring symposium.",
        reached: Reached::Value("Grade", "LetterGrade", &["B", "B+", "A-", "A", "A+"]),
        credits: Some(3.0),
        role: Some("Research assistant"),
        years: None,
        evidence: Some(("Poster", "The poster of the spring symposium. Sample data.")),
        tags: &["research"],
    },
    Definition {
        code: "FOUNDERS-SCHOLAR",
        name: "Founders Scholar",
        kind: "Award",
        office: 3,
        description: "Honours a year of outstanding study.",
        criteria: "Sample criteria: a grade point average of 3.8 or more in the year of the award.",
        reached: Reached::Nothing,
        credits: None,
        role: None,
        years: None,
        evidence: None,
        tags: &["honours"],
    },
];
