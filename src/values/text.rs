//! Kinds of text: names, lines, prose, addresses of the web and of mail.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::{Invalid, stored_text};

/// Defines a value type over a string, and how it is stored and read.
macro_rules! text_value {
    ($(#[$about:meta])* $type:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        pub struct $type(String);

        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            fn from_stored(text: String) -> Result<Self, String> {
                Ok(Self(text))
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.0
            }
        }
        stored_text!($type);
    };
}

/// One line: trimmed, inner white space made single, without control or direction-override characters.
fn one_line(raw: &str, what: &'static str, most: usize) -> Result<String, Invalid> {
    let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(unprintable) {
        return Err(Invalid::Unprintable(what));
    }
    if text.chars().count() > most { Err(Invalid::TooLong(what, most)) } else { Ok(text) }
}

/// One line that says something.
fn filled(raw: &str, (what, most): (&'static str, usize), wanted: &'static str) -> Result<String, Invalid> {
    let line = one_line(raw, what, most)?;
    if line.is_empty() { Err(Invalid::Missing(wanted)) } else { Ok(line) }
}

/// Control characters, and the overrides that can make a name read as another one.
fn unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}' | '\u{fff9}'..='\u{fffb}')
}

text_value! {
    /// A name a person will read: trimmed, never empty, at most 255 characters, on one line.
    Name
}
impl Name {
    /// Parses a name.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        filled(raw, ("Name", 255), "a name").map(Self)
    }

    /// Stands where a name should be and none could be read; never stored.
    pub fn unnamed() -> Self {
        Self("–".to_owned())
    }

    /// Stands where the name of a person was erased.
    pub fn erased() -> Self {
        Self("Erased learner".to_owned())
    }

    /// A line is a name too.
    pub fn from_line(line: &Line) -> Self {
        Self(line.0.clone())
    }
}

text_value! {
    /// A short text on one line, at most 255 characters: a term, a role, a telephone number.
    Line
}
impl Line {
    /// Parses a line.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        filled(raw, ("This", 255), "a text").map(Self)
    }

    /// Stands where a name should be and none could be read.
    pub fn unnamed() -> Self {
        Self("–".to_owned())
    }
}

text_value! {
    /// A code that people and other systems know an object by: at most 64 letters, digits, and `. _ - /`.
    Code
}
impl Code {
    /// Parses a code.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let code = filled(raw, ("Code", 64), "a code")?;
        if code.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')) {
            Ok(Self(code))
        } else {
            Err(Invalid::Malformed("Use letters, digits, dots, dashes and slashes in a code"))
        }
    }
}

text_value! {
    /// A code as catalogues write it, such as `COMM 110` or `C&I 340` (CLR 1.0 `humanCode`): one line, at most 64
    /// characters.
    HumanCode
}
impl HumanCode {
    /// Parses a code.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        filled(raw, ("Code", 64), "a code").map(Self)
    }
}

text_value! {
    /// Text of several lines, at most 10,000 characters. Line ends are `\n`.
    Prose
}
impl Prose {
    /// Parses prose.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::Missing("a text"));
        }
        if text.chars().any(|c| unprintable(c) && c != '\n' && c != '\t') {
            return Err(Invalid::Unprintable("This text"));
        }
        if text.chars().count() > 10_000 {
            Err(Invalid::TooLong("This text", 10_000))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

text_value! {
    /// An e-mail address as it will be written to. Its domain is in lower case; the local part is kept as typed.
    Email
}
impl Email {
    /// Parses an address: one `@`, something on both sides, no spaces or quoting, at most 254 characters.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const WRONG: Invalid = Invalid::Malformed("Enter an e-mail address, such as name@example.edu");
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::Missing("an e-mail address"));
        }
        if text.len() > 254 {
            return Err(Invalid::TooLong("E-mail address", 254));
        }
        let (local, domain) = text.rsplit_once('@').ok_or(WRONG)?;
        let plain = |c: char| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';' | ':' | '\\' | '@' | '[' | ']')
        };
        let labels = domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if local.is_empty() || local.len() > 64 || !local.chars().all(plain) || !labels {
            return Err(WRONG);
        }
        // The mail library has the last word on what can be delivered to.
        let address = format!("{local}@{}", domain.to_lowercase());
        if address.parse::<lettre::Address>().is_ok() { Ok(Self(address)) } else { Err(WRONG) }
    }

    /// The form that two spellings of one address share: what is looked up and kept unique.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

