//! Folding: how text is made comparable when it is searched, on both databases alike.

use unicode_normalization::UnicodeNormalization;

/// Lower case, without accents, single spaces: `Zoë  Łukasiewicz` becomes `zoe lukasiewicz`. Letters that Unicode does
/// not decompose (ł, ø, đ, ß …) are mapped by hand. Other scripts keep their letters.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        for lower in character.to_lowercase() {
            match lower {
                'ł' => folded.push('l'),
                'ø' => folded.push('o'),
                'đ' | 'ð' => folded.push('d'),
                'ħ' => folded.push('h'),
                'ı' => folded.push('i'),
                'þ' => folded.push_str("th"),
                'ß' => folded.push_str("ss"),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ς' => folded.push('σ'),
                '’' | '‘' | 'ʼ' => folded.push('\''),
                other if other.is_whitespace() || other.is_control() => folded.push(' '),
                other => folded.push(other),
            }
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folded words of a search, at most eight.
pub fn fold_words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).take(8).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fold("Zoë  Łukasiewicz"), "zoe lukasiewicz");
        assert_eq!(fold("Nguyễn Thị Ánh"), "nguyen thi anh");
        assert_eq!(fold("GROẞE Straße"), "grosse strasse");
        assert_eq!(fold("O’Brien"), "o'brien");
    }

    #[test]
    fn other_scripts_keep_their_letters() {
        assert_eq!(fold("Дмитрий"), "дмитрии");
        assert_eq!(fold("李小龍"), "李小龍");
        assert_eq!(fold("Ελένης"), "ελενησ");
    }
}