text_value! {
    /// An identifier that is globally unique: a URN or a web address. Kept exactly as given.
    Iri
}
impl Iri {
    /// Parses an identifier: a scheme, a colon and something after it, without spaces.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const WRONG: Invalid =
            Invalid::Malformed("Enter an identifier with its scheme, such as urn:uuid:… or https://…");
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::Missing("an identifier"));
        }
        let (scheme, rest) = text.split_once(':').ok_or(WRONG)?;
        let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        let rest_ok = !rest.is_empty()
            && !rest.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
        if text.len() > 2048 {
            Err(Invalid::TooLong("Identifier", 2048))
        } else if scheme_ok && rest_ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(WRONG)
        }
    }

    /// A fresh `urn:uuid:` identifier.
    pub fn fresh() -> Self {
        Self(format!("urn:uuid:{}", crate::clock::public_id()))
    }

    /// The same thing's identifier once the portal publishes it: a `urn:uuid:U` becomes `BASE/ims/clr/v1p0/KIND/U`;
    /// anything else stays as it is.
    pub fn as_published(&self, base_url: &str, kind: &str) -> Self {
        match self.0.strip_prefix("urn:uuid:").and_then(|id| id.parse().ok()) {
            Some(id) => Self::published(base_url, kind, id),
            None => self.clone(),
        }
    }

    /// The page of the thing, below `BASE/KIND/`, by its UUID; none for what has no id of ours.
    pub fn page(&self, base_url: &str, kind: &str) -> Option<String> {
        let published = format!("{base_url}/ims/clr/v1p0/{kind}/");
        let id = self.0.strip_prefix("urn:uuid:").or_else(|| self.0.strip_prefix(&published))?;
        let id: uuid::Uuid = id.parse().ok()?;
        Some(format!("{base_url}/{kind}/{id}"))
    }

    /// The identifier of something the portal publishes: `BASE/ims/clr/v1p0/KIND/UUID`.
    pub fn published(base_url: &str, kind: &str, id: uuid::Uuid) -> Self {
        Self(format!("{base_url}/ims/clr/v1p0/{kind}/{id}"))
    }
}

text_value! {
    /// A web address that may stand behind a link: http or https, nothing else.
    WebAddress
}
impl WebAddress {
    /// Parses a web address; one without a scheme gets `https://`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const WRONG: Invalid = Invalid::Malformed("Enter a web address, such as https://registrar.example.edu/");
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::Missing("a web address"));
        }
        let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let (scheme, rest) = text.split_once("://").ok_or(WRONG)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (name, port) =
            host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).unwrap_or((host, ""));
        let named = name
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')));
        let host_ok = named && port.len() <= 5 && (name.contains('.') || name == "localhost");
        let clean = !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\'));
        if text.len() > 2048 {
            Err(Invalid::TooLong("Web address", 2048))
        } else if matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") && host_ok && clean {
            Ok(Self(text))
        } else {
            Err(WRONG)
        }
    }

    /// The address without scheme and closing slash, for showing: `registrar.indiana.edu`.
    pub fn shown(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest).trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_never_empty() {
        assert_eq!(Name::parse("  Zoë   Łukasiewicz ").unwrap().as_str(), "Zoë Łukasiewicz");
        assert_eq!(Name::parse(" \t "), Err(Invalid::Missing("a name")));
        assert!(matches!(Name::parse(&"x".repeat(256)), Err(Invalid::TooLong("Name", 255))));
        assert!(matches!(Name::parse("Ann\u{202e}a"), Err(Invalid::Unprintable(_))));
    }

    #[test]
    fn mail_headers_cannot_be_smuggled_into_an_address() {
        for wrong in ["a@b\r\nBcc: c@d", "a b@c.edu", "a@", "@b.edu", "a@b@c.edu", "<a@b.edu>", "a@-b.edu", "a@b..edu"]
        {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Email::parse(" Ann.Lee@EXAMPLE.edu ").unwrap().as_str(), "Ann.Lee@example.edu");
    }

    #[test]
    fn a_link_is_http_or_https() {
        assert_eq!(WebAddress::parse("registrar.indiana.edu").unwrap().as_str(), "https://registrar.indiana.edu");
        for wrong in [
            "javascript:alert(1)",
            "javascript://x.y/%0aalert(1)",
            "data:text/html,x",
            "ftp://a.b/",
            "https://a@b.c/",
            "https://a b",
        ] {
            assert!(WebAddress::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_identifier_has_a_scheme() {
        assert!(Iri::parse("urn:uuid:805877d8-3110-4745-8283-aa90dfac115f").is_ok());
        assert!(Iri::parse("805877d8").is_err());
        assert!(Iri::parse("urn:a b").is_err());
    }
}
